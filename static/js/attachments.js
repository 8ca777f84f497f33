// Images and documents in a composer: pasted, dropped or chosen, sent one after the other, and named in the text
// where the caret was. Without it there is a link to a page that sends one file and says what to copy.
import { uuid4 } from "./uuid.js";

const TOO_LARGE = "This file is too large. An image may have 10 MB, a document 20 MB.";
const DECORATIVE = "decorative";
// As forms/references.py has it: [image 3f2a9c1b: A full room]; and as it is stored, for whoever pastes that.
const WORDS = String.raw`((?:[^\[\]\\\n]|\\[^\n])*)`;
const REFERENCE = new RegExp(String.raw`\[(image|file) ([0-9a-f]{8})(?:: ${WORDS})?\](?!\()`, "g");
const STORED = new RegExp(String.raw`(!?)\[${WORDS}\]\((\/attachments\/([0-9a-f]{8})[0-9a-f-]{28}\/)\)`, "g");
const hasMouse = matchMedia("(hover: hover) and (pointer: fine)");

// One file on its way into the text.
class Sending {
  constructor(row, file, at) {
    Object.assign(this, { row, file, at, uuid: uuid4(), request: null, address: "", isDone: false });
  }

  // The first signs of the uuid in its address: by them the words name it.
  get mark() {
    return this.address.slice("/attachments/".length).slice(0, 8);
  }

  part(name) {
    return this.row.querySelector(`[data-${name}]`);
  }

  show(shown) {
    for (const name of ["progress", "about", "names", "cancel", "again", "remove"]) {
      this.part(name).hidden = !shown.includes(name);
    }
  }

  say(error) {
    this.part("error").hidden = !error;
    this.part("error-words").textContent = error;
    this.part("alt").setAttribute("aria-invalid", Boolean(error));
  }
}

class Attaching {
  #sendings = [];
  #former = "";
  #addresses = new Map(); // of the files that this page knows, by their marks

  constructor(root) {
    this.root = root;
    this.text = document.getElementById(root.dataset.text);
    this.form = this.text.form;
    this.input = root.querySelector("[data-files]");
    this.said = root.querySelector("[data-said]");
    this.button = root.querySelector("[data-choose]");
    root.querySelector("[data-plain]").hidden = true;
    root.querySelector("[data-scripted]").hidden = false;
    root.querySelector("[data-ways]").hidden = !hasMouse.matches;
    this.button.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => this.#choose());
    this.text.addEventListener("paste", (event) => this.#paste(event));
    this.text.addEventListener("input", () => this.#textChanged());
    this.#acceptDrops(this.text.closest("[data-composer]"));
    // First of all who listen: what is held up here has not been sent for anybody.
    addEventListener("submit", (event) => event.target === this.form && this.#holdUp(event), true);
    this.#former = this.text.value;
    for (const row of root.querySelectorAll("[data-mark]")) {
      this.#addresses.set(row.dataset.mark, row.dataset.address);
      row.remove();
    }
    this.#showWhatStands();
  }

  // --- Coming in

  #choose() {
    this.#take([...this.input.files]);
    this.input.value = "";
  }

  #paste(event) {
    const { files, types } = event.clipboardData;
    // A piece of a document or a sheet comes as words and as a picture of them: the words are meant.
    if (!files.length || (types.includes("text/plain") && event.clipboardData.getData("text/plain"))) return;
    event.preventDefault();
    this.#take([...files]);
  }

  #acceptDrops(composer) {
    const bringsFiles = (event) => event.dataTransfer?.types.includes("Files");
    composer.addEventListener("dragover", (event) => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      composer.classList.add("composer--open");
    });
    composer.addEventListener("dragleave", (event) => {
      if (!composer.contains(event.relatedTarget)) composer.classList.remove("composer--open");
    });
    composer.addEventListener("drop", (event) => {
      composer.classList.remove("composer--open");
      if (!bringsFiles(event)) return;
      event.preventDefault();
      this.#take([...event.dataTransfer.files]);
    });
    // A file dropped beside it would take the place of the page, with all that was typed.
    for (const name of ["dragover", "drop"]) {
      addEventListener(name, (event) => bringsFiles(event) && !event.defaultPrevented && event.preventDefault());
    }
  }

  #take(files) {
    for (const file of files) {
      const sending = new Sending(this.#newRow(file.name, size(file)), file, this.text.selectionEnd);
      this.#sendings.push(sending);
      this.#listen(sending);
      const most = file.type.startsWith("image/") ? this.root.dataset.imageMost : this.root.dataset.documentMost;
      if (file.size > Number(most)) this.#refused(sending, TOO_LARGE);
      else sending.show(["progress", "cancel"]);
    }
    this.#sendNext();
  }

  #newRow(name, facts) {
    const row = this.root.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("[data-facts]").textContent = facts;
    const id = `alt-${uuid4()}`;
    row.querySelector("[data-alt]").id = id;
    row.querySelector("[data-alt-label]").htmlFor = id;
    row.querySelector("[data-alt]").setAttribute("aria-describedby", `${id}-error`);
    row.querySelector("[data-error]").id = `${id}-error`;
    for (const button of row.querySelectorAll("button")) {
      button.append(Object.assign(document.createElement("span"), { className: "nhsuk-u-visually-hidden", textContent: ` ${name}` }));
    }
    this.root.querySelector("[data-list]").append(row);
    return row;
  }

  #listen(sending) {
    sending.part("cancel").addEventListener("click", () => this.#forget(sending));
    sending.part("remove").addEventListener("click", () => this.#remove(sending));
    sending.part("again").addEventListener("click", () => this.#again(sending));
    sending.part("alt").addEventListener("input", () => this.#describe(sending));
    sending.part("decorative").addEventListener("change", () => this.#describe(sending));
  }

  // --- Sending, one at a time, so that they stand in the text in the order in which they were chosen

  #sendNext() {
    const waiting = this.#sendings.find((sending) => !sending.isDone);
    if (waiting && !waiting.request) this.#send(waiting);
  }

  #send(sending) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.set("uuid", sending.uuid);
    body.set("file", sending.file, sending.file.name.slice(-200));
    const request = new XMLHttpRequest();
    sending.request = request;
    request.open("POST", this.root.dataset.attach);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      sending.row.querySelector("progress").value = Math.round((100 * loaded) / total);
    });
    request.addEventListener("load", () => this.#answered(sending));
    request.addEventListener("error", () => this.#failed(sending, "This file could not be sent. Is there a connection?"));
    request.send(body);
  }

  #answered(sending) {
    const { status, response, responseURL } = sending.request;
    if (status === 201 && response) this.#arrived(sending, response);
    else if (response?.error) this.#refused(sending, response.error);
    else if (status === 413) this.#refused(sending, TOO_LARGE);
    else if (responseURL.includes("/accounts/")) this.#failed(sending, "You are signed out. Sign in in another tab, then try again.");
    else if (status < 500) this.#refused(sending, "This file cannot be added here. Load the page again to see why.");
    else this.#failed(sending, "Something went wrong here. Please try again.");
  }

  #arrived(sending, { address, name, kind, facts, markdown }) {
    const isImage = kind === "image";
    Object.assign(sending, { address, isDone: true, request: null });
    this.#addresses.set(sending.mark, address);
    sending.part("name").textContent = name;
    sending.part("facts").textContent = `${facts} · ${sending.mark}`;
    sending.say("");
    sending.show(isImage ? ["about", "remove"] : ["names", "remove"]);
    if (isImage) this.#picture(sending);
    this.#insert(sending, markdown);
    this.said.textContent = isImage ? `${name} is in your text. Please say below what it shows.` : `${name} is in your text.`;
    this.#sendNext();
  }

  #picture(sending) {
    const image = sending.part("image");
    image.src = `${sending.address}small/`;
    image.hidden = false;
  }

  // The server will never take it.
  #refused(sending, error) {
    Object.assign(sending, { isDone: true, request: null });
    sending.say(error);
    sending.show(["cancel"]);
    sending.part("cancel").firstChild.textContent = "Close";
    this.#sendNext();
  }

  // It may work later; the same number makes it one file even if it had arrived.
  #failed(sending, error) {
    Object.assign(sending, { isDone: true, request: null });
    sending.say(error);
    sending.show(["again", "cancel"]);
    this.#sendNext();
  }

  #again(sending) {
    sending.isDone = false;
    sending.say("");
    sending.show(["progress", "cancel"]);
    this.button.focus();
    this.#sendNext();
  }

  #forget(sending) {
    sending.request?.abort();
    this.#sendings = this.#sendings.filter((other) => other !== sending);
    sending.row.remove();
    this.button.focus();
    this.#sendNext();
  }

  #remove(sending) {
    const [found] = this.#placesOf(sending);
    if (found) this.#replace(found.start, found.end + (this.text.value[found.end] === "\n"), "");
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value });
    // One that is part of a saved post stays there until the post is saved without it.
    fetch(`${sending.address}remove/`, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => {});
    this.said.textContent = "Removed.";
    this.#forget(sending);
  }

  // --- In the text

  #insert(sending, markdown) {
    const { value } = this.text;
    const before = sending.at > 0 && value[sending.at - 1] !== "\n" ? "\n" : "";
    const hadCaret = document.activeElement === this.text && this.text.selectionStart === sending.at;
    const words = `${before}${markdown}\n`;
    const end = sending.at + words.length;
    this.#replace(sending.at, sending.at, words);
    if (hadCaret) this.text.setSelectionRange(end, end);
    for (const other of this.#sendings) if (!other.isDone) other.at = Math.max(other.at, end);
  }

  #replace(start, end, words) {
    this.text.setRangeText(words, start, end, "preserve");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What is typed while a file is on its way moves the place where it will stand.
  #textChanged() {
    const { value } = this.text;
    let same = 0;
    while (same < value.length && value[same] === this.#former[same]) same += 1;
    const grown = value.length - this.#former.length;
    for (const sending of this.#sendings) {
      if (!sending.isDone && same < sending.at) sending.at = Math.max(same, Math.min(value.length, sending.at + grown));
    }
    this.#former = value;
    for (const sending of this.#sendings) if (sending.address) this.#follow(sending);
    this.#showWhatStands();
  }

  #placesOf(sending) {
    return this.#named().filter(({ mark }) => mark === sending.mark);
  }

  // The files that one's own words name, in their order.
  #named() {
    const { value } = this.text;
    const short = [...value.matchAll(REFERENCE)].map(({ 0: all, 1: kind, 2: mark, 3: alt = "", index }) => ({ all, mark, alt, index, isImage: kind === "image" }));
    const long = [...value.matchAll(STORED)].map(({ 0: all, 1: sign, 2: alt, 3: address, 4: mark, index }) => ({ all, mark, alt, index, isImage: sign === "!", address }));
    const isQuoted = ({ index }) => /^\s*>/.test(value.slice(value.lastIndexOf("\n", index - 1) + 1, index));
    const found = [...short, ...long].filter((each) => !isQuoted(each)).sort((one, other) => one.index - other.index);
    return found.map(({ all, index, ...facts }) => ({ ...facts, start: index, end: index + all.length }));
  }

  // The row says what the text says; without a place in the text it waits unseen.
  #follow(sending) {
    const [found] = this.#placesOf(sending);
    sending.row.hidden = !found;
    const field = sending.part("alt");
    if (!found || document.activeElement === field) return;
    sending.part("decorative").checked = found.alt === DECORATIVE;
    field.disabled = found.alt === DECORATIVE;
    if (!field.disabled) field.value = found.alt;
    if (found.alt) sending.say("");
  }

  #describe(sending) {
    const [found] = this.#placesOf(sending);
    const field = sending.part("alt");
    field.disabled = sending.part("decorative").checked;
    const alt = field.disabled ? DECORATIVE : field.value.replace(/[[\]\\\s]+/g, " ").trim();
    sending.say("");
    if (found) this.#replace(found.start, found.end, `[image ${sending.mark}${alt && `: ${alt}`}]`);
  }

  // After a refusal, on another day, in a post that is edited: each file in one's own words has its row.
  #showWhatStands() {
    for (const { mark, alt, isImage, address = this.#addresses.get(mark) } of this.#named()) {
      if (!address || this.#sendings.some((sending) => sending.mark === mark)) continue;
      const row = this.#newRow(isImage ? `Image ${mark}` : alt, isImage ? "" : mark);
      const sending = Object.assign(new Sending(row, null, 0), { address, isDone: true });
      this.#sendings.push(sending);
      this.#listen(sending);
      if (isImage) this.#picture(sending);
      sending.show(isImage ? ["about", "remove"] : ["remove"]);
      this.#follow(sending);
    }
  }

  // --- Before the words go out

  #holdUp(event) {
    if (event.submitter?.name === "preview" || event.submitter?.hasAttribute("formaction")) return;
    const waiting = this.#sendings.find((sending) => !sending.isDone);
    const silent = this.#sendings.find((sending) => this.#lacksWords(sending));
    if (!waiting && !silent) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting) {
      waiting.say("This file is still on its way. Wait for it, or cancel it.");
      waiting.part("cancel").focus();
    } else {
      silent.say("Please say what this image shows, or that it shows nothing that matters.");
      silent.part("alt").focus({ preventScroll: true });
      silent.row.scrollIntoView({ block: "center" });
    }
  }

  #lacksWords(sending) {
    const [found] = sending.address ? this.#placesOf(sending) : [];
    return found && !found.alt.trim() && !sending.part("about").hidden;
  }
}

function size({ size: bytes }) {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

for (const root of document.querySelectorAll("[data-attach]")) new Attaching(root);
