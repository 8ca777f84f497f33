// How far threads were read here, and which notices with what they tell of, told to the server in batches: one request,
// not one a post. What fails is kept in this browser and told again: after a moment, when the network is back, or by the
// next page.

const SOON = 400;
const AGAIN = 5_000;
const LONGEST = 120_000;
const TOO_OLD = 7 * 24 * 3_600_000;
const AT_ONCE = 200;
const SETTLED = new Set([204, 403, 404, 422]);

class Marks {
  #prefix = `seen:${document.body.dataset.leader}:`;
  #waiting = new Map(); // the address to tell it to -> { first, last, at } or { notices, at }
  #timer = 0;
  #failures = 0;
  #isTelling = false;

  constructor() {
    this.#recall();
    addEventListener("online", () => this.#soon());
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? this.#leave() : this.#soon()));
  }

  // Posts `first` to `last` of a thread were seen just now.
  saw(address, first, last) {
    const before = this.#waiting.get(address);
    const at = before?.at ?? Date.now();
    this.#waiting.set(address, { first: Math.min(first, before?.first ?? first), last: Math.max(last, before?.last ?? 0), at });
    this.#soon();
  }

  // What these notices tell of was seen just now.
  visited(address, notices) {
    const before = this.#waiting.get(address);
    this.#waiting.set(address, { notices: [...(before?.notices ?? []), ...notices].slice(-AT_ONCE), at: before?.at ?? Date.now() });
    this.#soon();
  }

  // What was seen of a thread counts no more: its reader marked it as unread.
  forget(address) {
    this.#waiting.delete(address);
    this.#drop(address);
  }

  #soon(pause = SOON) {
    clearTimeout(this.#timer);
    if (this.#waiting.size) this.#timer = setTimeout(() => this.#tell(), pause);
  }

  async #tell() {
    if (this.#isTelling) return this.#soon();
    this.#isTelling = true;
    for (const [address, seen] of [...this.#waiting]) {
      if (!(await this.#send(address, seen))) {
        this.#failures += 1;
        this.#keep(address, seen);
      } else {
        this.#failures = 0;
        if (this.#waiting.get(address) === seen) this.forget(address);
      }
    }
    this.#isTelling = false;
    this.#soon(this.#failures ? Math.min(AGAIN * 2 ** (this.#failures - 1), LONGEST) : SOON);
  }

  async #send(address, seen) {
    const options = { method: "POST", body: words(seen), keepalive: true, redirect: "manual" };
    const answer = await fetch(address, options).catch(() => null);
    return answer !== null && SETTLED.has(answer.status);
  }

  // The page may be gone in a moment. Nobody hears whether a beacon arrived, so it is kept until it is known.
  #leave() {
    for (const [address, seen] of this.#waiting) {
      this.#keep(address, seen);
      navigator.sendBeacon(address, words(seen));
    }
  }

  #recall() {
    for (const key of keys().filter((name) => name.startsWith(this.#prefix))) {
      const seen = JSON.parse(localStorage.getItem(key));
      if (Date.now() - seen.at < TOO_OLD) this.#waiting.set(key.slice(this.#prefix.length), seen);
      else localStorage.removeItem(key);
    }
    this.#soon(0);
  }

  #keep(address, seen) {
    try {
      localStorage.setItem(this.#prefix + address, JSON.stringify(seen));
    } catch {
      // A full or forbidden store: this page still tries again.
    }
  }

  #drop(address) {
    try {
      localStorage.removeItem(this.#prefix + address);
    } catch {
      // Nothing was kept then.
    }
  }
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function words({ first, last, notices, at }) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  if (notices) return new URLSearchParams({ csrfmiddlewaretoken: token, notices: notices.join(",") });
  const ago = Math.ceil((Date.now() - at) / 1000);
  return new URLSearchParams({ csrfmiddlewaretoken: token, first, last, ago });
}

export const marks = new Marks();
