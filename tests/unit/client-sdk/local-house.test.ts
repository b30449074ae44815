import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalHouse } from '../../../client-sdk/src/local-house.js';
import { SEAT_STATUSES, spellStatuses } from '../../../src/protocol/seat-status.js';

const SEATS = 12;
const codes = fc.uint8Array({ min: 0, max: 3, minLength: SEATS, maxLength: SEATS });
const change = fc.tuple(fc.nat(SEATS - 1), fc.nat(3));
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ snapshot: codes }) },
  { weight: 8, arbitrary: fc.record({ delta: fc.array(change, { maxLength: 6 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ own: fc.array(fc.tuple(fc.nat(SEATS - 1), fc.constantFrom(1, 2)), { maxLength: 4 }) }),
  },
);

test('a copy shows the house as it was when it was taken, whenever it is read', () => {
  fc.assert(
    fc.property(codes, fc.array(fc.tuple(step, fc.boolean()), { maxLength: 30 }), (first, steps) => {
      const house = new LocalHouse();
      const published = [...first];
      let own = new Map<number, number>();
      let seq = 0;
      house.takeSnapshot(
        { type: 'snapshot', epoch: 1, seq, seats: spellStatuses(first), holds: [], bookings: [] },
        SEATS,
      );
      const kept: { readonly copy: ReturnType<LocalHouse['copy']>; readonly expected: readonly number[] }[] = [];
      for (const [each, readAtOnce] of steps) {
        if ('snapshot' in each) {
          published.splice(0, SEATS, ...each.snapshot);
          const seats = spellStatuses(each.snapshot);
          house.takeSnapshot({ type: 'snapshot', epoch: 1, seq, seats, holds: [], bookings: [] }, SEATS);
        } else if ('delta' in each) {
          for (const [seat, code] of each.delta) published[seat] = code;
          const changes = each.delta.map(([seat, code]) => [seat, SEAT_STATUSES[code]!] as const);
          expect(house.takeDelta({ type: 'delta', epoch: 1, seq: ++seq, changes })).toBeDefined();
        } else {
          own = new Map(each.own);
          house.takeOwn(own);
        }
        const expected = published.map((code, seat) => (code < 2 ? (own.get(seat) ?? code) : code));
        const copy = house.copy();
        if (readAtOnce) expect([...copy.statuses]).toEqual(expected);
        kept.push({ copy, expected });
      }
      for (const { copy, expected } of kept) {
        expect([...copy.statuses]).toEqual(expected);
        const count = (code: number) => expected.filter((other) => other === code).length;
        expect(copy.counts).toEqual({ available: count(0), held: count(1), booked: count(2), blocked: count(3) });
      }
    }),
  );
});

test('a copy stays the same object, with the same statuses, until something changes', () => {
  const house = new LocalHouse();
  house.takeSnapshot({ type: 'snapshot', epoch: 1, seq: 1, seats: '..h.', holds: [], bookings: [] }, 4);
  const copy = house.copy();
  const { statuses } = copy;
  house.takeDelta({ type: 'delta', epoch: 1, seq: 2, changes: [[2, 'held']] });
  expect(house.copy()).toBe(copy);
  expect(house.copy().statuses).toBe(statuses);
  house.takeDelta({ type: 'delta', epoch: 1, seq: 3, changes: [[2, 'booked']] });
  expect(house.copy()).not.toBe(copy);
  expect([...statuses]).toEqual([0, 0, 1, 0]);
});
