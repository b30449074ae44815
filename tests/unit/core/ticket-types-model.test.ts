/**
 * Sequences of commands on a house with ticket types and on a model that shares no code with it: a table of what each seat is
 * sold as and costs. After each command the two must agree, also after terms change and after the next owner reads the house.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Command } from '../../../src/core/command.js';
import type { Hold, House, HouseRules, TicketType } from '../../../src/core/house.js';
import { houseOf, labels, mapOf, RULES } from './halls.js';

const map = mapOf(['......'], { name: 'Box', firstRow: 'X', rows: ['....'], category: 'Gold' });
const ALL = map.data.seats.label;
const isGold = (label: string) => label.startsWith('X');

/** Price lists as an operator thinks of them; null: not sold there. Of a showtime without types the first alone. */
const PRICES: Readonly<Record<string, readonly [plain: number, gold: number | null]>>[] = [
  { adult: [1_000, 1_500], child: [600, null], student: [800, 1_200] },
  { adult: [1_100, 1_600], child: [700, null] },
  { '': [900, 1_400] },
];
const LIMIT = 2;

function rulesOf(prices: (typeof PRICES)[number]): HouseRules {
  const lists = Object.entries(prices);
  const types = lists.map(([id, list]): TicketType => {
    return { id, name: id, prices: list, ...(id === 'child' ? { maxPerHold: LIMIT } : {}) };
  });
  const plain = { ...RULES, prices: lists[0]![1] as readonly number[], seatsPerHold: 5, holdsPerHolder: 9 };
  return types[0]!.id === '' ? plain : { ...plain, ticketTypes: types };
}

interface Seat {
  readonly of: string;
  type: string;
  price: number;
}

class Model {
  prices = PRICES[0]!;
  readonly seats = new Map<string, Seat>();

  of(id: string): string[] {
    return [...this.seats].flatMap(([label, seat]) => (seat.of === id ? [label] : []));
  }

  /** The code of the refusal for what types and limits say, or the price of each. */
  wish(wished: readonly (readonly [label: string, type: string])[], others: readonly string[]): string | number[] {
    const prices = wished.map(([label, type]) => this.prices[type]?.[isGold(label) ? 1 : 0] ?? null);
    if (prices.includes(null)) return 'unknown_ticket_type';
    const children = [...wished.map(([, type]) => type), ...others.map((label) => this.seats.get(label)!.type)];
    const asks = wished.some(([, type]) => type === 'child');
    if (asks && children.filter((type) => type === 'child').length > LIMIT) return 'ticket_type_limit';
    return prices as number[];
  }
}

function agree(house: House, model: Model): void {
  assertHouse(house);
  const rows = [...house.holds.values(), ...house.bookings.values()].flatMap(({ id, seats, ticketTypes }) =>
    labels(map, seats).map((label, i) => [label, id, ticketTypes?.[i] ?? ''].join(' ')),
  );
  expect(rows.sort()).toEqual([...model.seats].map(([label, { of, type }]) => [label, of, type].join(' ')).sort());
  for (const { id, seats, prices } of house.holds.values()) {
    expect([id, ...prices]).toEqual([id, ...labels(map, seats).map((label) => model.seats.get(label)!.price)]);
  }
}

/** As the next owner reads it: a row a seat, in their order. */
function reloaded(house: House): House {
  const holds = [...house.holds.values()].map((hold): Hold => {
    const order = hold.seats.map((_, i) => i).sort((a, b) => hold.seats[a]! - hold.seats[b]!);
    const { ticketTypes: types } = hold;
    const at = <Value>(list: readonly Value[]) => order.map((i) => list[i]!);
    return { ...hold, seats: at(hold.seats), prices: at(hold.prices), ...(types ? { ticketTypes: at(types) } : {}) };
  });
  return houseOf(map, house.rules, { holds, bookings: [...house.bookings.values()] });
}

const stepOf = fc.record({
  kind: fc.constantFrom('hold', 'hold', 'add', 'add', 'best', 'retype', 'retype', 'release', 'book', 'terms', 'reload'),
  seats: fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 1, maxLength: 4 }),
  types: fc.option(fc.array(fc.constantFrom('adult', 'child', 'child', 'student'), { minLength: 4, maxLength: 4 })),
  pick: fc.nat({ max: 9 }),
});
type Step = typeof stepOf extends fc.Arbitrary<infer Value> ? Value : never;
const holder = 'me';

/** A house and its model, taken through the steps side by side. */
class Beside {
  #house = houseOf(map, rulesOf(PRICES[0]!));
  readonly #model = new Model();
  #n = 0;

  /** @returns what was said of it, by which rare paths are counted. */
  take({ kind, seats, types, pick }: Step): string {
    this.#n++;
    if (kind === 'terms') {
      this.#model.prices = PRICES[pick % PRICES.length]!;
      changeRules(this.#house, rulesOf(this.#model.prices));
      return 'terms';
    }
    if (kind === 'reload') {
      this.#house = reloaded(this.#house);
      agree(this.#house, this.#model);
      return 'reload';
    }
    const holdId = [...this.#house.holds.keys()][pick % Math.max(1, this.#house.holds.size)] ?? 'none';
    const own = this.#model.of(holdId);
    const named = kind === 'retype' || kind === 'release' ? own.slice(0, 1 + (pick % 3)) : seats;
    // A command that must name types names some, also where there are none.
    const silent = kind === 'retype' ? 'adult' : Object.keys(this.#model.prices)[0]!;
    const wished = named.map((label, i) => [label, types?.[i] ?? silent] as const);
    const command = this.#command(kind, holdId, wished, types ?? undefined, 1 + (pick % 3));
    const { reply } = apply(this.#house, command, 0);
    const isTyped = kind === 'hold' || kind === 'add' || kind === 'retype';
    const others = isTyped && kind !== 'hold' ? own.filter((label) => !named.includes(label)) : [];
    const verdict = isTyped ? this.#model.wish(wished, others) : [];
    if (reply.ok) {
      const found = kind === 'best' && 'hold' in reply && reply.hold ? labels(map, reply.hold.seats) : undefined;
      const taken = found ? found.map((label, i) => [label, types?.[i] ?? silent] as const) : wished;
      const prices = found ? this.#model.wish(taken, []) : verdict;
      this.#carryOut(kind, holdId, taken, prices);
    } else if (/ticket_type/.test(reply.refusal.code) && isTyped) {
      // Other refusals come before or after it, and are the business of other tests.
      expect(reply.refusal.code).toBe(verdict);
    }
    agree(this.#house, this.#model);
    return reply.ok ? `${kind} is done` : reply.refusal.code;
  }

  #command(
    kind: string,
    holdId: string,
    wished: readonly (readonly [string, string])[],
    types: readonly string[] | undefined,
    count: number,
  ): Command {
    const seats = wished.map(([label]) => label);
    const some = (length: number) => (types ? { ticketTypes: types.slice(0, length) } : {});
    const made = `${kind[0]}${this.#n}`;
    switch (kind) {
      case 'hold':
        return { type: 'hold', holder, seats, newHoldId: made, ...some(seats.length) };
      case 'add':
        return { type: 'hold', holder, seats, newHoldId: 'unused', addTo: holdId, ...some(seats.length) };
      case 'best':
        return { type: 'best_available', holder, count, newHoldId: made, ...some(count) };
      case 'retype':
        return { type: 'retype', holder, holdId, seats, ticketTypes: wished.map(([, type]) => type) };
      case 'release':
        return { type: 'release', holder, holdId, seats };
      default: {
        const own = this.#model.of(holdId).map((label) => this.#model.seats.get(label)!.price);
        const price = { amount: own.reduce((sum, each) => sum + each, 0), currency: 'EUR' };
        return { type: 'book', holder, holdId, price, newBookingId: `sold ${made}`, newReference: made };
      }
    }
  }

  #carryOut(
    kind: string,
    holdId: string,
    taken: readonly (readonly [string, string])[],
    prices: string | number[],
  ): void {
    const { seats } = this.#model;
    const made = `${kind[0]}${this.#n}`;
    if (kind === 'release') for (const [label] of taken) seats.delete(label);
    else if (kind === 'book') {
      for (const label of this.#model.of(holdId)) seats.set(label, { ...seats.get(label)!, of: `sold ${made}` });
    } else {
      // What the model refuses must not be done.
      expect(typeof prices).toBe('object');
      for (const [i, [label, type]] of taken.entries()) {
        const before = seats.get(label);
        const price = kind === 'retype' && before?.type === type ? before.price : (prices[i] as number);
        seats.set(label, { of: kind === 'hold' || kind === 'best' ? made : holdId, type, price });
      }
    }
  }
}

it('[TYPE-1] [TYPE-2] [TYPE-4] [TYPE-6] [RETYPE-2] every seat is sold as its type, at what that cost then', () => {
  const said = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(stepOf, { maxLength: 30, size: 'max' }), (steps) => {
      const beside = new Beside();
      for (const step of steps) {
        const what = beside.take(step);
        said.set(what, (said.get(what) ?? 0) + 1);
      }
    }),
    { numRuns: 3_000 },
  );
  // Sometimes: what never happened was not tried.
  const kinds = ['hold', 'add', 'best', 'retype', 'release', 'book'].map((kind) => `${kind} is done`);
  for (const what of [...kinds, 'unknown_ticket_type', 'ticket_type_limit']) {
    expect(said.get(what) ?? 0, what).toBeGreaterThan(20);
  }
}, 60_000);
