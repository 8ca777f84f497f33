// The page that is open as the server would send it now: asked soon after something may have changed, once somebody looks.
//
//   const askSoon = anew((fresh) => …); // `fresh` is a document; what of it is shown, its page decides
import { live } from "./live.js";

const SOON = 300;
const A_WHILE = 30_000;
const SLOW = 2_000; // between the page and its connection something may have been missed

export function anew(show) {
  let timer = 0;
  let isOld = false;
  let away = 0;
  let wasConnected = false;

  async function ask() {
    isOld = false;
    const answer = await fetch(location.href, { redirect: "error" }).catch(() => null);
    if (answer?.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }

  function askSoon() {
    clearTimeout(timer);
    isOld = true;
    if (document.visibilityState === "visible") timer = setTimeout(ask, SOON);
  }

  live.addEventListener("catch-up", askSoon);
  live.addEventListener("state", () => {
    if (live.state !== "connected") return;
    if (wasConnected || performance.now() > SLOW) askSoon();
    wasConnected = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") away = Date.now();
    else if (isOld || Date.now() - away > A_WHILE) askSoon();
  });
  addEventListener("pageshow", (event) => event.persisted && askSoon());
  return askSoon;
}
