/** Nobody pays what they were not shown, and what was promised is what is paid. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Command } from '../../../src/core/command.js';
import { InvariantError } from '../../../src/core/invariant.js';
import { houseOf, mapOf, picture, RULES, seat } from './halls.js';

const map = mapOf(['......']);
const holder = 'me';
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const hold = (seats: string[], addTo?: string): Command => {
  const command = { type: 'hold', holder, seats, newHoldId: 'h' } as const;
  return addTo === undefined ? command : { ...command, addTo };
};
const book = (price: { amount: number; currency: string }, seats?: string[]): Command => {
  const command = { type: 'book', holder, holdId: 'h', price, newBookingId: 'b', newReference: 'R' } as const;
  return seats === undefined ? command : { ...command, seats };
};

describe('what a buyer was shown', () => {
  const shown: [what: string, command: Command][] = [
    ['less than it costs', book(eur(1_000))],
    ['more than it costs', book(eur(2_001))],
    ['another currency', book({ amount: 2_000, currency: 'USD' })],
    ['other seats for the same sum', book(eur(2_000), ['A-1', 'A-3'])],
    ['a seat less', book(eur(2_000), ['A-1'])],
    ['a seat more', book(eur(2_000), ['A-1', 'A-2', 'A-3'])],
    ['a seat twice', book(eur(2_000), ['A-1', 'A-1'])],
  ];
  it.each(shown)('[BOOK-6] %s is not booked, and the buyer is told what the hold costs and has', (_, command) => {
    const house = houseOf(map);
    apply(house, hold(['A-1', 'A-2']), 0);
    const before = picture(house);
    const { reply, changes } = apply(house, command, 1);
    const refusal = { code: 'price_changed', price: eur(2_000), seats: ['A-1', 'A-2'] };
    expect([reply, changes]).toEqual([{ ok: false, refusal }, []]);
    expect(picture(house)).toBe(before);
  });

  it.each([[undefined], [['A-1', 'A-2']], [['A-2', 'A-1']]])('[BOOK-6] that is the hold is booked: %j', (seats) => {
    const house = houseOf(map);
    apply(house, hold(['A-1', 'A-2']), 0);
    expect(apply(house, book(eur(2_000), seats), 1).reply).toMatchObject({ ok: true, booking: { price: eur(2_000) } });
  });
});

describe('a price that changes under a hold', () => {
  it('[TERMS-2] is not the hold’s: it costs what it cost, and a seat that joins costs what that costs now', () => {
    const house = houseOf(map);
    apply(house, hold(['A-1', 'A-2']), 0);
    changeRules(house, { ...RULES, prices: [1_500] });
    expect(apply(house, { type: 'extend', holder, holdId: 'h' }, 1).reply).toMatchObject({
      hold: { prices: [1_000, 1_000] },
    });
    expect(apply(house, hold(['A-3'], 'h'), 2).reply).toMatchObject({ hold: { prices: [1_000, 1_000, 1_500] } });
    const release: Command = { type: 'release', holder, holdId: 'h', seats: ['A-1'] };
    expect(apply(house, release, 3).reply).toMatchObject({ hold: { prices: [1_000, 1_500] } });
    expect(apply(house, book(eur(2_500)), 4).reply).toMatchObject({ ok: true, booking: { price: eur(2_500) } });
  });

  it('[TERMS-1] is that of the next hold, of best available too', () => {
    const house = houseOf(map);
    changeRules(house, { ...RULES, prices: [1_500] });
    const best: Command = { type: 'best_available', holder, count: 2, newHoldId: 'h' };
    expect(apply(house, best, 0).reply).toMatchObject({ hold: { prices: [1_500, 1_500] } });
  });

  it('[TERMS-2] is not that of a hold that the next owner reads; without a stored price it costs what it costs now', () => {
    const stored = { id: 'h', holder, seats: [seat(map, 'A-1'), seat(map, 'A-2')], expiresAt: 100, extensions: 0 };
    const house = houseOf(map, { prices: [1_500] }, { holds: [{ ...stored, prices: [1_000, null] }] });
    expect(apply(house, book(eur(2_500)), 1).reply).toMatchObject({ ok: true, booking: { price: eur(2_500) } });
  });

  it('[TERMS-4] is refused where nobody could sell by it, and nothing has changed then', () => {
    const house = houseOf(map);
    for (const rules of [{ prices: [] }, { prices: [-1] }, { holdTtlMs: 0 }, { currency: 'USD' }]) {
      expect(() => changeRules(house, { ...RULES, ...rules })).toThrow(InvariantError);
    }
    expect(house.rules).toEqual(RULES);
  });

  it('[TERMS-1] distances that are kept from now on are kept from what was booked before', () => {
    const house = houseOf(map);
    apply(house, hold(['A-1']), 0);
    apply(house, book(eur(1_000)), 1);
    changeRules(house, { ...RULES, distancing: 1 });
    const asked = (who: string) => apply(house, { type: 'hold', holder: who, seats: ['A-2'], newHoldId: who }, 2).reply;
    expect(asked('you')).toMatchObject({ refusal: { code: 'seat_rule' } });
    expect(asked(holder)).toMatchObject({ ok: true });
  });
});
