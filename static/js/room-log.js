// The messages on the page, in the order of their numbers: new ones at the end, earlier ones above. Whoever is at the end
// stays at the end; whoever reads elsewhere is not moved, and is told how many came.
import { jumpsToAnswered, showAnswered } from "./answer.js";
import { markNamed } from "./named.js";

const KEPT = 400; // messages on the page, when one follows at its end
const AT_MOST = 1_000; // and when nobody looks
const MANY = 5; // so many at once are counted, not read out
const NEAR = 80;

export class RoomLog {
  #held = null; // the message that the page was opened at, until the reader moves
  #placed = -1;
  #isLoaded = false;
  #isFetching = false;
  #isAtEnd = true;

  constructor(root) {
    this.root = root;
    this.scroller = document.getElementById("chat-scroller");
    this.list = document.getElementById("chat-log");
    this.leader = Number(root.dataset.leader);
    this.clock = clockOf(root.dataset.zone);
    this.isBehind = "newest" in root.dataset; // there is more below than this page shows
    this.earlier = root.querySelector("[data-earlier]");
    this.older = root.querySelector("[data-older]");
    this.older.addEventListener("click", (event) => this.#fetchOlder(event));
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("toggle", ({ target }) => showWhole(target), true);
    jumpsToAnswered(root);
    addEventListener("hashchange", () => /^#(new$|message-)/.test(location.hash) && this.#open());
    this.#open();
    whenLoaded(() => {
      this.#keepPlace();
      this.#isLoaded = true;
    });
    // Fonts arrive, a keyboard opens, a message grows: the place stays.
    const sizes = new ResizeObserver(() => this.#keepPlace());
    for (const part of [this.scroller, this.list, this.earlier]) sizes.observe(part);
  }

  get isAtEnd() {
    const below = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    return !this.isBehind && below < NEAR;
  }

  get messages() {
    return [...this.root.querySelectorAll("[data-number]")];
  }

  toEnd() {
    this.#held = null;
    this.#isAtEnd = !this.isBehind;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // Show what was written or changed; `arrived` tells whether a message waited on this page.
  show(messages, arrived = () => false) {
    const isHidden = document.visibilityState === "hidden";
    const follows = !isHidden && (this.#isAtEnd || this.isAtEnd);
    const items = messages.map((message) => this.#put(message, arrived(message.uuid))).filter(Boolean);
    if (!items.length) return;
    if (items.length > MANY) this.#count(items);
    this.root.querySelector("[data-empty]")?.remove();
    this.#isAtEnd = follows;
    if (follows || isHidden) this.#trim(follows ? KEPT : AT_MOST);
    if (follows) this.toEnd();
  }

  // What follows below, as the server wrote it: counted, not read out, and nobody is moved.
  append(items) {
    const fresh = items.filter((item) => !document.getElementById(idIn(item)));
    for (const item of fresh) {
      item.setAttribute("aria-live", "off");
      if (document.getElementById("new")) item.querySelector(".new-since")?.remove();
      showAnswered(item.querySelector("[data-number]"));
    }
    const last = [...this.list.children].findLast((item) => item.querySelector("[data-number]"));
    if (last) last.after(...fresh);
    else this.list.prepend(...fresh);
    this.#trim(AT_MOST);
    this.#tell(fresh.length);
  }

  empty() {
    this.list.replaceChildren();
    this.earlier.replaceChildren();
  }

  #scrolled() {
    // Until the page is there, the browser itself scrolls to what the address names.
    if (this.#isLoaded && Math.abs(this.scroller.scrollTop - this.#placed) > 2) this.#held = null;
    this.#isAtEnd = this.isAtEnd && !this.#held;
  }

  #put(message, hasWaited) {
    const fresh = this.#parse(message.html);
    showAnswered(fresh);
    const old = document.getElementById(fresh.id);
    if (old) return this.#change(old, fresh);
    const first = this.list.querySelector("[data-number]");
    if (this.isBehind) return null;
    if (first && message.number < numberOf(first)) return null;
    const item = this.#itemFor(message, fresh);
    if (hasWaited) this.#say(item, "Sent");
    const last = [...this.list.children].findLast((other) => numberIn(other) < message.number);
    if (last) last.after(item);
    else this.list.prepend(item);
    return item;
  }

  #itemFor(message, fresh) {
    const item = document.createElement("div");
    item.className = "chat__item";
    item.append(fresh);
    markNamed(item, this.leader);
    if (message.author !== this.leader) return item;
    // One's own words were there already; only those of others are read out.
    item.setAttribute("aria-live", "off");
    item.classList.add("chat__item--mine");
    item.dataset.sent = message.uuid;
    return item;
  }

  // Under the last message that was sent from here.
  #say(item, words) {
    this.list.querySelector(".message__sent")?.remove();
    const place = document.createElement("p");
    place.className = "message__sent";
    place.textContent = words;
    item.querySelector(".message__text")?.append(place);
  }

  // A change is shown, but not read out.
  #change(old, fresh) {
    if (Number(old.dataset.version) >= Number(fresh.dataset.version)) return null;
    old.parentElement.setAttribute("aria-live", "off");
    old.replaceWith(fresh);
    markNamed(fresh.parentElement, this.leader);
    return null;
  }

  #parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const time of template.content.querySelectorAll("time")) time.textContent = this.clock(time.dateTime);
    return template.content.querySelector("[data-number]");
  }

  #count(items) {
    for (const item of items) item.setAttribute("aria-live", "off");
    this.#tell(items.length, "new");
  }

  #tell(count, kind = "more") {
    const words = count === 1 ? `1 ${kind} message.` : `${count} ${kind} messages.`;
    this.root.querySelector("[data-told]").textContent = words;
  }

  async #fetchOlder(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (this.#isFetching) return;
    this.#isFetching = true;
    const answer = await fetch(this.older.href, { redirect: "error" }).catch(() => null);
    if (!answer?.ok) return location.assign(this.older.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const older = page.querySelector("[data-older]");
    this.#inPlace(() => {
      this.earlier.prepend(...page.getElementById("chat-log").children);
      this.older.href = older.href;
      this.older.parentElement.hidden = older.parentElement.hidden;
    });
    this.#isFetching = false;
  }

  // Change what stands above, and have what is read stay where it is, to the pixel.
  #inPlace(change) {
    this.scroller.style.overflowAnchor = "none";
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = this.messages.find((message) => message.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    requestAnimationFrame(() => (this.scroller.style.overflowAnchor = ""));
  }

  // A page that stays open for days does not grow for days.
  #trim(most) {
    const items = [...this.list.querySelectorAll(":scope > .chat__item:has([data-number])")];
    if (items.length <= most) return;
    this.#inPlace(() => {
      this.earlier.replaceChildren();
      for (const item of items.slice(0, items.length - most)) item.remove();
      this.older.search = `?before=${numberOf(this.list.querySelector("[data-number]"))}`;
      this.older.parentElement.hidden = false;
    });
  }

  // At the message that the address names, the first unread one, the beginning of the page that was asked for, or the end.
  #open() {
    const isNamed = location.hash.startsWith("#message-");
    const target = document.getElementById(isNamed ? location.hash.slice(1) : "new");
    this.toEnd();
    if (target && (isNamed || !location.search)) {
      this.#held = target;
      this.#isAtEnd = false;
      this.#keepPlace();
    } else if (/[?&](on|from)=/.test(location.search)) this.scroller.scrollTop = 0;
    this.#isAtEnd = this.isAtEnd && !this.#held;
  }

  // A message that was asked for stands in the middle; the line of what is new stands near the top.
  #keepPlace() {
    if (this.#held?.isConnected) {
      const { top, height } = this.#held.getBoundingClientRect();
      const place = this.scroller.getBoundingClientRect();
      const wanted = this.#held.id === "new" ? 48 : Math.max(0, (place.height - height) / 2);
      this.scroller.scrollTop += top - place.top - wanted;
      this.#placed = this.scroller.scrollTop;
    } else if (this.#isAtEnd) this.toEnd();
  }
}

function whenLoaded(act) {
  const soon = () => requestAnimationFrame(() => requestAnimationFrame(act));
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon);
}

// The menu of the last message opens below the edge.
function showWhole(menu) {
  if (menu.open) menu.querySelector(".menu__list")?.scrollIntoView({ block: "nearest" });
}

const idIn = (item) => item.querySelector("[data-number]").id;
const numberOf = (message) => Number(message.dataset.number);
const numberIn = (item) => Number(item.querySelector("[data-number]")?.dataset.number ?? Infinity);

function clockOf(timeZone) {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short" });
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return (text) => `${day.format(new Date(text)).replace("Sept", "Sep")}, ${hour.format(new Date(text))}`;
}
