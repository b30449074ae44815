import { expect, it } from 'vitest';
import { randomIds } from '../../../src/adapters/random-ids.js';
import { readReference } from '../../../src/core/booking-reference.js';

it('makes UUIDs of version 7 that carry their millisecond and sort by it', () => {
  let now = 1_760_000_000_000;
  const ids = randomIds(() => now);
  const made: string[] = [];
  for (let i = 0; i < 2_000; i++) {
    now += 1;
    made.push(ids.uuid());
  }
  expect(new Set(made).size).toBe(2_000);
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...made].sort()).toEqual(made);
  expect(Number.parseInt(made[0]!.replace('-', '').slice(0, 12), 16)).toBe(1_760_000_000_001);
});

it('makes references that read back as they are, and no two alike', () => {
  const ids = randomIds(() => 0);
  const made = Array.from({ length: 5_000 }, () => ids.reference());
  expect(new Set(made).size).toBe(5_000);
  for (const reference of made) expect(readReference(reference)).toEqual({ ok: true, reference });
});

it('never gives the same bytes twice across the ends of its pool', () => {
  const ids = randomIds(() => 1);
  const made = Array.from({ length: 10_000 }, () => ids.uuid());
  expect(new Set(made).size).toBe(10_000);
});

it('makes UUIDs whose random digits each take every value', () => {
  const ids = randomIds(() => 0);
  const seen = Array.from({ length: 36 }, () => new Set<string>());
  for (let i = 0; i < 2_000; i++) for (const [place, digit] of [...ids.uuid()].entries()) seen[place]?.add(digit);
  const kinds = seen.map((digits) => digits.size);
  // Milliseconds, version and hyphens stand still; the variant leaves two bits of its digit; the rest is random.
  expect(kinds.join(' ')).toBe(`${'1 '.repeat(15)}16 16 16 1 4 16 16 16 1${' 16'.repeat(12)}`);
});
