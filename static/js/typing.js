// That people are writing, without names: told at most every 3 seconds, forgotten after 6, and never read out.
import { live } from "./live.js";

const EVERY = 3_000;
const EXPIRY = 6_000;

export class Typing {
  #writers = new Map();
  #told = 0;

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

  #typed(text) {
    const now = Date.now();
    if (!text.value.trim() || now - this.#told < EVERY) return;
    if (live.send({ type: "typing", topic: `room:${this.room}` })) this.#told = now;
  }

  #show() {
    if (!this.line) return;
    const count = this.#writers.size;
    this.line.textContent = ["", "Somebody is writing"][count] ?? `${count} people are writing`;
  }
}
