/** The numbers of the specification are those that a server is built with. */
import { expect, it } from 'vitest';
import { ACTOR_LIMITS } from '../../../src/composition/houses.js';
import { encodeServerFrame } from '../../../src/protocol/encode.js';
import { SEAT_STATUSES } from '../../../src/protocol/seat-status.js';

it('[STREAM-7] a delta of as many changes as one may have is under 16 KiB, in either encoding', () => {
  const { changesPerDeltaMax } = ACTOR_LIMITS;
  expect(changesPerDeltaMax).toBe(700);
  // The longest there are: the last seats of the largest hall, an epoch and a seq that no showtime reaches.
  const status = SEAT_STATUSES.reduce((longest, each) => (each.length > longest.length ? each : longest));
  const changes = Array.from({ length: changesPerDeltaMax }, (_, i) => [99_999 - i, status] as const);
  const delta = { type: 'delta', epoch: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER, changes } as const;
  for (const encoding of ['json', 'msgpack'] as const) {
    expect(Buffer.byteLength(encodeServerFrame(delta, encoding)), encoding).toBeLessThan(16 * 1024);
  }
});

it('[STREAM-3] [STREAM-5] [REPLAY-8] so many deltas and outcomes are kept, and so many watchers are told at once', () => {
  expect(ACTOR_LIMITS).toMatchObject({
    historyMax: 256,
    immediateWatchersMax: 50,
    tickMs: 40,
    replaysMax: 50_000,
  });
});
