// Signing in anew makes the tokens of all open pages old. Each page that is opened hands its own to those of the same leader.

const account = document.querySelector("[data-signs-out]");
const fields = () => document.querySelectorAll("[name=csrfmiddlewaretoken]");
let tabs = null;

export const token = () => fields()[0]?.value ?? "";

export function takeToken(fresh) {
  for (const field of fields()) field.value = fresh;
}

function listen() {
  tabs ??= new BroadcastChannel("collaborate-token");
  tabs.onmessage = ({ data }) => data.leader === account.dataset.signsOut && takeToken(data.token);
}

if (account && "BroadcastChannel" in window) {
  listen();
  tabs.postMessage({ leader: account.dataset.signsOut, token: token() });
  // A page with an open channel is not kept for the button “Back”.
  addEventListener("pagehide", () => (tabs = tabs?.close()));
  addEventListener("pageshow", listen);
}
