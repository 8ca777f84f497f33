// What was typed and has not reached the server yet: on this device, each leader's apart, until it has.
//
// An entry is {id, leader, key, address, fields, at}: `key` such as "reply:12", `fields` what the form would send.

import { forgetEverything, texts } from "./device.js";
import { takeToken, token } from "./token.js";

const SETTLED = 2000; // a page that was asked for before the saving may come after it, without these words
const RECENT = 60_000;

export const keep = (entry) => texts.keep(entry);
export const forget = (id) => texts.forget(id);

// The server has it: let go of it in a moment.
export async function release(entry) {
  await keep({ ...entry, reached: Date.now() });
  setTimeout(() => forget(entry.id), SETTLED);
}

// --- The way to the server. `answer.fate` is "saved", "sent", "twofold", "refused", "signed-out" or "unreached".
export async function send(address, fields, leader, signal) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...fields, leader, quiet: 1 })) body.set(name, value ?? "");
  try {
    let answer = await post(address, body, signal);
    if (answer.status === 403 && !isJson(answer) && (await renewToken(leader))) answer = await post(address, body, signal);
    return await read(answer);
  } catch {
    return { fate: "unreached" };
  }
}

function post(address, body, signal) {
  body.set("csrfmiddlewaretoken", token());
  return fetch(address, { method: "POST", body, signal, redirect: "manual", headers: { Accept: "application/json" } });
}

async function read(answer) {
  if (answer.type === "opaqueredirect") return { fate: "signed-out" };
  if (answer.status >= 500) return { fate: "unreached" };
  const said = isJson(answer) ? await answer.json() : {};
  if (answer.status === 409) return { fate: "twofold", ...said };
  if (answer.ok) return { ...said, fate: said.sent ? "sent" : "saved" };
  return { fate: "refused", status: answer.status, ...said };
}

const isJson = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");

// Signing in again made the token of an open page old. Never take that of somebody else.
async function renewToken(leader) {
  const answer = await fetch("/drafts/", { redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const account = page.querySelector("[data-signs-out]");
  if (account?.dataset.signsOut !== leader) return false;
  takeToken(account.querySelector("[name=csrfmiddlewaretoken]").value);
  return true;
}

// --- On every page of somebody signed in: bring up what is left here. What the server has is forgotten here.
const account = document.querySelector("[data-signs-out]");
const here = new Map(); // the forms of this page, by key, bring up their own

export const atSignOut = [];

export function isHere(key, uuid) {
  here.set(key, uuid);
}

export async function bringUp() {
  const fates = [];
  for (const entry of account ? await texts.entriesOf(account.dataset.signsOut) : []) {
    if (here.get(entry.key) === entry.fields.uuid) continue;
    if (entry.reached && !(here.has(entry.key) && Date.now() - entry.reached < RECENT)) {
      await forget(entry.id);
      continue;
    }
    const answer = await send(entry.address, entry.fields, entry.leader);
    if (["saved", "sent", "twofold"].includes(answer.fate)) await (here.has(entry.key) ? forget(entry.id) : release(entry));
    fates.push({ entry, answer });
  }
  return fates;
}

// --- Signing out leaves nothing on the device: first to the server, then away with it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!account || form.method !== "post" || new URL(form.action).pathname !== "/accounts/logout/") return;
  event.preventDefault();
  const patience = new Promise((resolve) => setTimeout(resolve, 2000));
  await Promise.race([Promise.all(atSignOut.map((save) => save())), patience]);
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer?.ok) return form.submit();
  await forgetEverything(account.dataset.signsOut);
  location.assign(answer.url);
});
