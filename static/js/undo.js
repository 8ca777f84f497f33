// “Sent. Undo”: counts the seconds down in which one can take a post back, then goes.
const deadlines = new WeakMap();

function count() {
  for (const form of document.querySelectorAll("[data-undo]")) {
    if (!deadlines.has(form)) deadlines.set(form, Date.now() + Number(form.dataset.undo) * 1000);
    const left = Math.round((deadlines.get(form) - Date.now()) / 1000);
    if (left > 0) form.querySelector("[data-seconds]").textContent = left;
    else end(form);
  }
}

function end(form) {
  const post = form.closest(".post");
  if (form.contains(document.activeElement)) {
    post.tabIndex = -1;
    post.focus();
  }
  form.remove();
}

setInterval(count, 1000);
