// A thread page: brings in what arrives. Without it the page reads and posts just the same.
import "./fresh.js";
import { live } from "./live.js";
import { Sight, numberOf } from "./seen.js";

const posts = document.getElementById("posts");
const arrivals = document.getElementById("arrivals");
let last = Number(posts.dataset.last);
const AT_ONCE = 20;
const reply = document.querySelector("[name=seen]"); // what whoever answers could know of

new Sight(posts);

// --- What arrives: the server renders it with this reader's rights; nothing that is being read moves.
async function fetchPosts(first, until) {
  const answer = await fetch(`${posts.dataset.posts}?first=${first}&last=${until}`, { credentials: "same-origin" });
  if (!answer.ok) return null;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}

async function arrived(number) {
  if (number <= last) return renew(number);
  if (!("grows" in posts.dataset)) {
    arrivals.innerHTML = "";
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "New replies have come. Go to the first new one.";
    arrivals.append(link);
    return;
  }
  while (last < number) {
    const until = Math.min(number, last + AT_ONCE);
    const fresh = await fetchPosts(last + 1, until);
    if (!fresh) return;
    for (const post of [...fresh.querySelectorAll(".post")]) if (document.getElementById(post.id)) post.remove();
    last = until;
    const came = [...fresh.children];
    posts.append(fresh);
    for (const post of came) window.htmx?.process(post);
    if (reply) reply.value = last;
  }
  arrivals.textContent = "A new reply has come.";
}

async function renew(number) {
  const old = document.getElementById(`post-${number}`);
  if (!old) return;
  const fresh = await fetchPosts(number, number);
  const post = fresh?.querySelector(".post");
  const isHidden = post?.classList.contains("post--gone");
  if (post && (isHidden || !old.contains(document.activeElement))) {
    old.replaceWith(post);
    window.htmx?.process(post);
  }
}

// A moderator did something to the whole thread. What was typed stays; words that may no longer be read go.
async function decided() {
  const answer = await fetch(`${posts.dataset.posts}?first=1&last=1`, { credentials: "same-origin" });
  const isGone = answer.status === 404 || answer.status === 410;
  if (isGone) posts.replaceChildren();
  arrivals.textContent = answer.status === 410
    ? "This thread was merged into another one. Load the page again to read on there."
    : isGone
    ? "This thread is no longer here."
    : "A moderator has changed this thread. Load the page again to see how.";
}

let line = Promise.resolve();
const inTurn = (work) => (line = line.then(work).catch(() => {}));

live.subscribe(`thread:${posts.dataset.thread}`, (event) => {
  if (event.type === "post") inTurn(() => arrived(event.number));
  else if (event.type === "thread") inTurn(decided);
  // After a lost connection: the version of a thread is the number of its last post.
  else if (event.version > last) inTurn(() => arrived(event.version));
});

// --- What has arrived stands on a later page when one comes back, so the address follows what is read.
const HERE = Number(posts.dataset.page);
let resting = 0;

addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const post = [...posts.querySelectorAll(".post")].find((each) => each.getBoundingClientRect().bottom > 0);
    const page = post && Math.ceil(numberOf(post) / AT_ONCE);
    if (page > HERE) history.replaceState(history.state, "", `?page=${page}#${post.id}`);
  }, 200);
}, { passive: true });
