import { expect, it } from 'vitest';
import { AnchoredClock } from '../../../src/adapters/anchored-clock.js';
import { anchorClock } from '../../../src/composition/anchor-clock.js';

const SERVER_AHEAD_MS = 1_000_000;

/** A Postgres that answers after so long, one time each; the answer was made at once. */
async function anchoredAfter(tookMs: readonly number[]) {
  let now = 0;
  let clock = new AnchoredClock(0, () => now);
  let reads = 0;
  const make = () => {
    clock = new AnchoredClock(0, () => now);
    return clock;
  };
  const read = async () => {
    const sentAt = now;
    now += tookMs[reads++] ?? 0;
    clock.observe(sentAt + SERVER_AHEAD_MS, sentAt, now);
  };
  const anchored = await anchorClock(make, read, () => now);
  return { reads, offMs: anchored.now() - now - SERVER_AHEAD_MS };
}

it('a clock whose first reading took long is made anew from a better one', async () => {
  expect(await anchoredAfter([20])).toEqual({ reads: 1, offMs: -10 });
  expect(await anchoredAfter([3_000, 600, 40])).toEqual({ reads: 3, offMs: -20 });
});

it('where Postgres is always far, the last reading has to do', async () => {
  expect(await anchoredAfter([800, 800, 800, 800, 400])).toEqual({ reads: 5, offMs: -200 });
});
