// A room with hours, such as a hosted session: says when it opens and when it has closed. The server decides both; it
// says here in how many seconds, and tells an open page when one of these moments has come or a host has changed them:
// a wrong clock, or one that slept, does not matter.
import { live } from "./live.js";

const LONGEST = 2 ** 31 - 1; // milliseconds that a timer can wait
const A_MOMENT = 2_000;
const OPEN = "The room is open.";
const CHANGED = "The times have changed.";

class Opening {
  #root = document.querySelector("[data-opening]");
  #composer = document.querySelector("[data-composer-of-chat]");
  #timers = [];

  constructor() {
    this.#plan(this.#root);
    live.subscribe(`room:${this.#root.dataset.opening}`, (event) => event.type === "session" && this.#hear(event));
  }

  // The end needs no question; all pages ask for what else there is, and not at the same moment.
  #hear({ opens_in: opensIn, ends_in: endsIn }) {
    if (endsIn === 0 || opensIn > 0) this.#root.querySelector("[data-badge=open]")?.remove(); // the words below say what is
    const isKnown = endsIn === 0 || opensIn > 0 || (endsIn > 0 && this.#composer?.hidden === false);
    if (isKnown) this.#plan({ dataset: { opensIn, endsIn, closed: this.#root.dataset.closed } });
    else setTimeout(() => this.#look(), endsIn ? Math.random() * A_MOMENT : 0);
  }

  // `isOpen`: a page that was fetched just now can be written in.
  #plan({ dataset }, isOpen = false) {
    for (const timer of this.#timers) clearTimeout(timer);
    const [opens, ends] = [Number(dataset.opensIn), Number(dataset.endsIn)];
    if ("cancelled" in dataset || !ends) return this.#close(dataset.closed);
    // The server says so first, unless there is no connection.
    const soon = 1 + 2 * Math.random();
    this.#timers = [this.#in(ends + soon, () => this.#look())];
    if (opens) this.#timers.push(this.#in(opens + soon, () => this.#look()));
    if (opens) this.#close(dataset.closed);
    else if (!this.#composer && isOpen) this.#say(OPEN, "Come in");
    else if (this.#composer) this.#composer.hidden = false;
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
    const fresh = page.querySelector("[data-opening]");
    if (!fresh) return;
    this.#root.querySelector("[data-badge]")?.replaceWith(fresh.querySelector("[data-badge]"));
    this.#say(CHANGED, "Show them");
    this.#plan(fresh, page.querySelector("[data-composer-of-chat]") !== null);
  }

  // What was typed stays on this device.
  #close(words) {
    if (!this.#composer) return;
    this.#composer.hidden = true;
    this.#say(words);
  }

  #say(words, link) {
    const place = this.#root.querySelector("[data-news]");
    place.textContent = link ? `${words} ` : words;
    if (link) place.append(Object.assign(document.createElement("a"), { href: location.pathname, textContent: link }));
    place.hidden = false;
  }
}

if (document.querySelector("[data-opening]")) new Opening();
