// The catch-up page: what is read in the list counts as read, and figures follow other devices.
import "./fresh.js";
import { Sight } from "./seen.js";

document.addEventListener("htmx:afterSettle", () => {
  for (const posts of document.querySelectorAll("[data-sight]")) {
    posts.removeAttribute("data-sight");
    new Sight(posts);
  }
});
