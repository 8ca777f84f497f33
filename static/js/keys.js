// Single keys for those who like them: j and k through posts or threads, n to what is new, r, u, / and ? for help.
// They hold still in fields, menus, dialogs and the chat, with Ctrl, Alt, Meta or Shift, and when they are switched off.
const OFF = "keys-off";
const LIST = "list";
const STOPS = ".posts .post, .rows .row";
const WRITES = "input, textarea, select, [contenteditable]:not([contenteditable=false]), dialog[open], details.menu[open], [data-chat]";
const ROLES = ["alertdialog", "application", "combobox", "dialog", "grid", "listbox", "log", "menu", "menubar", "option", "radiogroup", "searchbox", "slider",
  "spinbutton", "tablist", "textbox", "tree"];
const OPEN = "dialog[open], [aria-modal=true]";
const BUSY = [WRITES, ...ROLES.map((role) => `[role=${role}]`)].join(", ");

const dialog = document.getElementById("keys");
const use = dialog.querySelector("[name=keys]");

const ACTIONS = {
  j: () => go(1),
  k: () => go(-1),
  n: () => goToNew(),
  ".": () => goToNew(),
  r: () => reply(),
  u: () => goUp(),
  "/": () => search(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const act = ACTIONS[event.key];
  const held = event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && event.key !== "?" && event.key !== "/");
  if (!act || held || event.isComposing || event.defaultPrevented || isOff() || isBusy(event.target)) return;
  event.preventDefault();
  act();
});

function isBusy(target) {
  const at = target instanceof Element ? target : document.body;
  return at.closest(BUSY) !== null || [...document.querySelectorAll(OPEN)].some((dialog) => dialog.checkVisibility());
}

const stops = () => [...document.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());

// Where one is: at what has the focus, or the first of what can be seen.
function here(all) {
  const held = all.findLastIndex((stop) => stop.contains(document.activeElement));
  if (held >= 0) return held;
  const target = all.findLastIndex((stop) => stop.matches(":target"));
  return target >= 0 && isInSight(all[target]) ? target : -1;
}

function isInSight(stop) {
  const { top, bottom } = stop.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

function go(step) {
  const all = stops();
  const at = here(all);
  const first = all.findIndex(isInSight);
  const next = at < 0 ? Math.max(first, 0) : at + step;
  if (all[next]) focus(all[next]);
}

// The next new post or thread on this page, else on the next page, else in the next thread.
function goToNew() {
  const all = stops();
  const next = all.slice(here(all) + 1).find(isNew);
  const isRead = document.querySelector(".thread-facts [data-unread][hidden]") !== null;
  if (next) focus(next);
  else if (isRead || !follow("[rel=next]")) follow("[data-next]");
}

// To the list from which one came, at the thread that one read; else one place up.
function goUp() {
  const thread = document.querySelector("#posts[data-thread]")?.dataset.thread;
  const list = thread && sessionStorage.getItem(LIST);
  const up = document.querySelector(".crumbs__list li:last-child a") ?? document.querySelector(".wordmark");
  location.assign(thread ? `${list ?? up.href}#thread-${thread}` : up.href);
}

function isNew(stop) {
  const posts = stop.closest("[data-mark]");
  if (posts) return Number(stop.id.split("post-").pop()) > Number(posts.dataset.mark);
  return stop.querySelector("[data-unread]:not([hidden])") !== null;
}

function focus(stop) {
  const place = stop?.querySelector(".row__link") ?? stop;
  if (!place) return;
  if (place.matches(".post, .row")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
  stop.scrollIntoView({ block: stop.matches("textarea") ? "center" : "start" });
}

function follow(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return link !== null;
}

// On the page of a thread, or of the thread in a list where one is.
function reply() {
  const field = document.querySelector("#reply textarea");
  const link = document.activeElement?.closest(".row")?.querySelector(".row__link[href*='/threads/']");
  if (field) focus(field);
  else if (link) location.assign(toWriteIn(link.href));
}

// The last page of a thread: without a page, one would be led to what is new, and the field forgotten.
function toWriteIn(thread) {
  const address = new URL(thread);
  address.searchParams.set("page", "1000000");
  address.hash = "write";
  return address;
}

function search() {
  const field = document.querySelector("main [name=q]");
  if (field) field.focus();
  else location.assign("/search/#find");
}

function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

use.checked = !isOff();
use.addEventListener("change", () => {
  try {
    if (use.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Without a store the choice holds nowhere, so it is not pretended.
    use.checked = true;
  }
});
if (document.querySelector(".rows [data-unread]")) sessionStorage.setItem(LIST, location.pathname + location.search);
if (location.hash === "#write") focus(document.querySelector("#reply textarea"));
if (location.hash === "#find") document.querySelector("main [name=q]")?.focus();
