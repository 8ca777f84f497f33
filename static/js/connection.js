// How the connection is, honestly and calmly: in words, and nothing about a drop of less than two seconds.
import { live } from "./live.js";

const CALM = 2_000;
const WORDS = {
  connecting: "Connecting…",
  connected: "Connected",
  waiting: "Reconnecting… Your messages wait here.",
  offline: "Offline. Your messages wait here.",
  "signed-out": "Not connected. Sign in again to go on.",
};
let timer = 0;

function how() {
  const isTrying = live.state === "waiting" || live.state === "connecting";
  return isTrying && !navigator.onLine ? "offline" : live.state;
}

function show() {
  clearTimeout(timer);
  timer = 0;
  for (const place of document.querySelectorAll("[data-live-state]")) {
    if (place.dataset.liveState === how()) continue;
    place.dataset.liveState = how();
    place.textContent = WORDS[how()];
  }
}

function changed() {
  if (how() === "connected" || how() === "signed-out") show();
  else timer ||= setTimeout(show, CALM);
}

live.addEventListener("state", changed);
for (const event of ["online", "offline"]) addEventListener(event, changed);
changed();
