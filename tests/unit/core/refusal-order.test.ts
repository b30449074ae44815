/**
 * Which rule refuses first. Every rule of a command is a way to break it; any two of them are broken together, neighbours
 * among them, and the earlier one must be told. The orders are held to those that SPEC.md writes down.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../tidy/specification.js';
import { holding, ORDERS } from './refusal-orders.js';
import { refusal } from './refusal-scene.js';

/** Every two of an order that can be broken together, the earlier first. The later is spoilt first, so as not to be undone. */
const PAIRS = Object.entries(ORDERS).flatMap(([name, { id, command, base = {}, breaks, never = [] }]) =>
  breaks.flatMap((first, i) =>
    breaks.slice(i + 1).flatMap((second) => {
      if (never.some(([one, other]) => one === first[0] && other === second[0])) return [];
      return [{ name, id, command, base, first, second, winner: first[0], loser: second[0] }];
    }),
  ),
);
const of = (...ids: string[]) => PAIRS.filter(({ id }) => ids.includes(id));

function expectOrder({ command, base, first, second }: (typeof PAIRS)[number]): void {
  expect(refusal(command, base, [])).toBe('ok');
  expect(refusal(command, base, [first])).toBe(first[0]);
  expect(refusal(command, base, [second])).toBe(second[0]);
  expect(refusal(command, base, [second, first])).toBe(first[0]);
}

describe('of two rules that are broken the earlier is told', () => {
  it.each(of('HOLD-ORDER'))('[HOLD-ORDER] $name: $winner before $loser', expectOrder);
  it.each(of('SEAT-RULE-ORDER'))('[SEAT-RULE-ORDER] $name: $winner before $loser', expectOrder);
  it.each(of('BEST-ORDER'))('[BEST-ORDER] $winner before $loser', expectOrder);
  it.each(of('RELEASE-ORDER'))('[RELEASE-ORDER] $winner before $loser', expectOrder);
  it.each(of('RETYPE-ORDER'))('[RETYPE-ORDER] $winner before $loser', expectOrder);
  it.each(of('EXTEND-ORDER'))('[EXTEND-ORDER] $winner before $loser', expectOrder);
  it.each(of('BOOK-ORDER'))('[BOOK-ORDER] $winner before $loser', expectOrder);
  it.each(of('CHECK-OUT-ORDER'))('[CHECK-OUT-ORDER] $winner before $loser', expectOrder);
  it.each(of('RETURN-ORDER'))('[RETURN-ORDER] $winner before $loser', expectOrder);
  it.each(of('RETAKE-ORDER'))('[RETAKE-ORDER] $winner before $loser', expectOrder);
  it.each(of('CANCEL-ORDER'))('[CANCEL-ORDER] $winner before $loser', expectOrder);
  it.each(of('TAKE-ORDER'))('[TAKE-ORDER] $winner before $loser', expectOrder);
  it.each(of('RESEAT-ORDER'))('[RESEAT-ORDER] $winner before $loser', expectOrder);
  it.each(of('ALLOCATE-ORDER', 'DEALLOCATE-ORDER'))(
    '[ALLOCATE-ORDER] [DEALLOCATE-ORDER] $name: $winner before $loser',
    expectOrder,
  );
  it.each(of('BLOCK-ORDER', 'UNBLOCK-ORDER'))(
    '[BLOCK-ORDER] [UNBLOCK-ORDER] $name: $winner before $loser',
    expectOrder,
  );

  it('[CANCEL-ORDER] but for staff, to whom any booking is theirs', () => {
    const { command, base, breaks } = ORDERS['cancel']!;
    const staff = { ...base, asStaff: true, asker: 'staff' };
    expect(refusal(command, staff, [])).toBe('ok');
    expect(refusal(command, staff, [breaks[3]!])).toBe('booking_cancelled');
  });

  it('[SEAT-RULE-ORDER] pairs and companions are told together', () => {
    expect(refusal(holding, { seats: ['B-7', 'B-4'] }, [])).toBe('pair_split companion_alone');
  });
});

describe('the orders of SPEC.md', () => {
  const rules = rulesOf(readFileSync('src/core/SPEC.md', 'utf8'));
  const told = (id: string) =>
    [...(rules.find((rule) => rule.id === id)?.text ?? '').matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
  const tested = (id: string) =>
    Object.values(ORDERS).flatMap((order) => (order.id === id ? [order.breaks.map(([code]) => code)] : []));

  it.each([
    'CHECK-OUT',
    'RETURN',
    'RETAKE',
    'BEST',
    'RELEASE',
    'EXTEND',
    'BOOK',
    'CANCEL',
    'RESEAT',
    'BLOCK',
    'UNBLOCK',
    'ALLOCATE',
    'DEALLOCATE',
  ])('%s-ORDER is what is tested', (name) => {
    const [codes = []] = tested(`${name}-ORDER`);
    expect(codes.map((code) => (['single_gap', 'pair_split'].includes(code) ? 'seat_rule' : code))).toEqual(
      told(`${name}-ORDER`),
    );
  });

  it('TAKE-ORDER is that of a hold, then that of seats', () => {
    expect(tested('TAKE-ORDER').flat()).toEqual(told('TAKE-ORDER'));
  });

  it('HOLD-ORDER is that of a new hold and that of adding to one, in one line', () => {
    const withoutPairs = (codes: string[]) => codes.map((code) => (code === 'pair_split' ? 'seat_rule' : code));
    const [made = [], added = []] = tested('HOLD-ORDER').map(withoutPairs);
    const all = told('HOLD-ORDER');
    // A new hold has no seats yet, so for it the second `duplicate_seat` says nothing.
    const ofNew = all.filter((code, at) => made.includes(code ?? '') && all.indexOf(code) === at);
    expect(ofNew).toEqual(made);
    expect(all.filter((code) => added.includes(code ?? ''))).toEqual(added);
    expect(new Set(all)).toEqual(new Set([...made, ...added]));
  });
});
