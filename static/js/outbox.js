// What one writes in a chat room: shown at once as pending, sent in order, kept until the server has it.
// Nothing that was typed is lost by a reload, a lost connection or a refusal.
import { live } from "./live.js";
import { uuid4 } from "./uuid.js";

const PATIENCE = 10_000;
const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");

export class Outbox {
  #waiting = [];
  #onItsWay = null;
  #timer = 0;

  constructor(room, root, log) {
    this.room = room;
    this.log = log;
    this.form = root.querySelector("[data-composer-of-chat]");
    if (!this.form) return;
    this.text = this.form.elements.body;
    this.most = Number(this.text.dataset.most);
    this.root = root;
    this.key = `chat:${room.leader}:${room.id}`;
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.text.addEventListener("keydown", (event) => this.#press(event));
    this.text.addEventListener("input", () => this.#keepDraft());
    root.querySelector("[data-keys]").hidden = !hasKeyboard.matches;
    live.addEventListener("said", ({ detail }) => this.#said(detail));
    live.addEventListener("error", ({ detail }) => this.#refused(detail));
    live.addEventListener("state", () => this.#stateChanged());
    this.#restore();
  }

  // Send what waits, one after the other, so that the order is the one in which it was written.
  flush() {
    if (this.#onItsWay) return;
    const entry = this.#waiting.find((other) => !other.reason && !other.said);
    if (!entry || live.state !== "connected") return;
    if (!live.send({ type: "say", room: this.room.id, uuid: entry.uuid, body: entry.body })) return;
    this.#onItsWay = entry.uuid;
    this.#showFate(entry, "Sending…");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tryAgain(), PATIENCE);
  }

  // The room shows this message now.
  arrived(uuid) {
    const entry = this.#waiting.find((other) => other.uuid === uuid);
    if (entry) this.#remove(entry);
  }

  #submit(event) {
    const body = this.text.value.trim();
    // Too long: the server says so in a sentence, and keeps the text.
    if ([...body].length > this.most) return;
    event.preventDefault();
    if (!body) return;
    this.text.value = "";
    this.#keepDraft();
    const entry = { uuid: uuid4(), body };
    this.#waiting.push(entry);
    this.#keep();
    this.#draw(entry);
    this.room.toEnd();
    this.flush();
  }

  #press(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !hasKeyboard.matches) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #said({ uuid, number, version }) {
    const entry = this.#waiting.find((other) => other.uuid === uuid);
    if (this.#onItsWay === uuid) this.#onItsWay = null;
    if (entry) entry.said = true;
    if (document.getElementById(`message-${number}`)) this.arrived(uuid);
    else this.room.expect(version);
    this.#keep();
    this.flush();
  }

  #refused({ uuid, reason, again }) {
    const entry = this.#waiting.find((other) => other.uuid === uuid);
    if (!entry) return;
    if (again) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#tryAgain(), again * 1_000);
      return;
    }
    this.#onItsWay = null;
    entry.reason = reason;
    this.#keep();
    this.#draw(entry);
    this.flush();
  }

  #tryAgain() {
    this.#onItsWay = null;
    this.flush();
  }

  #stateChanged() {
    this.#onItsWay = null;
    if (live.state === "connected") return this.flush();
    for (const entry of this.#waiting) if (!entry.reason && !entry.said) this.#showFate(entry, "Not sent yet");
  }

  #draw(entry) {
    this.#elementOf(entry)?.remove();
    const item = document.getElementById("pending-message").content.firstElementChild.cloneNode(true);
    item.dataset.uuid = entry.uuid;
    item.querySelector(".prose").textContent = entry.body;
    item.setAttribute("aria-live", "off");
    this.log.append(item);
    if (entry.reason) this.#offer(entry, item);
    else this.#showFate(entry, live.state === "connected" ? "Sending…" : "Not sent yet");
  }

  #offer(entry, item) {
    item.firstElementChild.classList.replace("message--pending", "message--unsent");
    const fate = item.querySelector("[data-fate]");
    fate.replaceChildren(document.getElementById("refused-message").content.cloneNode(true));
    fate.querySelector("[data-reason]").textContent = `Not sent. ${entry.reason}`;
    fate.querySelector("[data-retry]").addEventListener("click", () => this.#retry(entry));
    fate.querySelector("[data-change]").addEventListener("click", () => this.#takeBack(entry));
    fate.querySelector("[data-discard]").addEventListener("click", () => this.#remove(entry));
  }

  #retry(entry) {
    delete entry.reason;
    this.#keep();
    this.#draw(entry);
    this.flush();
  }

  #takeBack(entry) {
    this.#remove(entry);
    this.text.value = [this.text.value, entry.body].filter(Boolean).join("\n");
    this.#keepDraft();
    this.text.focus();
  }

  #remove(entry) {
    this.#elementOf(entry)?.remove();
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    if (this.#onItsWay === entry.uuid) this.#onItsWay = null;
    this.#keep();
  }

  #showFate(entry, words) {
    const fate = this.#elementOf(entry)?.querySelector("[data-fate]");
    if (fate) fate.textContent = words;
  }

  #elementOf(entry) {
    return this.log.querySelector(`[data-uuid="${entry.uuid}"]`);
  }

  #keep() {
    const unsent = this.#waiting.filter((entry) => !entry.said).map(({ uuid, body, reason }) => ({ uuid, body, reason }));
    sessionStorage.setItem(this.key, JSON.stringify(unsent));
  }

  #keepDraft() {
    sessionStorage.setItem(`${this.key}:draft`, this.text.value);
  }

  #restore() {
    this.text.value ||= sessionStorage.getItem(`${this.key}:draft`) ?? "";
    this.#waiting = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    for (const entry of this.#waiting) this.#draw(entry);
  }
}
