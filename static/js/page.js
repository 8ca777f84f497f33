// Small comforts for every page; everything here also works without them.
import "./presses.js";
import "./wide.js";

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A link to a form page opens the dialog beside it instead: <a href="…" data-opens-dialog="id">.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.opensDialog);
  if (!dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  dialog.showModal();
});

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-closes-dialog]");
  if (!closer) return;
  event.preventDefault();
  closer.closest("dialog").close();
});

// A form that was opened below a post closes again: <button data-empties="id">.
document.addEventListener("click", (event) => {
  const emptier = event.target.closest("[data-empties]");
  if (!emptier) return;
  document.getElementById(emptier.dataset.empties).replaceChildren();
  document.getElementById(emptier.dataset.thenFocus)?.focus();
});

// What was pressed is replaced by the answer; the keyboard goes on from where it was: data-then-focus="id", or the same id.
document.addEventListener("htmx:afterSettle", (event) => {
  const pressed = event.detail.requestConfig?.elt;
  const next = pressed?.closest("[data-then-focus]")?.dataset.thenFocus ?? pressed?.id;
  if (next && !document.activeElement?.matches("[autofocus]")) document.getElementById(next)?.focus();
});
