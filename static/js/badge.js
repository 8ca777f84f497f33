// On every page of somebody signed in: the numbers in the header, and how the connection is.
import { live } from "./live.js";
import "./marks.js";

let waiting = 0;
const WORDS = {
  connecting: "Connecting…",
  connected: "Connected",
  waiting: "Reconnecting…",
  "signed-out": "Not connected. Sign in again to go on.",
};

function showState() {
  for (const place of document.querySelectorAll("[data-live-state]")) {
    place.textContent = WORDS[live.state];
    place.dataset.liveState = live.state;
  }
}

async function fetchBadge(address = "/notices/badge/") {
  const answer = await fetch(address, { redirect: "error" }).catch(() => null);
  const fresh = document.createElement("template");
  fresh.innerHTML = answer?.ok ? await answer.text() : "";
  const badge = fresh.content.querySelector(".counter");
  if (badge) document.getElementById(badge.id)?.replaceWith(badge);
}

live.addEventListener("state", showState);
// Of many at once, ask once; what is read on this very page has been told by then.
function countConversations() {
  clearTimeout(waiting);
  waiting = setTimeout(fetchBadge, document.querySelector("[data-chat]") ? 1_500 : 200, "/conversations/badge/");
}

live.addEventListener("notices", () => fetchBadge());
live.addEventListener("conversations", countConversations);
live.addEventListener("catch-up", countConversations);
// Reading a thread reads its notices, and marking it unread brings them back.
live.addEventListener("read", ({ detail }) => (detail.back || !document.getElementById("notice-counter").hidden) && fetchBadge());
showState();
live.open();
