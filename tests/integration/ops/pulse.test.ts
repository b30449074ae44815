import { expect, test } from 'vitest';
import { Pulse } from '../../../src/ops/pulse.js';
import type { Roll } from '../../../src/runtime/cluster/membership-port.js';

function roll(beats: Readonly<Record<string, number>>): Roll {
  const members = Object.entries(beats).map(([id, beat]) => ({
    member: { id, name: `node of ${id}`, weight: 1, draining: false, hot: [], showtimes: 0 },
    beat,
  }));
  return { members, pins: new Map() };
}

test('a beat that rises is a sign of life; one roll alone is none', () => {
  const pulse = new Pulse(1_000);
  pulse.observe(roll({ a: 7, b: 9 }), 0);
  expect([pulse.isAlive('a', 0), pulse.isAlive('b', 0)]).toEqual([undefined, undefined]);
  pulse.observe(roll({ a: 8, b: 9 }), 500);
  expect([pulse.isAlive('a', 500), pulse.isAlive('b', 500)]).toEqual([true, undefined]);
});

test('a member without a new beat for longer than detectionMs is dead, and lives again with the next', () => {
  const pulse = new Pulse(1_000);
  for (const now of [0, 500, 1_000]) pulse.observe(roll({ a: 7 }), now);
  expect(pulse.isAlive('a', 1_000)).toBeUndefined();
  expect(pulse.isAlive('a', 1_001)).toBe(false);
  pulse.observe(roll({ a: 8 }), 1_500);
  expect(pulse.isAlive('a', 1_500)).toBe(true);
});

test('an older beat, as of a store that was restored, is no sign of life', () => {
  const pulse = new Pulse(1_000);
  pulse.observe(roll({ a: 7 }), 0);
  pulse.observe(roll({ a: 3 }), 600);
  expect(pulse.isAlive('a', 1_001)).toBe(false);
});

test('who is not on the latest roll does not live', () => {
  const pulse = new Pulse(1_000);
  pulse.observe(roll({ a: 7 }), 0);
  pulse.observe(roll({ a: 8 }), 100);
  pulse.observe(roll({}), 200);
  expect(pulse.isAlive('a', 200)).toBe(false);
});
