// A refused preview says why in the place of the preview: htmx shows by itself only what was accepted.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches(".composer__preview") || detail.xhr.status < 400) return;
  detail.shouldSwap = [422, 429].includes(detail.xhr.status);
  detail.isError = false;
  if (detail.shouldSwap) return;
  const sentence = document.createElement("p");
  sentence.className = "nhsuk-error-message";
  sentence.textContent = "This cannot be sent from here any more. Load the page again to see why; your words stay here.";
  detail.target.replaceChildren(sentence);
});

// Ctrl+Enter (⌘+Enter) sends, as the first button of the form does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (event.isComposing || event.defaultPrevented || !event.target.matches(".composer__text")) return;
  const { form } = event.target;
  const button = form.querySelector("button[type=submit]:not([name], [formaction])");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
