// What waits to be sent in any chat goes out from whatever page its writer opens, as soon as there is a connection: in the
// order in which it was written, and once. The page of a room sends what was said there itself (outbox.js).
import { chats } from "./device.js";
import { live } from "./live.js";
import { inTurn, PATIENCE } from "./turns.js";

const LOOK_AGAIN = 30_000; // another tab may have lost its connection
const CALM = 2_000; // nothing is said about a wait that is shorter
const { leader } = document.body.dataset;
const here = document.querySelector("[data-chat]:has([data-composer-of-chat])")?.dataset.room;

class Courier {
  #isOut = false;
  #done = new Set();
  #answered = () => {};
  #sent = 0;
  #line = document.querySelector("[data-chat]") ? null : new Line((entry) => this.#remove(entry));

  constructor() {
    live.addEventListener("said", ({ detail }) => this.#answered(detail));
    live.addEventListener("error", ({ detail }) => this.#answered(detail));
    live.addEventListener("state", () => this.#look());
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#look(), LOOK_AGAIN);
    setTimeout(() => this.#tell(), CALM);
    this.#look();
  }

  #look() {
    if (live.state === "connected") this.#goOut();
    else this.#answered(null);
  }

  async #goOut() {
    if (this.#isOut) return;
    this.#isOut = true;
    for (let entry; (entry = await this.#next()); ) {
      if (!(await inTurn(keyOf(entry), () => this.#send(entry)))) break;
    }
    this.#isOut = false;
    this.#tell();
  }

  // True when the server has answered or kept silent for long, false without a connection.
  async #send({ id }) {
    const entry = (await this.#waiting()).find((each) => each.id === id);
    if (!entry) return true; // another tab was there first
    const { room, uuid, body, reply_to, sure } = entry;
    if (live.state !== "connected" || !live.send({ type: "say", room, uuid, body, reply_to, sure })) return false;
    const answer = await this.#answerTo(uuid);
    if (!answer) return live.state === "connected";
    if (answer.again) await new Promise((resolve) => setTimeout(resolve, answer.again * 1_000));
    else await this.#settle(entry, answer);
    return true;
  }

  #answerTo(uuid) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE, null);
      this.#answered = (answer) => {
        if (answer && answer.uuid !== uuid) return;
        clearTimeout(timer);
        resolve(answer);
      };
    });
  }

  // The tabs of that room are told what became of it.
  async #settle(entry, answer) {
    if (answer.type === "said") {
      this.#sent += 1;
      this.#done.add(entry.id);
      await chats.forget(entry.id);
      return tell(entry, { said: answer });
    }
    const kept = { ...entry, reason: answer.reason, asks: answer.asks };
    await chats.keep(kept);
    return tell(entry, { kept });
  }

  async #remove(entry) {
    await chats.forget(entry.id);
    tell(entry, { forgotten: entry.uuid });
    this.#tell();
  }

  async #all() {
    const all = (await chats.entriesOf(leader)).filter((entry) => entry.uuid && String(entry.room) !== here);
    return all.filter(({ id }) => !this.#done.has(id)).sort((one, other) => one.at - other.at);
  }

  async #waiting() {
    return (await this.#all()).filter(({ reason }) => !reason);
  }

  async #next() {
    return (await this.#waiting())[0];
  }

  async #tell() {
    this.#line?.show(await this.#all(), this.#sent);
  }
}

// A quiet line at the foot of the page.
class Line {
  #place = document.createElement("aside");
  #words = document.createElement("span");

  constructor(remove) {
    this.remove = remove;
    this.#place.className = "waiting-line";
    this.#place.hidden = true;
    this.#place.setAttribute("aria-label", "Your chat messages");
    this.#words.setAttribute("role", "status");
    this.#place.append(this.#words);
    document.querySelector(".page").append(this.#place);
  }

  show(entries, sent) {
    const refused = entries.find(({ reason }) => reason);
    const words = refused ? `Not sent: “${short(refused.body)}” ${refused.reason}` : wordsFor(entries.length, sent);
    this.#place.hidden = !words;
    if (words === this.#words.textContent) return;
    this.#words.textContent = words;
    this.#place.replaceChildren(this.#words, ...this.#actions(refused ?? entries[0], refused));
  }

  #actions(entry, isRefused) {
    const actions = entry?.href ? [Object.assign(document.createElement("a"), { href: entry.href, textContent: "Open the chat" })] : [];
    if (!isRefused) return actions;
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Remove" });
    button.addEventListener("click", () => this.remove(entry));
    actions.push(button);
    for (const action of actions) action.className = "action__button";
    return actions;
  }
}

function wordsFor(count, sent) {
  if (count) return count === 1 ? "1 chat message waits to be sent." : `${count} chat messages wait to be sent.`;
  if (sent) return sent === 1 ? "Your chat message was sent." : `Your ${sent} chat messages were sent.`;
  return "";
}

function tell(entry, news) {
  const tabs = new BroadcastChannel(keyOf(entry));
  tabs.postMessage(news);
  tabs.close();
}

const keyOf = ({ leader: writer, room }) => `chat:${writer}:${room}`;
const short = (words) => (words.length > 60 ? `${words.slice(0, 59)}…` : words);

if (leader) new Courier();
