// The list of notices follows what happens elsewhere, as its number in the header does: each line is read, or says more, in
// its place, and what is new is a quiet line above the list. Nothing moves, and focus stays where it is.
import { anew } from "./anew.js";
import { live } from "./live.js";

const list = document.querySelector("[data-notices]");
const line = document.getElementById("arrivals");
const isFirst = "first" in list.dataset; // what is new stands on the first page alone
const rowsOf = (root) => [...root.querySelectorAll("[data-notices] [data-entry]")];
const isUnread = (row) => row.classList.contains("row--new");
const unread = new Map(rowsOf(document).map((row) => [row.dataset.entry, isUnread(row)])); // as the page told it
const saidBy = (row) => [row.className, ...[...row.querySelectorAll(".row__link, button")].map((part) => part.textContent)].join("\n");

function follow(fresh) {
  const found = new Map(rowsOf(fresh).map((row) => [row.dataset.entry, row]));
  for (const row of rowsOf(document)) {
    const same = found.get(row.dataset.entry);
    if (same && saidBy(same) !== saidBy(row)) put(row, same);
    if (same && !isUnread(same)) unread.set(row.dataset.entry, false);
  }
  if (!isFirst) return;
  forget(found);
  tell([...found].filter(([entry, row]) => isUnread(row) && !unread.get(entry)).length);
}

// The same line, as it is now; whoever stood on its link or its button still does.
function put(row, same) {
  const parts = (root) => [...root.querySelectorAll("a, button")];
  const at = parts(row).indexOf(document.activeElement);
  row.replaceWith(same);
  if (at >= 0) (parts(same)[at] ?? parts(same)[0]).focus({ preventScroll: true });
}

// What was taken away everywhere goes from here too; what only moved on to the next page stays.
function forget(found) {
  const rows = rowsOf(document);
  const last = rows.map((row) => found.has(row.dataset.entry)).lastIndexOf(true);
  for (const [at, row] of rows.entries()) {
    if (found.has(row.dataset.entry) || (at > last && found.size >= rows.length)) continue;
    row.querySelector(".row__text").textContent = "This is no longer here.";
    row.querySelector(".row__figures")?.remove();
    row.classList.remove("row--new");
  }
}

function tell(count) {
  const words = count === 1 ? "1 new notice" : `${count} new notices`;
  if (line.textContent === (count ? words : "")) return;
  line.replaceChildren();
  if (!count) return;
  const link = document.createElement("a");
  [link.className, link.href, link.textContent] = ["action__button", "/notices/", words];
  line.append(link);
}

const followSoon = anew(follow);
live.addEventListener("notices", followSoon);
live.addEventListener("read", followSoon);
