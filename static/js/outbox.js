// What one writes in a chat room: shown at once as pending, sent in order, kept on this device until the server has it.
// Nothing that was typed is lost by a reload, a closed tab, a killed browser, a lost connection or a refusal.
//
// All tabs of a room show the same waiting messages, and whichever has its turn sends the next one. Should two send
// the same one nevertheless, the server knows its uuid.
import { Answer } from "./answer.js";
import { chats } from "./device.js";
import { live } from "./live.js";
import { inTurn, PATIENCE } from "./turns.js";
import { Unsent } from "./unsent.js";
import { uuid4 } from "./uuid.js";
import { Waiting } from "./waiting.js";

const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");

export class Outbox {
  #waiting = []; // in the order in which it was written
  #settled = new Set();
  #isSending = false;
  #goOn = () => {};

  constructor(room, root, log) {
    this.room = room;
    this.form = root.querySelector("[data-composer-of-chat]");
    if (!this.form) return;
    this.text = this.form.elements.body;
    this.most = Number(this.text.dataset.most);
    this.leader = root.dataset.leader;
    this.key = `chat:${this.leader}:${room.id}`;
    this.answer = new Answer(root, this.form);
    this.shown = new Waiting(root, log, this);
    this.tabs = new BroadcastChannel(this.key);
    this.unsent = new Unsent(this.text, this.leader, this.key);
    this.tabs.addEventListener("message", ({ data }) => this.#hear(data));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.text.addEventListener("keydown", (event) => this.#press(event));
    root.querySelector("[data-keys]").hidden = !hasKeyboard.matches;
    live.addEventListener("said", ({ detail }) => this.#said(detail));
    live.addEventListener("error", ({ detail }) => this.#refused(detail));
    live.addEventListener("state", () => this.#stateChanged());
    addEventListener("pageshow", (event) => event.persisted && this.#takeUp());
    this.taken = this.#takeUp();
  }

  // Send what waits, one after the other, so that the order is the one in which it was written.
  async flush() {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#next && (await inTurn(this.key, () => this.#sendNext())));
    this.#isSending = false;
  }

  // The room shows this message now. True when it waited here.
  arrived(uuid) {
    const entry = this.#find(uuid);
    if (entry) this.#remove(entry);
    return Boolean(entry);
  }

  // Whoever was asked about patient details and sends it as it is has answered.
  retry(entry) {
    if (entry.asks) entry.sure = true;
    delete entry.reason;
    this.#keep(entry);
    this.#add(entry);
    this.text.focus();
    this.flush();
  }

  takeBack(entry) {
    this.unsent.fill([this.text.value, entry.body].filter(Boolean).join("\n"));
    if (entry.reply_to) this.answer.choose(entry.reply_to, entry.short);
    this.remove(entry);
    this.text.focus();
  }

  remove(entry) {
    this.#remove(entry);
    this.#tell({ forgotten: entry.uuid });
  }

  get #next() {
    return this.#waiting.find((entry) => !entry.reason && !entry.said);
  }

  // True when the server has answered or kept silent for long, false without a connection.
  #sendNext() {
    const entry = this.#next;
    if (!entry) return true;
    const { uuid, body, reply_to, sure } = entry;
    const frame = { type: "say", room: this.room.id, uuid, body, reply_to, sure };
    if (live.state !== "connected" || !live.send(frame)) return false;
    this.shown.tell(entry, "Sending…");
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE, true);
      this.#goOn = (isOn = true, pause = 0) => {
        clearTimeout(timer);
        setTimeout(resolve, pause, isOn);
      };
    });
  }

  #submit(event) {
    const body = this.text.value.trim();
    // Too long: the server says so in a sentence, and keeps the text.
    if ([...body].length > this.most) return;
    event.preventDefault();
    if (!body) return;
    this.text.value = "";
    const words = { body, ...this.answer.take() };
    // What was left here before stands above.
    this.taken.then(() => this.#accept(words));
  }

  #accept(words) {
    const uuid = uuid4();
    const at = Math.max(Date.now(), (this.#waiting.at(-1)?.at ?? 0) + 1);
    const { leader, key, room } = this;
    const entry = { id: `${key}:${uuid}`, leader, room: room.id, href: location.pathname, uuid, at, ...words };
    this.#add(entry);
    this.#keep(entry);
    this.unsent.keep();
    this.room.toEnd();
    this.flush();
  }

  #press(event) {
    if (event.key !== "Enter" || event.defaultPrevented || event.shiftKey || event.isComposing || !hasKeyboard.matches) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #said(answer) {
    if (this.#find(answer.uuid)) this.#tell({ said: answer });
    this.#settle(answer);
    this.#goOn();
  }

  // The server has it. It stands among the waiting ones until the room shows it.
  #settle({ uuid, number, version }) {
    this.#settled.add(uuid);
    const entry = this.#find(uuid);
    if (!entry) return;
    entry.said = true;
    chats.forget(entry.id);
    if (document.getElementById(`message-${number}`) || this.room.knows(version)) this.arrived(uuid);
    else this.room.expect(version);
  }

  #refused({ uuid, reason, again, asks }) {
    const entry = this.#find(uuid);
    if (!entry) return;
    if (again) return this.#goOn(true, again * 1_000);
    Object.assign(entry, { reason, asks });
    this.#keep(entry);
    this.shown.draw(entry, this.#waiting);
    this.shown.reveal(entry);
    this.shown.announce(`Not sent. ${reason}`);
    this.#goOn();
  }

  #stateChanged() {
    if (live.state === "connected") return this.#takeUp();
    this.#goOn(false);
    for (const entry of this.#waiting) if (!entry.reason && !entry.said) this.shown.tell(entry, "Not sent yet");
  }

  // --- Other tabs, and those that were closed.
  async #takeUp() {
    for (const entry of await chats.entriesOf(this.leader)) {
      if (entry.room === this.room.id && entry.uuid && !this.#find(entry.uuid)) this.#add(entry);
    }
    this.flush();
  }

  #hear({ kept, said, forgotten }) {
    if (kept) this.#add(kept);
    if (said) this.#settle(said);
    if (forgotten) this.#let(forgotten);
    this.flush();
  }

  #tell(news) {
    this.tabs.postMessage(news);
  }

  #add(entry) {
    if (this.#settled.has(entry.uuid)) return;
    this.#waiting = this.#waiting.filter(({ uuid }) => uuid !== entry.uuid);
    // It came through just before the page was loaded.
    if (this.shown.stands(entry)) return this.#remove(entry);
    this.#waiting.push(entry);
    this.#waiting.sort((one, other) => one.at - other.at || (one.uuid < other.uuid ? -1 : 1));
    this.shown.draw(entry, this.#waiting);
  }

  #keep(entry) {
    this.#tell({ kept: entry });
    return chats.keep(entry);
  }

  #remove(entry) {
    chats.forget(entry.id);
    this.#let(entry.uuid);
  }

  #let(uuid) {
    this.#settled.add(uuid);
    this.shown.remove(uuid);
    this.#waiting = this.#waiting.filter((entry) => entry.uuid !== uuid);
  }

  #find(uuid) {
    return this.#waiting.find((entry) => entry.uuid === uuid);
  }
}
