// Quotes into the reply what is selected inside one post, or a whole post, without leaving the page.
const posts = document.getElementById("posts");
const reply = document.querySelector("#reply textarea");
const PAUSE = 200; // milliseconds after the last change of a selection

const BLOCKS = "p, h3, h4, h5, h6, pre, ul, ol, table, hr, figure";
const button = document.createElement("button");
button.type = "button";
button.className = "quote-here";
button.textContent = "Quote";
button.hidden = true;

let timer = 0;
let held = null; // what was selected when a Quote link was pressed: the press itself may undo the selection
let pressing = false;
const back = document.querySelector("[data-back]");
let caret = null; // where in the reply one wrote last; a selection elsewhere may move the field's own

// The post and the words that are selected, if they are the words of one post and its author's own.
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  const post = postOf(range.startContainer);
  const body = post?.querySelector(".post__body");
  if (!body || postOf(range.endContainer) !== post || !linkOf(post) || !range.intersectsNode(body)) return null;
  if (!body.contains(range.startContainer)) range.setStart(body, 0);
  if (!body.contains(range.endContainer)) range.setEnd(body, body.childNodes.length);
  if (elementOf(range.commonAncestorContainer).closest("blockquote, .quote-source")) return null;
  const words = wordsOf(range.cloneContents());
  return words && { post, words, range };
}

const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
const postOf = (node) => elementOf(node)?.closest("#posts .post");
const linkOf = (post) => post.querySelector("[data-quotes]");

function wordsOf(fragment) {
  for (const other of fragment.querySelectorAll("blockquote, .quote-source, .nhsuk-u-visually-hidden")) other.remove();
  for (const end of fragment.querySelectorAll("br, li, tr")) end.after("\n");
  for (const cell of fragment.querySelectorAll("td, th")) cell.after(" ");
  for (const block of fragment.querySelectorAll(BLOCKS)) block.after("\n\n");
  return fragment.textContent.replace(/[ \t]*\n[ \t]*/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

// Signs that would be Markdown once more stand for themselves.
const plain = (line) =>
  line.replace(/[\\`*<[\]]|(?<!\w)_|_(?!\w)/g, "\\$&").replace(/^(\s*)([#>+-]|\d+(?=[.)]\s))/, (_, space, sign) =>
    /\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`);

const asQuote = (post, words) =>
  [addressOf(post), ...words.split("\n").map(plain)].map((line) => `> ${line}`.trimEnd()).join("\n") + "\n\n";

const addressOf = (post) => new URL(post.querySelector(".post__number").href).pathname;

function insert(quote, post) {
  reply.focus();
  const at = Math.min(caret ?? reply.value.length, reply.value.length);
  reply.setSelectionRange(at, at);
  const before = reply.value.slice(0, at);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  // The old command is the only one whose work the browser's own undo knows.
  if (!document.execCommand("insertText", false, gap + quote)) {
    reply.setRangeText(gap + quote, at, at, "end");
    reply.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  hide();
  offerWayBack(post);
}

// Whoever quotes in the middle of reading stands at the end of the page now.
function offerWayBack(post) {
  const link = Object.assign(document.createElement("a"), { className: "action__button", href: `#${post.id}` });
  link.textContent = `Back to ${post.id.replace("-", " ")}`;
  back.replaceChildren(link);
  back.hidden = false;
}

function hide() {
  button.hidden = true;
}

// Near the end of the selection, below it: a phone's own menu stands above, and there ours has a corner of its own.
function show() {
  const found = selected();
  if (!found) return hide();
  found.post.querySelector(".post__body").after(button);
  button.hidden = false;
  if (!matchMedia("(pointer: fine)").matches) return;
  const frame = found.post.getBoundingClientRect();
  const last = [...found.range.getClientRects()].at(-1);
  button.style.top = `${last.bottom - frame.top + 6}px`;
  button.style.left = `${Math.max(0, Math.min(last.right - frame.left - button.offsetWidth, frame.width - button.offsetWidth))}px`;
}

function changed() {
  clearTimeout(timer);
  if (getSelection().isCollapsed && document.activeElement !== button) hide();
  else if (!pressing) timer = setTimeout(show, PAUSE);
}

async function quoteWhole(link) {
  try {
    const answer = await fetch(`${addressOf(postOf(link))}quote/`, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    insert(await answer.text(), postOf(link));
  } catch {
    location.assign(link.href);
  }
}

function pressed(event) {
  const link = event.target.closest("[data-quotes]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const found = held ?? selected();
  if (found?.post === postOf(link)) insert(asQuote(found.post, found.words), found.post);
  else quoteWhole(link);
}

if (reply) {
  for (const kind of ["input", "keyup", "pointerup"]) reply.addEventListener(kind, () => (caret = reply.selectionEnd));
  document.addEventListener("selectionchange", changed);
  document.addEventListener("pointerdown", (event) => {
    pressing = event.pointerType === "mouse";
    held = event.target.closest("[data-quotes]") ? selected() : null;
  });
  document.addEventListener("pointerup", () => {
    pressing = false;
    changed();
  });
  posts.addEventListener("click", pressed);
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const found = selected();
    if (found) insert(asQuote(found.post, found.words), found.post);
  });
}
