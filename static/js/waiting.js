// How the messages look that wait to be sent or were refused. Quietly: only a refusal is read out.
import { live } from "./live.js";

export class Waiting {
  constructor(root, log, outbox) {
    this.root = root;
    this.log = log;
    this.outbox = outbox;
  }

  draw(entry, all) {
    this.remove(entry.uuid);
    const item = document.getElementById("pending-message").content.firstElementChild.cloneNode(true);
    item.dataset.uuid = entry.uuid;
    item.querySelector(".prose").textContent = entry.body;
    this.outbox.answer.show(item, entry);
    item.setAttribute("aria-live", "off");
    const later = all.slice(all.indexOf(entry) + 1);
    this.log.insertBefore(item, later.map(({ uuid }) => this.#itemOf(uuid)).find(Boolean) ?? null);
    if (entry.reason) this.#offer(entry, item);
    else this.tell(entry, live.state === "connected" ? "Sending…" : "Not sent yet");
  }

  remove(uuid) {
    this.#itemOf(uuid)?.remove();
  }

  tell({ uuid }, words) {
    const fate = this.#itemOf(uuid)?.querySelector("[data-fate]");
    if (fate) fate.textContent = words;
  }

  // Whoever is still where it was written sees what there is to do about it.
  reveal({ uuid }) {
    if (this.outbox.form?.contains(document.activeElement)) this.#itemOf(uuid)?.scrollIntoView({ block: "nearest" });
  }

  announce(words) {
    this.root.querySelector("[data-told]").textContent = words;
  }

  // The room shows this message already.
  stands({ uuid }) {
    return this.root.querySelector(`[data-sent="${uuid}"]`) !== null;
  }

  #offer(entry, item) {
    item.firstElementChild.classList.replace("message--pending", "message--unsent");
    const fate = item.querySelector("[data-fate]");
    fate.replaceChildren(document.getElementById("refused-message").content.cloneNode(true));
    fate.querySelector("[data-reason]").textContent = `Not sent. ${entry.reason}`;
    if (entry.asks) fate.querySelector("[data-retry]").textContent = "Send anyway";
    fate.querySelector("[data-retry]").addEventListener("click", () => this.outbox.retry(entry));
    fate.querySelector("[data-change]").addEventListener("click", () => this.outbox.takeBack(entry));
    fate.querySelector("[data-discard]").addEventListener("click", () => this.#discard(entry));
  }

  // The button that had the focus is gone.
  #discard(entry) {
    this.outbox.remove(entry);
    this.outbox.text.focus();
  }

  #itemOf(uuid) {
    return this.log.querySelector(`[data-uuid="${uuid}"]`);
  }
}
