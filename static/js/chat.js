// A chat room. What the server says is shown in the order of its numbers; a hole in the versions is fetched.
// Without this file the page reads, writes and looks back just the same, by loading anew.
import "./connection.js";
import { Later } from "./later.js";
import { live } from "./live.js";
import { Outbox } from "./outbox.js";
import { keepAboveKeyboard } from "./phone.js";
import { RoomLog } from "./room-log.js";
import { RoomMark } from "./room-mark.js";
import { Typing } from "./typing.js";

const YOUNG = 10_000; // a page that was loaded just now is not loaded again

class Room {
  #held = new Map();
  #catching = false;
  #again = false;
  #gone = false;
  #isWriting = false;

  constructor(root, log) {
    this.root = root;
    this.log = log;
    this.id = Number(root.dataset.room);
    this.version = Number(root.dataset.version);
    this.outbox = new Outbox(this, root, log.list);
    this.typing = new Typing(this.id, log.leader, root);
    this.later = new Later(this, root, log);
    if (root.dataset.mark) this.mark = new RoomMark(root, log);
    // Without a connection, ask from time to time: some networks let pages through, but no sockets.
    setInterval(() => live.state === "waiting" && this.catchUp(), 15_000);
    live.subscribe(`room:${this.id}`, (event) => this.#hear(event));
  }

  // The message of this version must come; if no push brings it, fetch it. A page further back is left for the end.
  expect(version) {
    if (this.log.isBehind) location.assign(this.root.dataset.newest);
    else this.#miss(version);
  }

  // Whether the page shows this version; one that is read further back need not, unless one writes there.
  knows(version) {
    return this.log.isBehind ? !this.#isWriting : version <= this.version;
  }

  toEnd() {
    this.#isWriting = true;
    this.log.toEnd();
  }

  // Something on the page is as old as this version.
  stoodAt(version) {
    if (version >= this.version) return;
    this.version = version;
    this.catchUp();
  }

  reachedEnd(mark) {
    if (this.mark || !mark) return;
    this.root.dataset.mark = mark;
    this.mark = new RoomMark(this.root, this.log);
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
      if (live.state !== "signed-out") setTimeout(() => this.catchUp(), 2_000 + Math.random() * 4_000);
    } finally {
      this.#catching = false;
    }
  }

  #miss(version) {
    if (version > this.version) setTimeout(() => version > this.version && this.catchUp(), 400);
  }

  async #fetchChanges() {
    const asked = this.version;
    const answer = await fetch(`${this.root.dataset.after}${asked}/`, { redirect: "error" });
    if ([403, 404].includes(answer.status)) return this.#leave();
    if (!answer.ok) throw new Error(answer.statusText);
    const { messages, version, more } = await answer.json();
    if (this.version < asked) return (this.#again = true);
    if (version < asked) return this.#goBackTo(version);
    this.#show(messages);
    this.version = Math.max(this.version, version);
    this.#again ||= more;
    this.#drain();
  }

  // The server knows less than this page: it was restored from a backup. Only the server is right.
  #goBackTo(version) {
    if (performance.now() > YOUNG) location.reload();
    this.version = version;
  }

  #hear(event) {
    switch (event.type) {
      case "subscribed":
        if (event.version !== this.version) this.catchUp();
        this.outbox.flush();
        break;
      case "version":
        this.#miss(event.version);
        break;
      case "catch-up":
        setTimeout(() => this.catchUp(), Math.random() * 2_000);
        break;
      case "message":
        this.#held.set(event.version, event);
        this.#drain();
        if (this.#held.size) this.#miss(event.version);
        break;
      case "typing":
        this.typing.heard(event.who);
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
      if (version > this.version + 1) return;
      if (version === this.version + 1) {
        this.#show([this.#held.get(version)]);
        this.version = version;
      }
      this.#held.delete(version);
    }
  }

  #show(messages) {
    for (const { author } of messages) this.typing.stopped(author);
    // Further back it does not stand yet.
    this.log.show(messages, (uuid) => !this.log.isBehind && this.outbox.arrived(uuid));
  }

  #showHere({ count, names }) {
    const others = count - names.length;
    const who = others > 0 ? [...names, others === 1 ? "one other" : `${others} others`] : names;
    const place = this.root.querySelector("[data-here]");
    place.textContent = count ? `Here now: ${new Intl.ListFormat("en-GB").format(who)}` : "";
  }

  #leave() {
    this.#gone = true;
    this.later.stop();
    this.log.empty();
    this.root.querySelector("[data-here]").textContent = "";
    this.root.querySelector("[data-gone]").hidden = false;
  }
}

const root = document.querySelector("[data-chat]");
const log = new RoomLog(root);
const room = new Room(root, log);
if (room.outbox.form) keepAboveKeyboard(room.outbox.form, log);
