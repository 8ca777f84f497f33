// One tab at a time; after some time without it, as the other may be asleep.

export const PATIENCE = 10_000; // for an answer of the server

export async function inTurn(key, act) {
  if (!navigator.locks) return act();
  try {
    return await navigator.locks.request(key, { signal: AbortSignal.timeout(PATIENCE + 5_000) }, act);
  } catch {
    return act();
  }
}
