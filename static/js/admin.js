// Names for what Django's administration leaves nameless to a screen reader.

function nameFields(root) {
  for (const field of root.querySelectorAll(".vDateField, .vTimeField")) {
    if (field.labels?.length || field.hasAttribute("aria-label")) continue;
    const question = field.closest(".form-row, td")?.querySelector("label, legend")?.textContent.trim() ?? "";
    field.setAttribute("aria-label", `${question} ${field.matches(".vDateField") ? "Date" : "Time"}`.trim());
  }
  for (const tip of root.querySelectorAll("span.help-tooltip[aria-label]")) tip.setAttribute("role", "img");
}

window.addEventListener("load", () => nameFields(document));
document.addEventListener("formset:added", (event) => nameFields(event.target));
