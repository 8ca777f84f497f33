// A hosted session: says when the room opens and when it has closed. The server decides both; it says here in how many
// seconds, so that a wrong clock does not matter, and tells an open page when the host changes the times.
import { live } from "./live.js";

const LONGEST = 2 ** 31 - 1; // milliseconds that a timer can wait
const OPEN = "The room is open.";
const OVER = "This session has ended. What was said can still be read.";
const CHANGED = "The times of this session have changed.";

class Session {
  #root = document.querySelector("[data-session]");
  #composer = document.querySelector("[data-composer-of-chat]");
  #timers = [];

  constructor() {
    this.#plan(this.#root);
    live.subscribe(`room:${this.#root.dataset.session}`, ({ type }) => type === "session" && this.#look());
  }

  #plan({ dataset }) {
    for (const timer of this.#timers) clearTimeout(timer);
    const [opens, ends] = [Number(dataset.opensIn), Number(dataset.endsIn)];
    if ("cancelled" in dataset || !ends) return this.#close();
    this.#timers = [this.#in(ends, () => this.#look())];
    if (opens) this.#timers.push(this.#in(opens, () => this.#say(OPEN, "Come in")));
    else if (!this.#composer) this.#say(OPEN, "Come in");
    else this.#reopen();
  }

  #in(seconds, act) {
    const pause = seconds * 1_000;
    return pause < LONGEST ? setTimeout(act, pause) : 0;
  }

  // Ask the server how it stands: the host may have given it more time at the last moment.
  async #look() {
    const answer = await fetch(location.pathname, { redirect: "error" }).catch(() => null);
    if (!answer?.ok) return this.#timers.push(this.#in(5, () => this.#look()));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-session]");
    if (!fresh) return;
    this.#say(CHANGED, "Show them");
    this.#plan(fresh);
  }

  // What was typed stays on this device.
  #close() {
    if (!this.#composer) return;
    this.#composer.hidden = true;
    this.#say(OVER);
  }

  #reopen() {
    this.#composer.hidden = false;
  }

  #say(words, link) {
    const place = this.#root.querySelector("[data-news]");
    place.textContent = link ? `${words} ` : words;
    if (link) place.append(Object.assign(document.createElement("a"), { href: location.pathname, textContent: link }));
    place.hidden = false;
  }
}

if (document.querySelector("[data-session]")) new Session();
