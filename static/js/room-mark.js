// Which messages of a chat room were seen: half of one, or half a screen of it, for a second, while the page is looked at.
// The mark rises over what was seen in one piece from where it stood; islands further on are not kept.
import { live } from "./live.js";

const A_SECOND = 1_000;
const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1];

export class RoomMark {
  #inSight = new Map(); // message -> the timer that runs while it is in sight
  #seen = new Set();
  #told = 0;

  constructor(root, log) {
    this.root = root;
    this.log = log;
    this.more = root.querySelector("[data-new]");
    this.form = root.querySelector("[data-marks-read]");
    this.mark = Number(root.dataset.mark);
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), { threshold: STEPS });
    this.#watch(root);
    const changes = new MutationObserver((several) => this.#changed(several));
    for (const part of [log.earlier, log.list]) changes.observe(part, { childList: true, subtree: true });
    document.addEventListener("visibilitychange", () => this.#inSight.forEach((timer, message) => this.#time(message)));
    live.addEventListener("state", () => this.tellAgain());
    live.addEventListener("error", ({ detail }) => detail.again && !detail.uuid && setTimeout(() => this.tellAgain(), detail.again * 1_000));
    log.scroller.addEventListener("scroll", () => this.#count(), { passive: true });
    this.more?.addEventListener("click", () => log.toEnd());
    this.#count();
  }

  // What was told while the connection was lost may not have come through.
  tellAgain() {
    this.#told = 0;
    this.#tell();
  }

  #changed(changes) {
    for (const { addedNodes } of changes) addedNodes.forEach((node) => this.#watch(node));
    this.#count();
  }

  #watch(node) {
    if (!node.querySelectorAll) return;
    if (node.matches("[data-number]")) this.observer.observe(node);
    for (const message of node.querySelectorAll("[data-number]")) this.observer.observe(message);
  }

  #look({ target, isIntersecting, intersectionRatio, intersectionRect, rootBounds }) {
    const half = Math.min(rootBounds?.height ?? innerHeight, this.log.scroller.clientHeight) / 2;
    if (isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= half)) {
      if (!this.#inSight.has(target)) this.#time(target);
    } else {
      clearTimeout(this.#inSight.get(target));
      this.#inSight.delete(target);
    }
    this.#count();
  }

  #time(message) {
    clearTimeout(this.#inSight.get(message));
    const isLookedAt = document.visibilityState === "visible";
    this.#inSight.set(message, isLookedAt ? setTimeout(() => this.#saw(message), A_SECOND) : 0);
  }

  #saw(message) {
    if (!message.isConnected) return;
    this.#seen.add(numberOf(message));
    this.#advance();
  }

  #advance() {
    const before = this.mark;
    const messages = this.log.messages;
    if (!messages.length || numberOf(messages[0]) > this.mark + 1) return;
    for (const message of messages.filter((each) => numberOf(each) > this.mark)) {
      if (!this.#seen.has(numberOf(message)) && isNews(message)) break;
      this.mark = numberOf(message);
    }
    if (this.mark > before) this.#tell();
    this.#count();
  }

  #tell() {
    const frame = { type: "read", room: Number(this.root.dataset.room), number: this.mark };
    if (this.mark > Math.max(this.#told, Number(this.root.dataset.mark)) && live.send(frame)) this.#told = this.mark;
  }

  // How many wait further down, and whether something here is still to be read.
  #count() {
    const messages = this.log.messages;
    const last = Number(messages.length && numberOf(messages.at(-1)));
    if (this.form) {
      this.form.hidden = last <= this.mark;
      this.form.elements.number.value = last;
    }
    if (!this.more) return;
    const edge = this.log.scroller.getBoundingClientRect().bottom;
    const isUnseen = (message) => !this.#seen.has(numberOf(message)) && numberOf(message) > this.mark && isNews(message);
    const shown = messages.findLastIndex((message) => message.getBoundingClientRect().top < edge);
    const count = messages.slice(shown + 1).filter(isUnseen).length;
    this.more.hidden = !count || this.log.isBehind;
    this.more.textContent = count === 1 ? "1 new message" : `${count} new messages`;
  }
}

const numberOf = (message) => Number(message.dataset.number);
const isNews = (message) => !message.matches(".message--hidden, .message--note") && !message.closest(".chat__item--mine");
