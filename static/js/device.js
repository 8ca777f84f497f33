// What stands on this device alone: each leader's apart, for two weeks at most.
//
//   const shelf = new Shelf("collaborate-chat");
//   shelf.keep({ id, leader, at, … });  await shelf.entriesOf(leader);  shelf.forget(id);
//
// Without IndexedDB (some private windows) it lasts as long as the tab.

const STORE = "texts";
const LONGEST = 14 * 24 * 3600 * 1000; // a shared computer keeps nothing for ever

export class Shelf {
  #opened;
  #tab;

  constructor(name) {
    this.name = name;
    this.#tab = new TabShelf(name);
  }

  keep(entry) {
    return this.#ask("readwrite", (store) => store.put(entry));
  }

  forget(id) {
    return this.#ask("readwrite", (store) => store.delete(id));
  }

  async entriesOf(leader) {
    const all = [...(await this.#ask("readonly", (store) => store.getAll())), ...this.#tab.getAll()];
    for (const entry of all) if (Date.now() - entry.at > LONGEST) await this.forget(entry.id);
    return all.filter((entry) => entry.leader === leader && Date.now() - entry.at <= LONGEST);
  }

  async forgetAll(leader, isOld = () => true) {
    for (const entry of (await this.entriesOf(leader)).filter(isOld)) await this.forget(entry.id);
  }

  async #ask(mode, question) {
    try {
      return await this.#inDatabase(mode, question);
    } catch {
      return question(this.#tab) ?? [];
    }
  }

  // It is kept once it is on the disk: a flat battery is no excuse.
  async #inDatabase(mode, question) {
    const turn = (await this.#database()).transaction(STORE, mode, { durability: "strict" });
    const answer = answerOf(question(turn.objectStore(STORE)));
    if (mode === "readwrite") await endOf(turn);
    return answer;
  }

  #database() {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open() {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    const database = await answerOf(request);
    database.onclose = () => (this.#opened = null);
    return database;
  }
}

// The same questions, answered from the memory of one tab.
class TabShelf {
  constructor(name) {
    this.name = name;
  }

  getAll() {
    return Object.values(this.#entries);
  }

  put(entry) {
    this.#write({ ...this.#entries, [entry.id]: entry });
  }

  delete(id) {
    const { [id]: gone, ...others } = this.#entries;
    if (gone) this.#write(others);
  }

  get #entries() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name) ?? "{}");
    } catch {
      return {};
    }
  }

  #write(entries) {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(entries));
    } catch {
      // Then the page is the only place.
    }
  }
}

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(turn) {
  return new Promise((resolve, reject) => {
    turn.oncomplete = resolve;
    turn.onabort = turn.onerror = () => reject(turn.error);
  });
}

export const texts = new Shelf("collaborate-unsent");
export const chats = new Shelf("collaborate-chat");

// What its writer has sent waits for them, and for nobody else; what they were still writing goes.
export function forgetEverything(leader) {
  return Promise.all([texts.forgetAll(leader), chats.forgetAll(leader, ({ words }) => words)]);
}
