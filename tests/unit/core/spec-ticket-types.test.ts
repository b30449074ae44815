/** What seats are sold as, and what they cost then. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Command } from '../../../src/core/command.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import { InvariantError } from '../../../src/core/invariant.js';
import { houseOf, labels, mapOf, picture, RULES, seat } from './halls.js';

/** Six ordinary seats, and six in a gold category that children do not get. */
const map = mapOf(['......'], { name: 'Box', firstRow: 'X', rows: ['......'], category: 'Gold' });
const ADULT = { id: 'adult', name: 'Adult', prices: RULES.prices };
const CHILD = { id: 'child', name: 'Child', maxPerHold: 2, prices: [600, null] };
const STUDENT = { id: 'student', name: 'Student', note: 'with student card', prices: [800, 400] };
const TYPES: Partial<HouseRules> = { ticketTypes: [ADULT, CHILD, STUDENT] };
const holder = 'me';

const hold = (seats: string[], ticketTypes?: string[], addTo?: string): Command => ({
  ...({ type: 'hold', holder, seats, newHoldId: addTo === undefined ? 'h' : 'unused' } as const),
  ...(ticketTypes ? { ticketTypes } : {}),
  ...(addTo === undefined ? {} : { addTo }),
});
const retype = (seats: string[], ticketTypes: string[]): Command => {
  return { type: 'retype', holder, holdId: 'h', seats, ticketTypes };
};
const best = (count: number, ticketTypes?: string[], wish = {}): Command => {
  return { type: 'best_available', holder, count, newHoldId: 'h', ...wish, ...(ticketTypes ? { ticketTypes } : {}) };
};
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const book = (amount: number): Command => {
  return { type: 'book', holder, holdId: 'h', price: eur(amount), newBookingId: 'b', newReference: 'R' };
};

/** The reply of the last command; the house is sound after each. */
function say(house: House, ...commands: Command[]) {
  return commands.map((command) => {
    const before = picture(house);
    const { reply, changes } = apply(house, command, 1);
    assertHouse(house);
    if (!reply.ok) expect([picture(house), changes]).toEqual([before, []]);
    return reply;
  })[commands.length - 1];
}

describe('a seat is sold', () => {
  it('[TYPE-1] [TYPE-2] as the type that the command names, at what that costs in the category of the seat', () => {
    const reply = say(houseOf(map, TYPES), hold(['A-1', 'A-2', 'X-1'], ['child', 'adult', 'student']));
    expect(reply).toMatchObject({
      hold: { ticketTypes: ['child', 'adult', 'student'], prices: [600, 1_000, 400] },
    });
  });

  it('[TYPE-1] as the first type where the command names none', () => {
    expect(say(houseOf(map, TYPES), hold(['A-1', 'X-1']))).toMatchObject({
      hold: { ticketTypes: ['adult', 'adult'], prices: [1_000, 500] },
    });
    expect(say(houseOf(map, TYPES), best(2))).toMatchObject({ hold: { ticketTypes: ['adult', 'adult'] } });
  });

  it('[TYPE-1] as no type where the showtime has none, and no type is known there', () => {
    const house = houseOf(map);
    expect(say(house, hold(['A-1'], ['adult']))).toMatchObject({ refusal: { code: 'unknown_ticket_type' } });
    const reply = say(house, hold(['A-1']));
    expect(reply).toMatchObject({ ok: true });
    expect(reply).not.toHaveProperty('hold.ticketTypes');
    expect(say(house, book(1_000))).not.toHaveProperty('booking.ticketTypes');
  });

  it('[TYPE-6] and keeps its type and price under other terms; the booking has the types', () => {
    const house = houseOf(map, TYPES);
    say(house, hold(['A-1', 'A-2', 'A-3'], ['child', 'student', 'child']));
    changeRules(house, { ...RULES, ticketTypes: [{ ...ADULT, prices: [1_500, 700] }], prices: [1_500, 700] });
    say(house, { type: 'release', holder, holdId: 'h', seats: ['A-1'] });
    say(house, hold(['A-5'], undefined, 'h'));
    expect(house.holds.get('h')).toMatchObject({
      ticketTypes: ['student', 'child', 'adult'],
      prices: [800, 600, 1_500],
    });
    expect(say(house, { type: 'extend', holder, holdId: 'h' })).toMatchObject({ hold: { prices: [800, 600, 1_500] } });
    expect(say(house, book(2_900))).toMatchObject({ booking: { ticketTypes: ['student', 'child', 'adult'] } });
  });

  it('[TYPE-6] and has an empty text for a type where the showtime had none when it was held', () => {
    const house = houseOf(map);
    say(house, hold(['A-1']));
    changeRules(house, { ...RULES, ...TYPES });
    expect(say(house, hold(['A-2'], ['student'], 'h'))).toMatchObject({ hold: { ticketTypes: ['', 'student'] } });
    changeRules(house, RULES);
    expect(say(house, hold(['A-3'], undefined, 'h'))).toMatchObject({
      hold: { ticketTypes: ['', 'student', ''], prices: [1_000, 800, 1_000] },
    });
  });

  it('[TYPE-6] and the next owner reads its type', () => {
    const seats = [seat(map, 'A-1'), seat(map, 'A-2')];
    const stored = { id: 'h', holder, seats, expiresAt: 100, extensions: 0, prices: [600, 800] };
    const house = houseOf(map, TYPES, { holds: [{ ...stored, ticketTypes: ['child', 'student'] }] });
    expect(say(house, retype(['A-1'], ['adult']))).toMatchObject({
      hold: { ticketTypes: ['adult', 'student'], prices: [1_000, 800] },
    });
  });
});

describe('a type that cannot be had', () => {
  const conflicts = (reason: string, ...seats: string[]) => seats.map((label) => ({ seat: label, reason }));

  it('[TYPE-3] is told with each seat that it was wished for, and nothing else', () => {
    const reply = say(houseOf(map, TYPES), hold(['A-1', 'A-2', 'A-3', 'X-1'], ['pupil', 'adult', 'pupil', 'child']));
    const refusal = { code: 'unknown_ticket_type', ticketType: 'pupil' };
    expect(reply).toEqual({ ok: false, refusal: { ...refusal, conflicts: conflicts('unknown_type', 'A-1', 'A-3') } });
  });

  it('[TYPE-3] nor where seats of the category are not sold as it', () => {
    const reply = say(houseOf(map, TYPES), hold(['A-1', 'X-1'], ['child', 'child']));
    const refusal = { code: 'unknown_ticket_type', ticketType: 'child' };
    expect(reply).toEqual({ ok: false, refusal: { ...refusal, conflicts: conflicts('type_not_sold', 'X-1') } });
  });

  it('[TYPE-3] of a search is told without seats', () => {
    const nowhere = { ok: false, refusal: { code: 'unknown_ticket_type', ticketType: 'pupil', conflicts: [] } };
    expect(say(houseOf(map, TYPES), best(2, ['adult', 'pupil']))).toEqual(nowhere);
    expect(say(houseOf(map, TYPES), best(1, ['child'], { category: 'Gold' }))).toMatchObject({
      refusal: { code: 'unknown_ticket_type', ticketType: 'child' },
    });
  });

  it('[TYPE-4] is one of which the hold would have too many, with those that it has', () => {
    const house = houseOf(map, TYPES);
    const tooMany = { ok: false, refusal: { code: 'ticket_type_limit', ticketType: 'child', limit: 2 } };
    expect(say(house, hold(['A-1', 'A-2', 'A-3'], ['child', 'child', 'child']))).toEqual(tooMany);
    expect(say(house, best(3, ['child', 'child', 'child']))).toEqual(tooMany);
    say(house, hold(['A-1', 'A-2'], ['child', 'child']));
    expect(say(house, hold(['A-3'], ['child'], 'h'))).toEqual(tooMany);
    say(house, hold(['A-3'], ['adult'], 'h'));
    expect(say(house, retype(['A-3'], ['child']))).toEqual(tooMany);
    expect(say(house, retype(['A-1', 'A-3'], ['adult', 'child']))).toMatchObject({
      hold: { ticketTypes: ['adult', 'child', 'child'] },
    });
  });

  it('[TYPE-4] is none that the command does not name, though its limit was lowered meanwhile', () => {
    const house = houseOf(map, TYPES);
    say(house, hold(['A-1', 'A-2'], ['child', 'child']));
    changeRules(house, { ...RULES, ticketTypes: [ADULT, { ...CHILD, maxPerHold: 1 }, STUDENT] });
    expect(say(house, hold(['A-3'], ['student'], 'h'))).toMatchObject({ ok: true });
  });
});

describe('best available', () => {
  it('[TYPE-5] takes seats of categories in which all its types are sold, and gives them the types in turn', () => {
    const house = houseOf(map, TYPES);
    // The focal point is in front: without children the seats of row X come into question as well.
    for (const label of ['A-1', 'A-2', 'A-3', 'A-4']) say(house, { type: 'block', seats: [label], reason: '' });
    expect(say(house, best(3, ['adult', 'child', 'child']))).toMatchObject({ refusal: { code: 'none_available' } });
    const reply = say(house, best(2, ['child', 'adult']));
    const found = reply?.ok && reply.type === 'hold' ? reply.hold : undefined;
    expect(labels(map, found?.seats ?? []).sort()).toEqual(['A-5', 'A-6']);
    expect(found).toMatchObject({ ticketTypes: ['child', 'adult'], prices: [600, 1_000] });
  });
});

describe('retype', () => {
  it('[RETYPE-1] [RETYPE-2] sells the seats as other types at what these cost now; the rest keeps its price', () => {
    const house = houseOf(map, TYPES);
    say(house, hold(['A-2', 'A-1', 'X-1'], ['adult', 'adult', 'adult']));
    const before = house.holds.get('h');
    changeRules(house, { ...RULES, prices: [2_000, 900], ticketTypes: [{ ...ADULT, prices: [2_000, 900] }, STUDENT] });
    const { reply, changes } = apply(house, retype(['X-1', 'A-2'], ['student', 'adult']), 1);
    const after = { ...before, ticketTypes: ['adult', 'adult', 'student'], prices: [1_000, 1_000, 400] };
    expect(reply).toEqual({ ok: true, type: 'hold', hold: after });
    expect(changes).toEqual([{ type: 'hold_put', hold: after, seats: [] }]);
    assertHouse(house);
  });

  it('[RETYPE-1] [RETYPE-2] leaves seats that have these types already as they are', () => {
    const house = houseOf(map, TYPES);
    say(house, hold(['A-1', 'A-2'], ['adult', 'child']));
    const before = house.holds.get('h');
    changeRules(house, { ...RULES, ticketTypes: [ADULT, { ...CHILD, prices: [700, null] }] });
    expect(say(house, retype(['A-2'], ['child']))).toEqual({ ok: true, type: 'hold', hold: before });
  });

  it('[RETYPE-2] charges a seat that was held as another type what the type costs now, there and back', () => {
    const house = houseOf(map, TYPES);
    say(house, hold(['A-1'], ['adult']));
    changeRules(house, { ...RULES, prices: [2_000, 900], ticketTypes: [{ ...ADULT, prices: [2_000, 900] }, STUDENT] });
    expect(say(house, retype(['A-1'], ['student']), retype(['A-1'], ['adult']))).toMatchObject({
      hold: { prices: [2_000] },
    });
  });

  it('[RETYPE-3] is possible for as long as the hold can be booked', () => {
    const ended = { ...TYPES, salesCloseAt: 1 };
    const held = { holds: [{ id: 'h', holder, seats: [0], prices: [1_000], expiresAt: 9, extensions: 0 }] };
    expect(say(houseOf(map, ended, held), retype(['A-1'], ['child']))).toMatchObject({ hold: { prices: [600] } });
    const closed = { refusal: { code: 'sales_closed' } };
    const late = houseOf(map, { ...ended, bookAfterClose: false }, held);
    expect(say(late, retype(['A-1'], ['child']))).toMatchObject(closed);
  });
});

it('[TERMS-4] types that nobody could sell are refused, and nothing has changed then', () => {
  const house = houseOf(map, TYPES);
  const wrong: HouseRules['ticketTypes'][] = [
    [],
    [ADULT, { ...CHILD, id: 'adult' }],
    [{ ...ADULT, id: '' }],
    [CHILD, ADULT],
    [ADULT, { ...CHILD, prices: [1] }],
    [ADULT, { ...CHILD, prices: [-1, 1] }],
    [ADULT, { ...CHILD, maxPerHold: 0 }],
  ];
  for (const ticketTypes of wrong) {
    const rules = { ...RULES, ...(ticketTypes ? { ticketTypes } : {}) };
    expect(() => changeRules(house, rules), JSON.stringify(ticketTypes)).toThrow(InvariantError);
  }
  expect(house.rules.ticketTypes).toEqual(TYPES.ticketTypes);
});
