// Names for what Django's administration leaves nameless to a screen reader.

const FIELDS = "input:not([type=hidden], [type=submit], [type=checkbox].action-select), select, textarea";

function questionOf(field) {
  if (field.name?.endsWith("-DELETE")) return "Remove this row";
  const column = [...(field.closest("td")?.classList ?? [])].find((name) => name.startsWith("field-"));
  const heading = column && field.closest("table")?.querySelector(`th.column-${column.slice(6)}`);
  const question = heading ?? field.closest(".form-row")?.querySelector("label, legend");
  return (question?.querySelector(".text a, .text") ?? question)?.textContent.trim().replace(/:$/, "") ?? "";
}

function nameField(field) {
  if (field.labels?.length || field.hasAttribute("aria-label") || field.closest(".select2")) return;
  const part = field.matches(".vDateField") ? "Date" : field.matches(".vTimeField") ? "Time" : "";
  field.setAttribute("aria-label", `${questionOf(field)} ${part}`.trim());
}

// Select2 names its box after what is chosen alone: say what was asked, too.
function nameChoice(box) {
  const select = box.previousElementSibling;
  const shown = box.querySelector(".select2-selection__rendered");
  if (!shown || !select?.matches("select")) return;
  const question = questionOf(select);
  const chosen = [...select.selectedOptions].map((option) => option.text).filter(Boolean).join(", ");
  for (const part of [shown.closest(".select2-selection"), shown]) {
    part.removeAttribute("aria-labelledby");
    if (part.hasAttribute("role")) part.setAttribute("aria-label", chosen ? `${question}: ${chosen}` : question);
  }
  box.querySelector(".select2-search__field")?.setAttribute("aria-label", question);
}

function nameHeading(heading) {
  if (heading.textContent.trim() || heading.querySelector("input, img")) return;
  const word = document.createElement("span");
  word.className = "visually-hidden";
  word.textContent = heading.matches(".original") ? "Row" : "Remove";
  heading.append(word);
}

function nameAll(root) {
  root.querySelectorAll(`#content-main :is(${FIELDS})`).forEach(nameField);
  root.querySelectorAll(".select2-container").forEach(nameChoice);
  root.querySelectorAll(".tabular th").forEach(nameHeading);
  root.querySelectorAll("span.help-tooltip[aria-label]").forEach((tip) => tip.setAttribute("role", "img"));
  const searches = root.querySelectorAll("#searchbar, .select2-dropdown .select2-search__field");
  searches.forEach((field) => field.setAttribute("aria-label", "Search"));
}

// The administration's own scripts add rows, calendars and choices whenever they come to it.
let waiting = false;
new MutationObserver(() => {
  if (!waiting) requestAnimationFrame(() => { waiting = false; nameAll(document); });
  waiting = true;
}).observe(document.body, { childList: true, subtree: true });
nameAll(document);
