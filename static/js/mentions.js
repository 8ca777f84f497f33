// Offers people while one types an @ and the beginning of a name. Focus never leaves the words, and undo undoes it.
import { InputRange } from "../dist/dom-input-range/index.js";

const TYPED = /(?:^|[\s([{>"'“‘*_])@(\p{L}[\p{L}\p{M}\p{N}'’-]{1,39})$/u;
const PAUSE = 150; // milliseconds without a key, before the server is asked

class Mentions {
  #text;
  #address;
  #list = document.createElement("ul");
  #status = document.createElement("p");
  #active = -1;
  #range = null;
  #timer = 0;
  #asking = null;
  #dismissed = -1; // the place of an @ for which no list is wanted

  constructor(composer) {
    this.#text = composer.querySelector("textarea");
    this.#address = composer.dataset.people;
    this.#list.id = `${this.#text.id}_people`;
    this.#list.className = "suggestions";
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "People who can read this");
    this.#status.className = "nhsuk-u-visually-hidden";
    this.#status.setAttribute("role", "status");
    this.#text.setAttribute("aria-autocomplete", "list");
    this.#text.setAttribute("aria-haspopup", "listbox");
    composer.append(this.#list, this.#status);
    this.#text.addEventListener("input", () => this.#typed());
    this.#text.addEventListener("keydown", (event) => this.#pressed(event));
    this.#text.addEventListener("click", () => this.#here() || this.close());
    this.#text.addEventListener("blur", () => this.close());
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => this.#choose(event.target.closest("[role=option]")));
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (!this.isOpen) return;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#status.textContent = "";
    this.#range.getStyleClone().disconnect();
    for (const name of ["aria-controls", "aria-activedescendant"]) this.#text.removeAttribute(name);
  }

  // What was typed right before the caret, if it begins a name.
  #here() {
    const { selectionStart: caret, selectionEnd, value } = this.#text;
    const found = caret === selectionEnd && TYPED.exec(value.slice(Math.max(0, caret - 60), caret));
    return found ? { words: found[1], start: caret - found[1].length - 1, caret } : null;
  }

  #typed() {
    const here = this.#here();
    if (here?.start !== this.#dismissed) this.#dismissed = -1;
    if (!here || this.#dismissed >= 0) return this.close();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(here), PAUSE);
  }

  async #ask({ words, start, caret }) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const options = { credentials: "same-origin", signal: asking.signal };
    try {
      const answer = await fetch(`${this.#address}?q=${encodeURIComponent(words)}`, options);
      const html = answer.ok ? await answer.text() : "";
      const here = this.#here();
      // An answer to letters that have changed meanwhile is dropped.
      if (!asking.signal.aborted && here?.start === start && here.caret === caret) this.#show(html, start);
    } catch {
      if (!asking.signal.aborted) this.close();
    }
  }

  #show(html, start) {
    this.close();
    if (document.activeElement !== this.#text) return;
    this.#list.innerHTML = html;
    const count = this.#list.children.length;
    if (!count) return;
    this.#list.hidden = false;
    this.#range = new InputRange(this.#text, start);
    this.#place();
    this.#text.setAttribute("aria-controls", this.#list.id);
    this.#status.textContent =
      `${count === 1 ? "1 person" : `${count} people`}. Up and down to choose, Enter to take, Escape to close.`;
    this.#activate(0);
  }

  // Below the line of the @, or above it where a keyboard or the end of the window leaves no room.
  #place() {
    const line = this.#range.getBoundingClientRect();
    const frame = this.#list.offsetParent.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = this.#list;
    const end = window.visualViewport ? visualViewport.offsetTop + visualViewport.height : innerHeight;
    const below = line.bottom + height + 4 <= end || line.top - height - 4 < 0;
    const top = below ? line.bottom + 4 : line.top - height - 4;
    this.#list.style.top = `${top - frame.top}px`;
    this.#list.style.left = `${Math.max(0, Math.min(line.left - frame.left, frame.width - width))}px`;
  }

  #activate(place) {
    const options = [...this.#list.children];
    this.#active = (place + options.length) % options.length;
    for (const [n, option] of options.entries()) option.setAttribute("aria-selected", n === this.#active);
    this.#text.setAttribute("aria-activedescendant", options[this.#active].id);
    options[this.#active].scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") this.#activate(this.#active + 1);
    else if (event.key === "ArrowUp") this.#activate(this.#active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#choose(this.#list.children[this.#active]);
    else if (event.key === "Escape") this.#dismiss();
    else {
      if (/^(Arrow|Home|End|Page)/.test(event.key)) this.close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #dismiss() {
    this.#dismissed = this.#range.startOffset;
    this.close();
  }

  #choose(option) {
    if (!option) return;
    const { start, caret } = this.#here();
    const name = `@${option.dataset.handle}`;
    this.close();
    this.#text.focus();
    this.#text.setSelectionRange(start, caret);
    const words = /^\s/.test(this.#text.value.slice(caret)) ? name : `${name} `;
    // The old command is the only one whose work the browser's own undo knows.
    if (!document.execCommand("insertText", false, words)) {
      this.#text.setRangeText(words, start, caret, "end");
      this.#text.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
}

for (const composer of document.querySelectorAll("[data-composer][data-people]")) new Mentions(composer);
