// A chat room. What the server says is shown in the order of its numbers; a hole in the versions is fetched.
// Without this file the page reads, writes and looks back just the same, by loading anew.
import { jumpsToAnswered, showAnswered } from "./answer.js";
import { live } from "./live.js";
import { Outbox } from "./outbox.js";

const KEPT = 400; // messages on the page, when one follows at its end

class Room {
  #root = document.querySelector("[data-chat]");
  #scroller = document.getElementById("chat-scroller");
  #log = document.getElementById("chat-log");
  #older = this.#root.querySelector("[data-older]");
  #new = this.#root.querySelector("[data-new]");
  #version = Number(this.#root.dataset.version);
  #held = new Map();
  #catching = false;
  #again = false;
  #gone = false;

  constructor() {
    const { room, leader, zone } = this.#root.dataset;
    this.id = Number(room);
    this.leader = Number(leader);
    this.clock = clockOf(zone);
    this.outbox = new Outbox(this, this.#root, this.#log);
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#new?.addEventListener("click", () => this.toEnd());
    this.#older?.addEventListener("click", (event) => this.#fetchOlder(event));
    this.#scroller.addEventListener("toggle", ({ target }) => showWhole(target), true);
    document.addEventListener("visibilitychange", () => this.#tellRead());
    // Without a connection, ask from time to time: some networks let pages through, but no sockets.
    setInterval(() => live.state === "waiting" && this.catchUp(), 15_000);
    jumpsToAnswered(this.#root);
    this.#jump();
    live.subscribe(`room:${room}`, (event) => this.#hear(event));
  }

  // The message of this version must come; if no push brings it, fetch it.
  expect(version) {
    if (version > this.#version) setTimeout(() => version > this.#version && this.catchUp(), 400);
  }

  knows(version) {
    return version <= this.#version;
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  async catchUp() {
    this.#again = true;
    if (this.#catching || this.#gone) return;
    this.#catching = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#fetchChanges();
      }
    } catch {
      setTimeout(() => this.catchUp(), 2_000 + Math.random() * 4_000);
    } finally {
      this.#catching = false;
    }
  }

  async #fetchChanges() {
    const answer = await fetch(`${this.#root.dataset.after}${this.#version}/`, { redirect: "error" });
    if ([403, 404].includes(answer.status)) return this.#leave();
    if (!answer.ok) throw new Error(answer.statusText);
    const { messages, version, more } = await answer.json();
    for (const message of messages) this.#show(message);
    this.#version = Math.max(this.#version, version);
    this.#again ||= more;
    this.#drain();
  }

  #hear(event) {
    switch (event.type) {
      case "subscribed":
        if (event.version > this.#version) this.catchUp();
        this.outbox.flush();
        break;
      case "version":
        this.expect(event.version);
        break;
      case "catch-up":
        setTimeout(() => this.catchUp(), Math.random() * 2_000);
        break;
      case "message":
        this.#held.set(event.version, event);
        this.#drain();
        if (this.#held.size) this.expect(event.version);
        break;
      case "presence":
        this.#showHere(event);
        break;
      case "gone":
        this.#leave();
    }
  }

  // Show what follows without a hole; forget what is old.
  #drain() {
    for (const version of [...this.#held.keys()].sort((a, b) => a - b)) {
      if (version > this.#version + 1) return;
      if (version === this.#version + 1) {
        this.#show(this.#held.get(version));
        this.#version = version;
      }
      this.#held.delete(version);
    }
  }

  #show(message) {
    const fresh = this.#parse(message.html);
    showAnswered(fresh);
    const old = document.getElementById(fresh.id);
    if (old) return this.#change(old, fresh);
    const numbers = this.#log.querySelectorAll("[data-number]");
    if (numbers.length && message.number < Number(numbers[0].dataset.number)) return;
    const mine = message.author === this.leader;
    const follow = this.#isAtEnd() || mine;
    const item = document.createElement("div");
    item.className = mine ? "chat__item chat__item--mine" : "chat__item";
    // One's own words were there already; only those of others are read out.
    if (mine) item.setAttribute("aria-live", "off");
    item.append(fresh);
    this.outbox.arrived(message.uuid);
    const next = [...this.#log.children].find((other) => numberOf(other) > message.number);
    this.#log.insertBefore(item, next ?? null);
    this.#root.querySelector("[data-empty]")?.remove();
    if (follow) this.#trim();
    if (follow) this.toEnd();
    else this.#new.hidden = false;
    this.#tellRead();
  }

  // A change is shown, but not read out.
  #change(old, fresh) {
    if (Number(old.dataset.version) >= Number(fresh.dataset.version)) return;
    old.parentElement.setAttribute("aria-live", "off");
    old.replaceWith(fresh);
  }

  #parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const time of template.content.querySelectorAll("time")) time.textContent = this.clock(time.dateTime);
    return template.content.querySelector("[data-number]");
  }

  #showHere({ count, names }) {
    const others = count - names.length;
    const who = others > 0 ? [...names, others === 1 ? "one other" : `${others} others`] : names;
    const place = this.#root.querySelector("[data-here]");
    place.textContent = count ? `Here now: ${new Intl.ListFormat("en-GB").format(who)}` : "";
  }

  async #fetchOlder(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await fetch(this.#older.href).catch(() => null);
    if (!answer?.ok) return location.assign(this.#older.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const below = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#root.querySelector("[data-earlier]").prepend(...page.getElementById("chat-log").children);
    const older = page.querySelector("[data-older]");
    this.#older.href = older.href;
    this.#older.parentElement.hidden = older.parentElement.hidden;
    this.#scroller.scrollTop = this.#scroller.scrollHeight - below;
  }

  #isAtEnd() {
    return this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight < 80;
  }

  #scrolled() {
    if (!this.#isAtEnd()) return;
    this.#new.hidden = true;
    this.#tellRead();
  }

  #tellRead() {
    if (document.visibilityState !== "visible" || !this.#isAtEnd()) return;
    clearTimeout(this.reading);
    const number = Number([...this.#log.querySelectorAll("[data-number]")].pop()?.dataset.number ?? 0);
    if (number > (this.read ?? 0)) {
      this.reading = setTimeout(() => {
        if (live.send({ type: "read", room: this.id, number })) this.read = number;
      }, 1_000);
    }
  }

  // A page that stays open for days does not grow for days.
  #trim() {
    const items = this.#log.querySelectorAll(":scope > .chat__item:has([data-number])");
    if (items.length <= KEPT) return;
    this.#root.querySelector("[data-earlier]").replaceChildren();
    for (const item of [...items].slice(0, items.length - KEPT)) item.remove();
    const first = this.#log.querySelector("[data-number]").dataset.number;
    this.#older.search = `?before=${first}`;
    this.#older.parentElement.hidden = false;
  }

  #jump() {
    const target = location.hash.startsWith("#message-") && document.getElementById(location.hash.slice(1));
    this.toEnd();
    if (target) this.#scroller.scrollTop = target.offsetTop - this.#scroller.offsetTop;
    // On a phone the composer would lie below the screen.
    const below = (this.outbox.form ?? this.#scroller).getBoundingClientRect().bottom - innerHeight;
    if (below > 0 && !scrollY) scrollTo({ top: below, behavior: "instant" });
  }

  #leave() {
    this.#gone = true;
    this.#log.replaceChildren();
    this.#root.querySelector("[data-earlier]").replaceChildren();
    this.#root.querySelector("[data-here]").textContent = "";
    this.#root.querySelector("[data-gone]").hidden = false;
  }
}

// The menu of the last message opens below the edge.
function showWhole(menu) {
  if (menu.open) menu.querySelector(".menu__list")?.scrollIntoView({ block: "nearest" });
}

function numberOf(item) {
  return Number(item.querySelector("[data-number]")?.dataset.number ?? Infinity);
}

function clockOf(timeZone) {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short" });
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return (text) => `${day.format(new Date(text)).replace("Sept", "Sep")}, ${hour.format(new Date(text))}`;
}

if (document.querySelector("[data-chat][data-newest]")) new Room();
