/** A real house beside its model, and all that is known of the house from its changes alone. */
import { expect } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import { nextExpiry } from '../../../src/core/expiry.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import type { Applied } from '../../../src/core/reply.js';
import type { SeatMap } from '../../../src/core/seat-map.js';
import { Rows } from './commands-rows.js';
import { houseOf, labels, picture } from './halls.js';
import type { Hall, Limits, Model } from './house-model.js';

export const LIMITS: Limits = {
  seatsPerHold: 4,
  holdsPerHolder: 2,
  extensionsPerHold: 1,
  holdTtlMs: 40,
  distancing: 0,
};

export function hallOf(map: SeatMap): Hall {
  const name = (seat: number) => map.data.seats.label[seat]!;
  const pairs = map.data.pairs.map(([left, right]) => [name(left), name(right)] as const);
  const companions = map.data.companions.map(([seat, space]) => [name(seat), name(space)] as const);
  return {
    all: map.data.seats.label,
    // Around a table nobody is at an end: it goes on before the first and after the last.
    lines: map.blocks.map((block, index) => {
      const line = labels(map, [...block]);
      return map.isRing[index] === 1 ? [...line, ...line, ...line] : line;
    }),
    mates: new Map(pairs.flatMap(([left, right]) => [[left, right] as const, [right, left] as const])),
    spaces: new Map(companions),
    tables: new Map(
      (map.data.tables ?? []).flatMap((table) => table.map((seat) => [name(seat), table.map(name)] as const)),
    ),
  };
}

export const PRICE = 1000;
const STATUSES = ['available', 'held', 'booked', 'blocked'];

export class HouseWorld {
  now = 1000;
  /** Counts the commands: ids are made of it. */
  serial = 0;
  readonly story: string[] = [];
  readonly #map: SeatMap;
  readonly #rules: Partial<HouseRules>;
  readonly #heard: Map<string, number>;
  readonly #rows = new Rows();
  #house: House;
  /** Is told the same, and must say the same, to the byte. */
  #twin: House;

  constructor(map: SeatMap, rules: Partial<HouseRules>, heard: Map<string, number>) {
    this.#map = map;
    this.#rules = rules;
    this.#heard = heard;
    this.#house = houseOf(map, rules);
    this.#twin = houseOf(map, rules);
  }

  take(model: Model, command: Command): void {
    this.serial++;
    const judged = model.judge(command, this.now);
    const before = picture(this.#house);
    const applied = apply(this.#house, command, this.now);
    const said = this.#verdict(applied);
    this.story.push(`${this.now}: ${JSON.stringify(command)} → ${said}`);
    this.#count(said);
    must(JSON.stringify(apply(this.#twin, command, this.now)), JSON.stringify(applied));
    this.#rows.follow(applied.changes);
    if (applied.reply.ok) {
      const found = 'hold' in applied.reply && applied.reply.hold ? labels(this.#map, applied.reply.hold.seats) : [];
      if (command.type === 'best_available') this.#expectGood(model, command, found);
      must(said, judged);
      model.carryOut(command, this.now, found);
    } else {
      must(said, this.#mayRefuse(model, command, said) ? said : judged);
      must(applied.changes.length, 0);
      must(picture(this.#house), before);
    }
    this.compare(model);
  }

  pass(model: Model, ms: number): void {
    this.now += ms;
    this.story.push(`${this.now}: ${ms} ms later`);
    this.compare(model);
  }

  /** The house is gone, and comes back from what is on record of it. */
  reload(model: Model, withoutDue: boolean): void {
    this.#count(withoutDue ? 'reload without what is due' : 'reload');
    this.story.push(`${this.now}: reload${withoutDue ? ' without what is due' : ''}`);
    if (withoutDue) this.#rows.sweep(this.now);
    this.#house = houseOf(this.#map, this.#rules, this.#rows.state());
    this.#twin = houseOf(this.#map, this.#rules, this.#rows.state());
    model.reload(this.now, withoutDue);
    this.compare(model);
  }

  /** House, model and rows must tell of the same house. */
  compare(model: Model): void {
    const { ownerOf, status } = this.#house;
    assertHouse(this.#house);
    for (const [seat, code] of status.entries())
      must([STATUSES[code], ownerOf[seat]].join(' ').trim(), this.#rows.at(seat));
    must(this.#spellHouse(), this.#spellModel(model));
    for (const [left, right] of this.#map.data.pairs) must(ownerOf[left], ownerOf[right]);
  }

  #count(what: string): void {
    this.#heard.set(what, (this.#heard.get(what) ?? 0) + 1);
  }

  #verdict({ reply }: Applied): string {
    if (reply.ok) return 'ok';
    if (reply.refusal.code !== 'seat_rule') return reply.refusal.code;
    const [first] = reply.refusal.conflicts;
    const isWhole = ['pair_split', 'companion_alone', 'table_split'].includes(first?.reason ?? '');
    return isWhole ? 'pair_split or companion_alone' : (first?.reason ?? 'seat_rule of nothing');
  }

  /** What the model leaves open. */
  #mayRefuse(model: Model, command: Command, said: string): boolean {
    if (model.judge(command, this.now) !== 'ok') return false;
    const mayLeaveGap = command.type === 'hold' || (command.type === 'release' && command.seats !== undefined);
    if (mayLeaveGap) return said === 'single_gap' && (this.#rules.singleGap ?? 'off') !== 'off';
    const isRuled =
      model.rules.distancing > 0 || model.hall.mates.size + model.hall.spaces.size + model.hall.tables.size > 0;
    return command.type === 'best_available' && said === 'none_available' && isRuled;
  }

  /** A search may choose as it likes, and must keep every rule. */
  #expectGood(
    model: Model,
    { holder, count, channel = 'web' }: { holder: string; count: number; channel?: string },
    found: readonly string[],
  ): void {
    for (const label of found) must(model.isOpenTo(label, channel), true);
    must(new Set(found).size, count);
    must(model.broken(holder, found, []), undefined);
  }

  #spellHouse(): string {
    const names = (seats: readonly number[]) => labels(this.#map, seats).sort().join(' ');
    return spell(
      this.#map.data.seats.label.map((label, seat) => `${label} ${STATUSES[this.#house.status[seat] ?? 9]}`),
      [...this.#house.holds].map(
        ([id, h]) => `${id} ${h.holder} ${names(h.seats)} ${h.expiresAt} ${h.extensions} ${h.orderId}`,
      ),
      [...this.#house.bookings].map(
        ([id, b]) => `${id} ${b.holder} ${names(b.seats)} ${b.status} ${b.price.amount / PRICE} ${b.orderId}`,
      ),
      nextExpiry(this.#house),
    );
  }

  #spellModel(model: Model): string {
    const { holds, bookings, allocated } = model;
    const ends = [...holds.values(), ...allocated.values()].map(({ until }) => until).filter(Number.isFinite);
    return spell(
      model.hall.all.map((label) => `${label} ${model.statusOf(label)}`),
      [...holds].map(
        ([id, h]) => `${id} ${h.holder} ${h.seats.toSorted().join(' ')} ${h.until} ${h.extended} ${h.orderId}`,
      ),
      [...bookings].map(
        ([id, b]) =>
          `${id} ${b.holder} ${b.seats.toSorted().join(' ')} ${b.cancelled ? 'cancelled' : 'confirmed'} ${b.seats.length} ${b.orderId}`,
      ),
      ends.length === 0 ? undefined : Math.min(...ends),
    );
  }
}

/** As `expect`, which costs more than a command does, but only where they differ. */
function must(is: unknown, shouldBe: unknown): void {
  if (is !== shouldBe) expect(is).toBe(shouldBe);
}

/** All of a house in words, a line a seat, hold and booking. */
function spell(seats: string[], holds: string[], bookings: string[], nextEnd: number | undefined): string {
  return [...seats, ...holds.sort(), ...bookings.sort(), `next end ${nextEnd}`].join('\n');
}
