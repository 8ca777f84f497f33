// How far a chat room was read here: to the last message that stood in sight for a second. The mark rises only over
// messages that follow it without a hole; whoever reaches the end of the room has read it all.
import { live } from "./live.js";

const A_SECOND = 1_000;

export class RoomMark {
  #timer = 0;

  constructor(root, scroller) {
    this.root = root;
    this.scroller = scroller;
    this.mark = Number(root.dataset.mark);
    root.querySelector("[data-marks-read]")?.remove();
    scroller.addEventListener("scroll", () => this.look(), { passive: true });
    document.addEventListener("visibilitychange", () => this.look());
    live.addEventListener("state", () => this.look());
    this.look();
  }

  get isAtEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80;
  }

  look() {
    clearTimeout(this.#timer);
    if (document.visibilityState !== "visible" || this.#seen() <= this.mark) return;
    this.#timer = setTimeout(() => this.#tell(this.#seen()), A_SECOND);
  }

  #tell(number) {
    if (document.visibilityState !== "visible" || number <= this.mark) return;
    if (live.send({ type: "read", room: Number(this.root.dataset.room), number })) this.mark = number;
  }

  #seen() {
    const messages = [...this.root.querySelectorAll("[data-number]")];
    const isWhole = this.isAtEnd && "newest" in this.root.dataset;
    if (!messages.length || !(isWhole || numberOf(messages[0]) <= this.mark + 1)) return 0;
    const edge = this.scroller.getBoundingClientRect().bottom;
    const last = messages.findLast((message) => isWhole || message.getBoundingClientRect().bottom <= edge + 1);
    return last ? numberOf(last) : 0;
  }
}

const numberOf = (message) => Number(message.dataset.number);
