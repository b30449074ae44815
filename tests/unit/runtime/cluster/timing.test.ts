import { expect, it } from 'vitest';
import { assertTiming } from '../../../../src/runtime/cluster/timing.js';

const SOUND = { beatMs: 1_000, detectionMs: 5_000, leaseMs: 4_000, freezeMs: 15_000 };

it('times that fit together are taken', () => {
  expect(() => assertTiming(SOUND)).not.toThrow();
  expect(() => assertTiming({ beatMs: 1, detectionMs: 3, leaseMs: 2.5, freezeMs: 3 })).not.toThrow();
});

it.each([
  [{ beatMs: 0 }, /beatMs must be above 0/],
  [{ beatMs: Number.NaN }, /beatMs must be above 0/],
  [{ detectionMs: 2_999, leaseMs: 2_500 }, /three beats/],
  [{ leaseMs: 2_000 }, /more than two beats/],
  [{ leaseMs: 5_000 }, /under detectionMs/],
  [{ freezeMs: 4_999 }, /freezeMs/],
  [{ freezeMs: Number.POSITIVE_INFINITY }, /freezeMs finite/],
])('%o is refused, and the message says why', (change, why) => {
  expect(() => assertTiming({ ...SOUND, ...change })).toThrow(why);
});
