// A thread page: brings in what arrives. Without it the page reads and posts just the same.
import "./fresh.js";
import { live } from "./live.js";
import { Sight, numberOf } from "./seen.js";

const posts = document.getElementById("posts");
const arrivals = document.getElementById("arrivals");
let last = Number(posts.dataset.last);
const AT_ONCE = 20;
const reply = document.querySelector("[name=seen]"); // what whoever answers could know of
const beside = document.querySelector("[data-came]"); // the same news where one writes
const unseen = new Set(); // the numbers of what came and has not been looked at yet

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
    keepInPlace(() => add(fresh));
  }
}

function add(fresh) {
  const came = [...fresh.children];
  posts.append(fresh);
  for (const post of came) {
    window.htmx?.process(post);
    if (post.matches(".post:not(.post--gone, .post--hidden, [data-mine])")) unseen.add(numberOf(post));
  }
  tell();
}

// Whoever writes goes on seeing what they write: what came stands above it, and the line beside the words says so.
function keepInPlace(change) {
  const place = document.activeElement;
  const before = place?.matches("#reply textarea") && place.getBoundingClientRect();
  change();
  if (!before || before.bottom < 0 || before.top > innerHeight) return;
  scrollBy({ top: place.getBoundingClientRect().top - before.top, behavior: "instant" });
}

// Whoever sends without having looked at what came is told of it by the server first: it stands below the words so far.
function tell() {
  if (reply) reply.value = unseen.size ? Math.min(...unseen) - 1 : last;
  const [first, ...others] = unseen;
  const words = !first ? "" : others.length ? `${unseen.size} new replies have come. ` : "A new reply has come. ";
  for (const place of [arrivals, beside]) {
    place?.replaceChildren(words, ...(words ? [linkTo(first, others.length ? "Read them" : "Read it")] : []));
  }
}

function besideWords() {
  beside.hidden = !reply.form.elements.body.value.trim();
}

function linkTo(number, words) {
  return Object.assign(document.createElement("a"), { href: `#post-${number}`, textContent: words });
}

posts.addEventListener("saw", ({ detail }) => unseen.delete(detail) && tell());
if (beside && reply) {
  reply.form.addEventListener("input", besideWords);
  besideWords();
}

async function renew(number) {
  const old = document.getElementById(`post-${number}`);
  if (!old) return;
  const fresh = await fetchPosts(number, number);
  const post = fresh?.querySelector(".post");
  const isHidden = post?.classList.contains("post--gone");
  if (isHidden && unseen.delete(number)) tell();
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
