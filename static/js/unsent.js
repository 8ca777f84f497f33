// The words in the composer of a chat room that nobody has sent: each tab's own, on this device.
// A new tab takes up what a closed one left behind, and nothing of one that is still open.
import { chats } from "./device.js";
import { uuid4 } from "./uuid.js";

const A_MOMENT = 1_000; // in which a tab that is being loaded anew lets go of its name

export class Unsent {
  constructor(text, leader, key) {
    this.text = text;
    this.leader = leader;
    this.key = key;
    this.isUsed = false;
    text.addEventListener("input", () => this.keep());
    this.ready = this.#takeUp();
  }

  fill(words) {
    this.text.value = words;
    return this.keep();
  }

  async keep() {
    this.isUsed = true;
    const { value: body } = this.text;
    await this.named;
    const { id, leader, key } = this;
    return body ? chats.keep({ id, leader, words: key, body, at: Date.now() }) : chats.forget(id);
  }

  async #takeUp() {
    this.named = this.#findName();
    await this.named;
    const open = await openTabs(this.id);
    const left = (await chats.entriesOf(this.leader)).filter(({ id, words }) => words === this.key && !open.has(id));
    const mine = left.find(({ id }) => id === this.id) ?? left.sort((one, other) => other.at - one.at)[0];
    if (!mine || this.isUsed || this.text.value) return;
    await this.fill(mine.body);
    if (mine.id !== this.id) await chats.forget(mine.id);
  }

  // The same name after a reload, and when a browser brings its tabs back; a doubled tab takes another one.
  async #findName() {
    this.id = `${this.key}:words:${tab()}`;
    if (await isHeldAlone(this.id)) return;
    this.id = `${this.key}:words:${tab(uuid4())}`;
    await isHeldAlone(this.id);
  }
}

function tab(name) {
  try {
    sessionStorage.setItem("tab", name ?? sessionStorage.getItem("tab") ?? uuid4());
    return sessionStorage.getItem("tab");
  } catch {
    return name ?? uuid4();
  }
}

// Held until this tab ends.
function isHeldAlone(name) {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(A_MOMENT) }, hold).catch(() => resolve(false));
  });
}

async function openTabs(own) {
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  return new Set(held.map(({ name }) => name).filter((name) => name !== own));
}
