// On every page of somebody signed in: what was typed without a connection goes to the server.
import { bringUp } from "./kept.js";

// A form for such words, if there is one on this page, wants to hear what became of them.
async function round() {
  for (const fate of await bringUp()) document.dispatchEvent(new CustomEvent("broughtup", { detail: fate }));
}

addEventListener("online", round);
round();
