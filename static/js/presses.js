// One press sends once: a second one while the first is on its way does nothing. What a script held back, and what
// a lost connection brought back to this page, did not go out, and can be pressed again at once.
const PATIENCE = 1000;
let pressed = new WeakMap(); // the button, or the form where there was none, and when

addEventListener("submit", (event) => {
  const last = pressed.get(event.submitter ?? event.target) ?? -PATIENCE;
  if (event.timeStamp - last >= PATIENCE) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  pressed.set(event.submitter ?? event.target, event.timeStamp);
  if (event.target.dataset.busy) sayBusy(event.target);
});

// Work that takes long says so.
function sayBusy(form) {
  const line = form.querySelector("[data-busy-line]") ?? form.appendChild(document.createElement("p"));
  line.setAttribute("role", "status");
  line.setAttribute("data-busy-line", "");
  line.textContent = form.dataset.busy;
}

addEventListener("pageshow", () => (pressed = new WeakMap()));
