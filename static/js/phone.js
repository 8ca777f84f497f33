// On a phone the composer stands above the keyboard, which covers part of the page without making it smaller.

const LEAST = 96; // of the conversation

export function keepAboveKeyboard(form, log) {
  bringIntoView(form);
  const seen = window.visualViewport;
  if (!seen) return;
  seen.addEventListener("resize", () => fit(form, log.scroller, seen));
  form.addEventListener("focusin", () => fit(form, log.scroller, seen));
  form.addEventListener("focusout", () => fit(form, log.scroller, seen));
}

// At first it would lie below the screen.
function bringIntoView(form) {
  const below = form.getBoundingClientRect().bottom - innerHeight;
  if (below > 0 && !scrollY) scrollTo({ top: below, behavior: "instant" });
}

// What remains above the keyboard shows the composer, and as much of the conversation as fits.
function fit(form, scroller, seen) {
  scroller.style.height = "";
  const isCovered = form.contains(document.activeElement) && seen.scale < 1.1 && seen.height < innerHeight - 80;
  if (!isCovered) return;
  const room = seen.height - (form.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom);
  if (room < scroller.offsetHeight) scroller.style.height = `${Math.max(LEAST, room)}px`;
  const below = form.getBoundingClientRect().bottom - (seen.offsetTop + seen.height);
  if (Math.abs(below) > 1) scrollBy({ top: below, behavior: "instant" });
}
