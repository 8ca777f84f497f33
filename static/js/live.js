// One socket a page.
//
//   import { live } from "./live.js";
//   const stop = live.subscribe("thread:12", (event) => …);
//
// A topic hears: {type: "subscribed", version}, then what is pushed on it, {type: "version", version} with each
// heartbeat, {type: "catch-up"} when something may have been missed, and {type: "gone"} when it may not be
// followed any more. The order that loses nothing: subscribe, wait for "subscribed", then fetch what is newer.
//
// live.send({type: …}) is false while there is no connection. Answers without a topic, and changes of `live.state`
// ("connecting", "connected", "waiting", "signed-out"), are DOM events: live.addEventListener("said", …), "state"; and
// so are "notices", "read" (how far this leader has read a thread, on whatever device) and "catch-up".

import { pauseAfter } from "./backoff.js";

const SIGNED_OUT = 4401;
const SILENCE = 30_000; // the server speaks at least every 12 seconds
const DOUBT = 5_000; // an answer takes no longer than this

class Live extends EventTarget {
  state = "connecting";
  #socket = null;
  #topics = new Map();
  #failures = 0;
  #heard = [0, 0]; // by both clocks: one may be set anew, the other may stand still while the machine sleeps
  #timer = 0;
  #doubt = 0;

  subscribe(topic, handler) {
    const handlers = this.#topics.get(topic) ?? new Set();
    if (!handlers.size) this.send({ type: "subscribe", topic });
    this.#topics.set(topic, handlers.add(handler));
    this.open();
    return () => this.#unsubscribe(topic, handler);
  }

  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  open() {
    if (this.#socket || this.state === "signed-out") return;
    clearTimeout(this.#timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
    this.#socket = socket;
    this.#heard = now();
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (message) => this.#received(socket, JSON.parse(message.data)));
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  // Called from time to time: a connection that says nothing is no connection.
  look() {
    if (!this.#socket) return;
    if (this.#silence > SILENCE) this.#drop();
    else if (this.#silence > SILENCE / 2) this.send({ type: "heartbeat" });
  }

  // The machine woke up, or the network came or went: do not wait for the next attempt, and ask whether it is true.
  wake() {
    if (this.state === "signed-out") this.#setState("connecting"); // perhaps its leader is back
    this.#failures = 0;
    if (this.#socket) {
      this.look();
      if (this.send({ type: "heartbeat" })) this.#doubtIt();
    } else this.open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#drop(false);
  }

  get #silence() {
    return Math.max(...now().map((time, clock) => time - this.#heard[clock]));
  }

  #doubtIt() {
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => this.#socket && this.#silence >= DOUBT - 500 && this.#drop(), DOUBT);
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    // This page is one leader's: when another has signed in meanwhile, the connection ends.
    this.send({ type: "page", leader: Number(document.body.dataset.leader) });
    for (const topic of this.#topics.keys()) this.send({ type: "subscribe", topic });
  }

  #received(socket, event) {
    if (socket !== this.#socket) return;
    this.#heard = now();
    if (event.type === "heartbeat") {
      this.#failures = 0;
      this.#setState("connected");
      for (const [topic, version] of Object.entries(event.versions)) this.#tell(topic, { type: "version", topic, version });
    } else if (event.type === "catch-up") {
      for (const topic of this.#topics.keys()) this.#tell(topic, event);
      this.dispatchEvent(new CustomEvent("catch-up"));
    } else if (event.type === "error" && event.again && event.topic) {
      setTimeout(() => this.#topics.has(event.topic) && this.send({ type: "subscribe", topic: event.topic }), event.again * 1_000);
    } else if (event.topic && this.#topics.has(event.topic)) {
      this.#tell(event.topic, event.type === "error" ? { ...event, type: "gone" } : event);
    } else {
      this.dispatchEvent(new CustomEvent(event.type, { detail: event }));
    }
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (code === SIGNED_OUT) this.#setState("signed-out");
    else this.#comeBack();
  }

  #drop(again = true) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    if (again) this.#comeBack();
  }

  #comeBack() {
    this.#setState("waiting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), pauseAfter(this.#failures++));
  }

  #unsubscribe(topic, handler) {
    const handlers = this.#topics.get(topic);
    if (!handlers?.delete(handler) || handlers.size) return;
    this.#topics.delete(topic);
    this.send({ type: "unsubscribe", topic });
  }

  #tell(topic, event) {
    for (const handler of this.#topics.get(topic) ?? []) handler(event);
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

const now = () => [Date.now(), performance.now()];

export const live = new Live();

addEventListener("online", () => live.wake());
addEventListener("offline", () => live.wake());
addEventListener("pagehide", () => live.close());
addEventListener("pageshow", (event) => event.persisted && live.wake());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && live.wake());
setInterval(() => live.look(), 5_000);
