// A page that was opened further back goes on downwards: what follows is fetched as its reader comes near the end of what
// stands there, until the end of the room is reached; from then on the page follows it like any other.

const AHEAD = 800; // pixels below what is in sight
const A_MOMENT = 3_000;

export class Later {
  #isFetching = false;

  constructor(room, root, log) {
    this.room = room;
    this.root = root;
    this.log = log;
    this.link = root.querySelector("[data-later]");
    if (!this.link) return;
    this.link.addEventListener("click", (event) => this.#pressed(event));
    const margins = { root: log.scroller, rootMargin: `0px 0px ${AHEAD}px 0px` };
    this.sight = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#fetch(), margins);
    this.#look();
  }

  stop() {
    this.sight?.disconnect();
    this.link?.parentElement.remove();
    this.log.isBehind = false;
  }

  // Also when it has stayed in sight, as after a few short messages.
  #look() {
    this.sight.unobserve(this.link);
    this.sight.observe(this.link);
  }

  async #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!(await this.#fetch())) location.assign(this.link.href);
  }

  // True unless it came to nothing; then it is tried again.
  async #fetch() {
    if (this.#isFetching) return true;
    this.#isFetching = true;
    const page = await pageAt(this.link.href);
    this.#isFetching = false;
    if (page) this.#add(page);
    if (this.log.isBehind) setTimeout(() => this.#look(), page ? 0 : A_MOMENT * (1 + Math.random()));
    return page !== null;
  }

  #add(page) {
    const fresh = page.querySelector("[data-chat]");
    const items = [...page.getElementById("chat-log").children];
    this.log.append(items);
    for (const { dataset } of items) if (dataset.sent) this.room.outbox.arrived(dataset.sent);
    const next = page.querySelector("[data-later]");
    if (next) this.link.href = next.href;
    else this.#reachEnd(fresh);
    // What has changed while it was on its way is fetched once more.
    this.room.stoodAt(Number(fresh.dataset.version));
  }

  #reachEnd({ dataset }) {
    const hadFocus = document.activeElement === this.link;
    this.stop();
    this.root.querySelector("[data-onward]").remove();
    if (hadFocus) this.log.scroller.focus({ preventScroll: true });
    this.room.reachedEnd(dataset.mark);
  }
}

async function pageAt(address) {
  try {
    const answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-chat]") ? page : null;
  } catch {
    return null;
  }
}
