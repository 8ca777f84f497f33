// Which posts were seen: half of a post, or half a screen of it, for a second, while the page is looked at. The mark
// rises over what was seen in one piece from where it stood; what was skimmed on the way does not interrupt it, what was
// jumped over does. Islands further on are not kept.
import { live } from "./live.js";
import { marks } from "./marks.js";

const A_SECOND = 1000;
const A_GLIMPSE = 300;
const STEPS = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1];
const isGone = (post) => post.matches(".post--gone, .post--hidden");

export const numberOf = (post) => Number(post.id.split("post-").pop());

// Follow the posts in a place that says `data-thread`, `data-mark` and `data-seen`, now and when others are added.
export class Sight {
  #inSight = new Map(); // post -> the timer that runs while it is in sight
  #stale = new WeakSet(); // in sight when it was marked as unread elsewhere: it counts once it is looked at anew
  #seen = new Set();
  #skimmed = new Set(); // in sight for a glimpse

  constructor(root) {
    this.root = root;
    this.thread = Number(root.dataset.thread);
    this.address = root.dataset.seen;
    this.mark = this.told = Number(root.dataset.mark);
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), { threshold: STEPS });
    this.#watch(root);
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => this.#watch(node)))).observe(root, {
      childList: true,
      subtree: true,
    });
    document.addEventListener("visibilitychange", () => this.#inSight.forEach((timer, post) => this.#time(post)));
    live.addEventListener("read", ({ detail }) => detail.thread === this.thread && this.#readElsewhere(detail));
    document.addEventListener("submit", ({ target, submitter }) => this.#submitted(submitter?.formAction || target.action), true);
  }

  #watch(node) {
    if (!node.querySelectorAll) return;
    if (node.matches(".post")) this.observer.observe(node);
    for (const post of node.querySelectorAll(".post")) this.observer.observe(post);
  }

  #look({ target, intersectionRatio, intersectionRect, rootBounds }) {
    const half = (rootBounds?.height ?? innerHeight) / 2;
    if (intersectionRatio >= 0.5 || intersectionRect.height >= half) {
      if (!this.#inSight.has(target)) this.#time(target);
    } else {
      clearTimeout(this.#inSight.get(target));
      this.#inSight.delete(target);
      this.#stale.delete(target);
    }
  }

  #time(post) {
    clearTimeout(this.#inSight.get(post));
    const isLookedAt = document.visibilityState === "visible" && !this.#stale.has(post);
    this.#inSight.set(post, isLookedAt ? setTimeout(() => this.#skims(post), A_GLIMPSE) : 0);
  }

  #skims(post) {
    this.#inSight.set(post, setTimeout(() => this.#saw(post), A_SECOND - A_GLIMPSE));
    this.#skimmed.add(numberOf(post));
    this.#advance();
  }

  #saw(post) {
    if (!post.isConnected) return;
    this.#seen.add(numberOf(post));
    this.root.dispatchEvent(new CustomEvent("saw", { detail: numberOf(post) }));
    this.#advance();
  }

  #advance() {
    const posts = [...this.root.querySelectorAll(".post")];
    if (!posts.length || numberOf(posts[0]) > this.mark + 1) return;
    for (const post of posts.filter((each) => numberOf(each) > this.mark)) {
      if (this.#seen.has(numberOf(post))) this.mark = numberOf(post);
      else if (!isGone(post) && !this.#skimmed.has(numberOf(post))) break;
    }
    if (this.mark > this.told) marks.saw(this.address, this.told + 1, this.mark);
    this.told = this.mark;
  }

  #readElsewhere({ mark, back }) {
    if (back) this.#setBack(mark);
    else if (mark > this.mark) {
      this.mark = this.told = mark;
      this.#advance();
    }
  }

  #setBack(mark) {
    marks.forget(this.address);
    this.mark = this.told = mark;
    for (const numbers of [this.#seen, this.#skimmed]) for (const number of numbers) if (number > mark) numbers.delete(number);
    for (const post of this.#inSight.keys()) {
      this.#stale.add(post);
      this.#time(post);
    }
  }

  // This very page marks it as unread: what it has not told yet must not undo that.
  #submitted(address) {
    if (address.includes(`/threads/${this.thread}/unread/`)) {
      this.observer.disconnect();
      this.#setBack(0);
    }
  }
}
