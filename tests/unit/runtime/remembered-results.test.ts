import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CommandResult } from '../../../src/runtime/journal-port.js';
import { RememberedResults } from '../../../src/runtime/remembered-results.js';

const result = (commandId: string, command = 'hold'): CommandResult => ({
  holder: 'ann',
  commandId,
  command,
  reply: { ok: true, type: 'seats', seats: [] },
});

it('[REPLAY-8] keeps the newest outcomes up to its limit, and every booking besides', () => {
  const remembered = new RememberedResults(2, [result('old', 'book'), result('a')]);
  remembered.put(result('b'), 1);
  for (let i = 0; i < 5; i++) remembered.put(result(`booking ${i}`, 'book'), 2);
  expect(['old', 'a', 'b'].map((id) => remembered.get('ann', id)?.mark)).toEqual([0, 0, 1]);
  remembered.put(result('c'), 3);
  expect(['old', 'a', 'b', 'c', 'booking 0'].map((id) => remembered.get('ann', id)?.mark)).toEqual([
    0,
    undefined,
    1,
    3,
    2,
  ]);
});

it('forgets as a list does from which the oldest is taken off', () => {
  const id = fc.constantFrom(...'abcdefgh');
  const put = fc.record({ id, command: fc.constantFrom('hold', 'release', 'book') });
  const property = fc.property(fc.integer({ min: 1, max: 5 }), fc.array(put), fc.nat(10), (limit, puts, atFirst) => {
    const known = puts.slice(0, atFirst).map((each) => result(each.id, each.command));
    const remembered = new RememberedResults(limit, known);
    const expected: { key: string; mark: number; booked: boolean }[] = [];
    puts.forEach((each, i) => {
      const mark = i < atFirst ? 0 : i;
      if (i >= atFirst) remembered.put(result(each.id, each.command), mark);
      const booked = each.command === 'book';
      const same = expected.find((one) => one.key === each.id && one.booked === booked);
      if (same) same.mark = mark;
      else expected.push({ key: each.id, mark, booked });
      const others = expected.filter((one) => !one.booked);
      if (others.length > limit) expected.splice(expected.indexOf(others[0] as (typeof others)[0]), 1);
    });
    for (const letter of 'abcdefgh') {
      const found = expected.filter(({ key }) => key === letter).sort((a, b) => Number(a.booked) - Number(b.booked));
      expect(remembered.get('ann', letter)?.mark).toBe(found[0]?.mark);
    }
  });
  fc.assert(property);
});
