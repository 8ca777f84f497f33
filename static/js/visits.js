// What unread notices tell of is read once it was on this page: half of it, or half a screen of it, for a second, while the
// page is looked at. The server names those notices, if there are any: <data data-visit="12" data-of="post-3">; without
// `data-of` they are about the page itself.
import { marks } from "./marks.js";

const A_SECOND = 1000;
const STEPS = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1];
const ADDRESS = "/notices/seen/";

const unseen = new Map(); // notice -> the ids of what was not on the screen yet
const timers = new Map(); // element in sight -> the timer that runs
const sight = new IntersectionObserver((entries) => entries.forEach(look), { threshold: STEPS });
const changes = new MutationObserver(watch);

function collect(root) {
  for (const pointer of root.querySelectorAll("[data-visit]")) {
    unseen.set(pointer.dataset.visit, new Set((pointer.dataset.of ?? "main").split(" ")));
    pointer.remove();
  }
  watch();
}

// Posts and messages may arrive later, or be put in anew.
function watch() {
  for (const ids of unseen.values()) for (const id of ids) if (document.getElementById(id)) sight.observe(document.getElementById(id));
  if (unseen.size) changes.observe(document.getElementById("main"), { childList: true, subtree: true });
  else changes.disconnect();
}

function look({ target, isIntersecting, intersectionRatio, intersectionRect, rootBounds }) {
  const half = (rootBounds?.height ?? innerHeight) / 2;
  if (isIntersecting && (target.id === "main" || intersectionRatio >= 0.5 || intersectionRect.height >= half)) {
    if (!timers.has(target)) time(target);
  } else {
    clearTimeout(timers.get(target));
    timers.delete(target);
  }
}

function time(element) {
  clearTimeout(timers.get(element));
  timers.set(element, document.visibilityState === "visible" ? setTimeout(() => saw(element), A_SECOND) : 0);
}

function saw(element) {
  sight.unobserve(element);
  timers.delete(element);
  for (const ids of unseen.values()) ids.delete(element.id);
  const read = [...unseen.keys()].filter((notice) => !unseen.get(notice).size);
  for (const notice of read) unseen.delete(notice);
  if (read.length) marks.visited(ADDRESS, read);
  watch();
}

document.addEventListener("visibilitychange", () => timers.forEach((timer, element) => time(element)));
document.addEventListener("htmx:afterSettle", () => collect(document));
collect(document);
