// How long to wait before coming back. Full jitter: after an outage, nobody comes back at the same moment as the rest.

const FIRST = 1_000;
const LONGEST = 20_000;

export function pauseAfter(failures, chance = Math.random) {
  return chance() * Math.min(LONGEST, FIRST * 2 ** failures);
}
