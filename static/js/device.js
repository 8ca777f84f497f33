// What stands on this device alone: each leader's apart, for two weeks at most, until somebody signs out.
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
    const all = (await this.#ask("readonly", (store) => store.getAll())) ?? [];
    for (const entry of all) if (Date.now() - entry.at > LONGEST) await this.forget(entry.id);
    return all.filter((entry) => entry.leader === leader && Date.now() - entry.at <= LONGEST);
  }

  async forgetAll(leader) {
    for (const entry of await this.entriesOf(leader)) await this.forget(entry.id);
  }

  async #ask(mode, question) {
    try {
      const store = (await this.#database()).transaction(STORE, mode).objectStore(STORE);
      return await answerOf(question(store));
    } catch {
      return question(this.#tab);
    }
  }

  #database() {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  #open() {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    return answerOf(request);
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

export const texts = new Shelf("collaborate-unsent");
export const chats = new Shelf("collaborate-chat");

export function forgetEverything(leader) {
  return Promise.all([texts, chats].map((shelf) => shelf.forgetAll(leader)));
}
