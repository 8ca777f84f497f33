// Lists of threads stay true while somebody reads on another device: figures change in their place, nothing moves.
import { live } from "./live.js";

const SOON = 300;
const A_WHILE = 30_000;
const SLOW = 2_000; // between the page and its connection something may have been missed
let timer = 0;
let isOld = false;
let away = 0;
let wasConnected = false;

// What one thread holds that is new, wherever it stands on the page.
function show({ thread, unread }) {
  for (const place of document.querySelectorAll(`[data-unread="${thread}"]`)) {
    place.hidden = !unread;
    place.textContent = `${unread >= 99 ? "99+" : unread} new`;
    place.closest(".row")?.classList.toggle("row--new", unread > 0);
  }
}

// What only the server can count: the same page again, and from it the figures alone.
async function refresh() {
  isOld = false;
  const answer = await fetch(location.href, { redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of document.querySelectorAll("[data-fresh], [data-unread]")) {
    const same = place.id ? fresh.getElementById(place.id) : fresh.querySelector(`[data-unread="${place.dataset.unread}"]`);
    place.hidden = !same || same.hidden;
    if (same) place.textContent = same.textContent;
    if (place.dataset.unread) place.closest(".row")?.classList.toggle("row--new", !place.hidden);
  }
}

function refreshSoon() {
  clearTimeout(timer);
  isOld = true;
  if (document.visibilityState === "visible") timer = setTimeout(refresh, SOON);
}

live.addEventListener("read", ({ detail }) => {
  if (detail.thread) show(detail);
  if (!detail.thread || document.querySelector("[data-fresh]")) refreshSoon();
});
live.addEventListener("catch-up", refreshSoon);
live.addEventListener("state", () => {
  if (live.state !== "connected") return;
  if (wasConnected || performance.now() > SLOW) refreshSoon();
  wasConnected = true;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") away = Date.now();
  else if (isOld || Date.now() - away > A_WHILE) refreshSoon();
});
addEventListener("pageshow", (event) => event.persisted && refreshSoon());
