// That people are writing, without names: told at most every 3 seconds, forgotten after 6, and never read out.
import { live } from "./live.js";

const EVERY = 3_100; // the server passes nothing on sooner than after 3 seconds
const EXPIRY = 6_000;

export class Typing {
  #writers = new Map();
  #told = -EVERY;
  #timer = 0;

  constructor(room, leader, root) {
    this.room = room;
    this.leader = leader;
    this.line = root.querySelector("[data-writing]");
    root.querySelector("[data-composer-of-chat] textarea")?.addEventListener("input", ({ target }) => this.#typed(target));
  }

  heard(who) {
    if (who === this.leader) return;
    clearTimeout(this.#writers.get(who));
    this.#writers.set(who, setTimeout(() => this.stopped(who), EXPIRY));
    this.#show();
  }

  stopped(who) {
    clearTimeout(this.#writers.get(who));
    if (this.#writers.delete(who)) this.#show();
  }

  // At once, or as soon as it may be told again, if there is still something in the composer.
  #typed(text) {
    if (this.#timer || !text.value.trim()) return;
    const pause = Math.max(0, this.#told + EVERY - performance.now());
    this.#timer = setTimeout(() => this.#tell(text), pause);
  }

  #tell(text) {
    this.#timer = 0;
    if (text.value.trim() && live.send({ type: "typing", topic: `room:${this.room}` })) this.#told = performance.now();
  }

  #show() {
    if (!this.line) return;
    const count = this.#writers.size;
    this.line.textContent = ["", "Somebody is writing"][count] ?? `${count} people are writing`;
  }
}
