// A table or a piece of code that is wider than its post scrolls by itself: then the keyboard must reach it too.

const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target)));

function mark(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}

function watch(root) {
  for (const box of root.querySelectorAll?.(".prose :is(pre, table)") ?? []) sizes.observe(box);
}

watch(document);
new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(watch))).observe(document.body, {
  childList: true,
  subtree: true,
});
