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
