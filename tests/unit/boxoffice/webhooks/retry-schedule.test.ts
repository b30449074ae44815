import { expect, it } from 'vitest';
import { TRIES_MAX, waitAfter } from '../../../../src/boxoffice/webhooks/retry-schedule.js';

it('the tries of a message last a bit longer than a day, with growing waits', () => {
  const waits = Array.from({ length: TRIES_MAX - 1 }, (_, index) => waitAfter(index + 1, 0) ?? 0);
  expect(waits).toEqual([...waits].sort((one, other) => one - other));
  const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(24);
  expect(hours).toBeLessThan(30);
  expect(waitAfter(TRIES_MAX, 0)).toBeUndefined();
});

it('a receiver that asks for a longer wait gets it, up to an hour', () => {
  expect(waitAfter(1, 0)).toBe(5_000);
  expect(waitAfter(1, 0, 60_000)).toBe(60_000);
  expect(waitAfter(1, 0, 1e12)).toBe(3_600_000);
  expect(waitAfter(1, 1)).toBe(5_500);
});
