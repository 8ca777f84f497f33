// On every page of somebody signed in: the numbers in the header, and the connection that tells of them.
import { live } from "./live.js";
import "./marks.js";
import "./visits.js";

let waiting = 0;

async function fetchBadge(address = "/notices/badge/") {
  const answer = await fetch(address, { redirect: "error" }).catch(() => null);
  const fresh = document.createElement("template");
  fresh.innerHTML = answer?.ok ? await answer.text() : "";
  const badge = fresh.content.querySelector(".counter");
  if (badge) document.getElementById(badge.id)?.replaceWith(badge);
}

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
live.open();
