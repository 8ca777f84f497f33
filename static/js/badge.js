// On every page of somebody signed in: the number of unread notices, and how the connection is.
import { live } from "./live.js";
import "./marks.js";

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

async function fetchBadge() {
  const answer = await fetch("/notices/badge/", { redirect: "error" }).catch(() => null);
  const fresh = document.createElement("template");
  fresh.innerHTML = answer?.ok ? await answer.text() : "";
  const badge = fresh.content.querySelector("#notice-counter");
  if (badge) document.getElementById(badge.id)?.replaceWith(badge);
}

live.addEventListener("state", showState);
live.addEventListener("notices", fetchBadge);
// Reading a thread reads its notices, and marking it unread brings them back.
live.addEventListener("read", ({ detail }) => (detail.back || !document.getElementById("notice-counter").hidden) && fetchBadge());
showState();
live.open();
