// A link to one post, for others in here: with this it is copied, without it the link is there to follow.
const said = document.createElement("p");
said.className = "nhsuk-u-visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copies]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const words = link.textContent;
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    location.assign(link.href);
    return;
  }
  said.textContent = link.textContent = "The link is copied";
  setTimeout(() => {
    link.textContent = words;
    said.textContent = "";
  }, 4000);
});
