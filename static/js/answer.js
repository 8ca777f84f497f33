// A reply to a message: which one the composer answers, and the line above each reply with the first words of that one.

export class Answer {
  #number = null;
  #short = "";

  constructor(root, form) {
    this.root = root;
    this.form = form;
    this.line = form.querySelector("[data-answering]");
    this.field = form.elements.reply_to;
    if (this.field.value) this.choose(Number(this.field.value), this.line.querySelector("[data-answered]").textContent);
    root.addEventListener("click", (event) => this.#clicked(event));
    this.line.querySelector("[data-not-answering]").addEventListener("click", (event) => {
      event.preventDefault();
      this.choose(null);
      form.elements.body.focus();
    });
  }

  choose(number, short = "") {
    this.#number = number;
    this.#short = short;
    this.field.value = number ?? "";
    this.line.hidden = !number;
    const words = this.line.querySelector("[data-answered]");
    words.textContent = short;
    words.dataset.replyTo = number ?? "";
  }

  // What goes with the words that are sent now; the next ones answer nothing.
  take() {
    const taken = this.#number ? { reply_to: this.#number, short: this.#short } : {};
    this.choose(null);
    return taken;
  }

  // The line above words that wait to be sent.
  show(item, { reply_to: number, short }) {
    const line = item.querySelector("[data-reply]");
    line.hidden = !number;
    line.textContent = number ? short : "";
    line.dataset.replyTo = number ?? "";
  }

  #clicked(event) {
    const link = event.target.closest("[data-replies]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { number, short } = link.closest("[data-number]").dataset;
    link.closest("details")?.removeAttribute("open");
    this.choose(Number(number), short);
    this.form.elements.body.focus();
  }
}

// A message has changed: every line that names it says so.
export function showAnswered({ dataset: { number, short } }) {
  for (const link of document.querySelectorAll(`[data-reply-to="${number}"]`)) link.textContent = short;
}

// To a message that stands on this page one jumps; to another one the link leads.
export function jumpsToAnswered(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply-to]");
    const target = link && document.getElementById(`message-${link.dataset.replyTo}`);
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    target.scrollIntoView({ block: "center" });
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  });
}
