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
  if (!event.defaultPrevented) pressed.set(event.submitter ?? event.target, event.timeStamp);
});

addEventListener("pageshow", () => (pressed = new WeakMap()));
