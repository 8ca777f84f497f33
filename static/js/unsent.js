// The words in the composer of a chat room that nobody has sent: each tab's own, on this device.
// A new tab takes up what a closed one left behind.
import { chats } from "./device.js";
import { uuid4 } from "./uuid.js";

export class Unsent {
  constructor(text, leader, key) {
    this.text = text;
    this.leader = leader;
    this.key = key;
    this.id = `${key}:words:${tab()}`;
    text.addEventListener("input", () => this.#keep());
    this.#takeUp();
  }

  fill(words) {
    this.text.value = words;
    this.#keep();
  }

  #keep() {
    const { id, leader, key } = this;
    if (this.text.value) chats.keep({ id, leader, words: key, body: this.text.value, at: Date.now() });
    else chats.forget(id);
  }

  async #takeUp() {
    const left = (await chats.entriesOf(this.leader)).filter(({ words }) => words === this.key);
    const mine = left.find(({ id }) => id === this.id) ?? left.sort((one, other) => other.at - one.at)[0];
    if (!mine || this.text.value) return;
    this.fill(mine.body);
    if (mine.id !== this.id) chats.forget(mine.id);
  }
}

// The same after a reload, and when a browser brings its tabs back.
function tab() {
  try {
    sessionStorage.setItem("tab", sessionStorage.getItem("tab") ?? uuid4());
    return sessionStorage.getItem("tab");
  } catch {
    return uuid4();
  }
}
