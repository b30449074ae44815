import { expect, it } from 'vitest';
import { nearestAvailable } from '../../../client-sdk/src/nearest-available.js';
import { DOCUMENT } from './fake-surroundings.js';

const free = (): number => 0;

it('offers no wheelchair space, companion seat or half of a pair in place of a plain seat', () => {
  const map = { ...DOCUMENT, wheelchair: [1], companions: [[2, 1] as const], pairs: [[4, 5] as const] };
  expect(nearestAvailable(map, 0, free, new Set())).toBe(3);
  expect(nearestAvailable(map, 0, free, new Set([3]))).toBe(6);
});

it('offers one wheelchair space for another, however far away and of whatever category', () => {
  expect(nearestAvailable({ ...DOCUMENT, wheelchair: [0, 7] }, 0, free, new Set())).toBe(7);
});
