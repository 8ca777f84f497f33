// Whatever is typed into a form with data-draft="reply:12" is saved as a draft while one writes: on the server,
// and on this device until the server has it. Without this, the form has a button that saves.
import { atSignOut, forget, isHere, keep, release, send } from "./kept.js";
import { uuid4 } from "./uuid.js";

const PAUSE = 300; // after the last key
const LATEST = 1000; // after the first one that is not saved
const LONG = 5_000; // a text of so many letters goes to the server half as often
const AGAIN = [3000, 6000, 12000, 30000]; // when the server cannot be reached
const WORDS = ["title", "kind", "body"];

class Draft {
  #saved;
  #unsavedSince = 0;
  #timer = 0;
  #failures = 0;
  #turn = 0;
  #onItsWay = null;
  #isSent = false;
  #isSpent = false; // the server has a post of this very form
  #returned = ""; // what the browser put back into the form that had been sent
  #said = "";

  constructor(form) {
    this.form = form;
    this.line = form.querySelector("[data-draft-line]");
    this.address = form.querySelector("[data-saves-draft]").formAction;
    this.leader = form.dataset.leader;
    this.key = form.dataset.draft;
    this.uuid = form.elements.uuid.value;
    this.#saved = this.#words();
    isHere(this.key, this.uuid);
    atSignOut.push(() => this.#flush());
    form.addEventListener("input", () => this.#typed());
    form.addEventListener("change", () => this.#typed());
    form.addEventListener("submit", (event) => this.#submit(event));
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", () => this.#comeBack());
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => this.#look());
    document.addEventListener("broughtup", ({ detail }) => detail.entry.key === this.key && this.#broughtUp(detail));
    this.#measure();
    if (!("unsaved" in form.dataset)) return;
    // After a refusal the form comes back with what was typed, which no draft holds yet.
    this.#saved = "";
    this.#typed();
  }

  // One saving at a time; what is typed meanwhile goes with the next.
  async save() {
    clearTimeout(this.#timer);
    if (this.#onItsWay || this.#isSent || !this.#isUnsaved) return this.#onItsWay?.done;
    const words = this.#words();
    const fields = this.#fields();
    const controller = new AbortController();
    this.#unsavedSince = 0;
    const done = send(this.address, fields, this.leader, controller.signal);
    this.#onItsWay = { controller, done };
    const answer = await done;
    this.#onItsWay = null;
    if (this.#isSent) return undefined;
    this.#take(answer, words);
    if (this.#isUnsaved && !this.#failures) this.#typed();
    return answer;
  }

  async #flush() {
    await this.#onItsWay?.done;
    await this.save();
  }

  #take(answer, words) {
    const isThere = ["saved", "sent", "twofold"].includes(answer.fate);
    this.#failures = isThere ? 0 : this.#failures + 1;
    if (isThere) {
      this.#saved = words;
      if (this.#isUnsaved) this.#keep();
      else release(this.#entry);
    }
    if (answer.fate === "saved") {
      this.form.elements.base.value = answer.version;
      this.#show(answer.version ? `Saved ${answer.saved}` : "", answer.version ? "Your draft is saved." : "");
    } else if (answer.fate === "sent") {
      this.#isSpent = true;
      if (this.#returned === words && !this.#isUnsaved) this.#empty();
      this.#show("These words were sent.", "These words were sent.");
    } else if (answer.fate === "twofold") this.#tellOfTwo(answer);
    else if (!isThere) this.#tellOfTrouble(answer);
  }

  #tellOfTwo({ html, reason }) {
    const news = document.querySelector(`[data-draft-news="${this.key}"]`);
    if (!news.contains(document.activeElement)) news.innerHTML = html;
    this.#show(reason, `${reason} Choose above.`);
  }

  #tellOfTrouble({ fate, reason, status }) {
    const trouble = "Not saved yet, kept on this device.";
    this.#keep();
    if (fate === "signed-out") {
      const link = document.createElement("a");
      link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
      link.textContent = "Sign in again";
      this.#show(`${trouble} `, `${trouble} Sign in again.`, link);
      return;
    }
    this.#show(reason ? `${trouble} ${reason}` : trouble, trouble);
    if (fate === "unreached" || status === 429) this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), AGAIN[Math.min(this.#failures, AGAIN.length) - 1]);
  }

  #typed() {
    this.#measure();
    this.#isSent = false;
    if (!this.#isUnsaved) return;
    if (this.#isSpent) this.#startAnew();
    this.#keep();
    const now = Date.now();
    this.#unsavedSince ||= now;
    clearTimeout(this.#timer);
    const slowly = this.form.elements.body.value.length > LONG ? 2 : 1;
    const end = this.#unsavedSince + LATEST * slowly - now;
    this.#timer = setTimeout(() => this.save(), Math.min(PAUSE * slowly, Math.max(0, end)));
  }

  // Other words than those that were sent: another post, with another number.
  #startAnew() {
    this.#isSpent = false;
    this.uuid = this.form.elements.uuid.value = uuid4();
    this.form.elements.base.value = 0;
    isHere(this.key, this.uuid);
  }

  #submit(event) {
    const button = event.submitter;
    if (button && "savesDraft" in button.dataset) {
      event.preventDefault();
      this.#saved = "";
      this.save();
    } else if (!navigator.onLine && !event.defaultPrevented) {
      // The browser would put an empty page in the place of this one.
      event.preventDefault();
      clearTimeout(this.#timer);
      this.#keep();
      const trouble = "There is no connection. Your words are kept on this device.";
      this.#show(`${trouble} Press “${button?.textContent.trim()}” again when it is back.`, trouble);
    } else if (button?.name !== "preview" && !event.defaultPrevented) {
      // The server knows which form was sent: should this fail, what is kept here becomes a draft again.
      const isDiscarded = button && "discardsDraft" in button.dataset;
      this.#isSent = true;
      clearTimeout(this.#timer);
      this.#onItsWay?.controller.abort();
      if (isDiscarded) forget(this.#id);
      else this.#noteSent();
      setTimeout(() => event.defaultPrevented && this.#typed());
    }
  }

  // The browser keeps this note with the tab, and so not the words, only by what to know them again.
  #noteSent() {
    this.#keep();
    const sent = { ...history.state?.sent, [this.key]: [this.uuid, fingerprint(this.uuid, this.#words())] };
    history.replaceState({ ...history.state, sent }, "");
  }

  // Whoever comes back by the browser finds in the form what was sent from it. With the number under which it
  // went out it is the same post still; and if the server has that, the form is for other words.
  #comeBack() {
    const [uuid, print] = history.state?.sent?.[this.key] ?? [];
    const words = this.#words();
    if (!uuid || print !== fingerprint(uuid, words)) return;
    this.uuid = this.form.elements.uuid.value = uuid;
    isHere(this.key, uuid);
    this.#isSent = false;
    this.#returned = words;
    this.#saved = "";
    this.save();
  }

  #empty() {
    for (const name of ["title", "body"]) if (this.form.elements[name]) this.form.elements[name].value = "";
    this.#saved = this.#words();
  }

  // The page goes away, perhaps for good.
  #leave() {
    if (this.#isSent || !(this.#isUnsaved || this.#onItsWay)) return;
    const body = new FormData();
    for (const [name, value] of Object.entries(this.#fields())) body.set(name, value);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.set("leader", this.leader);
    body.set("quiet", 1);
    navigator.sendBeacon(this.address, body);
  }

  #look() {
    if (document.visibilityState === "hidden") this.#leave();
    else this.save();
  }

  // What an earlier visit left on this device: into the form, unless somebody writes here already.
  #broughtUp({ entry, answer }) {
    if (answer.fate === "sent" || answer.version === 0) return;
    if (answer.fate === "twofold") return void this.#tellOfTwo(answer);
    const isUntouched = !this.#isUnsaved;
    if (isUntouched) {
      for (const name of WORDS) if (name in entry.fields && this.form.elements[name]) this.form.elements[name].value = entry.fields[name];
    }
    if (answer.fate === "saved") {
      if (isUntouched) this.#saved = this.#words();
      if (isUntouched) this.form.elements.base.value = answer.version;
      this.#show(`Brought up from this device. Saved ${answer.saved}`, "What you typed here earlier is back.");
    } else this.#typed();
  }

  get #id() {
    return `${this.leader}:${this.key}:${this.uuid}`;
  }

  get #isUnsaved() {
    return this.#words() !== this.#saved;
  }

  #words() {
    return JSON.stringify(WORDS.map((name) => this.form.elements[name]?.value ?? ""));
  }

  #fields() {
    const fields = { uuid: this.uuid, base: this.form.elements.base.value, turn: ++this.#turn };
    for (const name of [...WORDS, "version"]) if (this.form.elements[name]) fields[name] = this.form.elements[name].value;
    return fields;
  }

  #keep() {
    keep(this.#entry);
  }

  get #entry() {
    const { leader, key, address } = this;
    return { id: this.#id, leader, key, address, fields: this.#fields(), at: Date.now() };
  }

  // Shown each time; said aloud only when it is news.
  #show(text, said, link) {
    this.line.querySelector("[data-draft-state]").replaceChildren(text, ...(link ? [link] : []));
    if (said === this.#said) return;
    this.#said = said;
    this.line.querySelector("[data-draft-said]").textContent = said;
  }

  #measure() {
    const text = this.form.elements.body;
    const most = Number(text.dataset.most);
    const length = [...text.value].length;
    const measure = this.line.querySelector("[data-draft-measure]");
    measure.textContent = length > most ? `${length.toLocaleString("en-GB")} characters: a post takes ${most.toLocaleString("en-GB")}. The draft keeps it all.` : "";
  }
}

// Equal for equal words of one form, and a short number from which nobody reads them.
function fingerprint(uuid, words) {
  let print = 0x811c9dc5;
  for (const letter of uuid + words) print = Math.imul(print ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return print;
}

for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);

// Before one of two texts is chosen, what stands in the form goes to the server.
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-settles]") || event.target.dataset.settles === "now") return;
  event.preventDefault();
  const { target, submitter } = event;
  await Promise.all(atSignOut.map((save) => save()));
  target.dataset.settles = "now";
  target.requestSubmit(submitter);
});
