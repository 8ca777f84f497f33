// Who is in a conversation, kept true while its page is open: the room says when somebody comes or leaves.
import { live } from "./live.js";

const place = document.querySelector("[data-people-here]");

async function look() {
  const answer = await fetch(location.pathname, { redirect: "error" }).catch(() => null);
  const page = new DOMParser().parseFromString(answer?.ok ? await answer.text() : "", "text/html");
  for (const part of ["summary", ".nhsuk-details__text"]) {
    const fresh = page.querySelector(`[data-people-here] ${part}`);
    if (fresh) place.querySelector(part).replaceChildren(...fresh.childNodes);
  }
}

live.subscribe(`room:${place.dataset.peopleHere}`, ({ type, author }) => type === "message" && author === null && look());
