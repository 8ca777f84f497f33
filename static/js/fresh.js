// Lists of threads stay true while somebody reads on another device: figures change in their place, nothing moves.
import { anew } from "./anew.js";
import { live } from "./live.js";

// What one thread holds that is new, wherever it stands on the page.
function show({ thread, unread }) {
  for (const place of document.querySelectorAll(`[data-unread="${thread}"]`)) {
    place.hidden = !unread;
    place.textContent = `${unread >= 99 ? "99+" : unread} new`;
    place.closest(".row")?.classList.toggle("row--new", unread > 0);
  }
}

// What only the server can count: of the same page, as it is now, the figures alone.
const refreshSoon = anew((fresh) => {
  for (const place of document.querySelectorAll("[data-fresh], [data-unread]")) {
    const same = place.id ? fresh.getElementById(place.id) : fresh.querySelector(`[data-unread="${place.dataset.unread}"]`);
    place.hidden = !same || same.hidden;
    if (same) place.textContent = same.textContent;
    if (place.dataset.unread) place.closest(".row")?.classList.toggle("row--new", !place.hidden);
  }
});

live.addEventListener("read", ({ detail }) => {
  if (detail.thread) show(detail);
  if (!detail.thread || document.querySelector("[data-fresh]")) refreshSoon();
});
