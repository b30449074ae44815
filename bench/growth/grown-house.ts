import { apply } from '../../src/core/apply.js';
import { compileSeatMap } from '../../src/core/compile-seat-map.js';
import { AVAILABLE, type House, type HouseState } from '../../src/core/house.js';
import { makeHouse } from '../../src/core/make-house.js';
import type { SeatMap } from '../../src/core/seat-map.js';
import { encodeServerFrame } from '../../src/protocol/encode.js';
import { packStatuses, SEAT_STATUSES } from '../../src/protocol/seat-status.js';
import { PublishedView } from '../../src/runtime/published-view.js';
import { seededRandom } from '../rush/random.js';
import { growthHall } from './hall.js';
import { GROWTH_RULES, medianOf, timeSearch } from './hard-searches.js';
import { FILLS, stateOf } from './house-states.js';

const BATCH = 16;
const BATCHES = 400;
const SNAPSHOTS = 50;
const OPENINGS = 5;
const HISTORY = 64;
const WANTED = 32;
const NOTHING: HouseState = { holds: [], bookings: [], blocked: [] };
const CHANGES_MAX = 1_000;

/** A house of one size, half sold, and how long what is done to it takes; all in microseconds. */
export class GrownHouse {
  readonly map: SeatMap;
  readonly #state: HouseState;
  readonly #house: House;
  /** The free seats that everybody wants first: as many at any size, so that they are as near the processor. */
  readonly #wanted: readonly string[];
  readonly #free: readonly string[];
  readonly #taken: readonly string[];
  #serial = 0;

  constructor(seats: number) {
    this.map = compileSeatMap(growthHall(seats));
    const fill = FILLS['half sold'];
    if (!fill) throw new Error('There is no half sold house.');
    this.#state = stateOf(this.map, fill);
    // The gap rule would refuse some single seats at random; it is measured with the searches.
    this.#house = makeHouse(this.map, { ...GROWTH_RULES, singleGap: 'off' }, this.#state);
    const ordinary = this.map.data.seats.label.filter((_, seat) => this.map.isOrdinary[seat] === 1);
    const isFree = (label: string) => this.#house.status[this.map.indexOf.get(label) ?? -1] === AVAILABLE;
    this.#free = shuffled(ordinary.filter(isFree));
    const byFocal = Array.from(this.map.seatsByFocal, (seat) => this.map.data.seats.label[seat] ?? '');
    const free = new Set(this.#free);
    this.#wanted = byFocal.filter((label) => free.has(label)).slice(0, WANTED);
    this.#taken = shuffled(ordinary.filter((label) => !isFree(label)));
  }

  /** Another house of the same map, with nothing sold. */
  another(): House {
    return makeHouse(this.map, GROWTH_RULES, NOTHING);
  }

  times() {
    return {
      hold: this.#hold(this.#wanted),
      holdAnywhere: this.#hold(this.#free),
      refused: this.#refused(),
      search: timeSearch({ what: 'party of two', house: this.#house, wish: { count: 2 } }),
      ...this.#frames(),
      open: this.#open(),
    };
  }

  /** In batches, since one takes about as long as reading the clock. */
  #hold(from: readonly string[]): number {
    const micros: number[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const commands = Array.from({ length: BATCH }, (_, i) => this.#command(from, batch * BATCH + i));
      micros.push(timeBatch(() => commands.every((command) => apply(this.#house, command, 0).reply.ok)));
      for (const { holder, newHoldId: holdId } of commands) apply(this.#house, { type: 'release', holder, holdId }, 0);
    }
    return medianOf(micros);
  }

  #refused(): number {
    const micros: number[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const commands = Array.from({ length: BATCH }, (_, i) => this.#command(this.#taken, batch * BATCH + i));
      micros.push(timeBatch(() => commands.every((command) => !apply(this.#house, command, 0).reply.ok)));
    }
    return medianOf(micros);
  }

  #command(from: readonly string[], n: number) {
    const newHoldId = `hold-${this.#serial++}`;
    const holder = `holder-${n % BATCH}`;
    return { type: 'hold', holder, newHoldId, seats: [from[n % from.length] ?? ''] } as const;
  }

  #frames(): { delta: number; snapshot: number } {
    const view = PublishedView.of(this.#house, HISTORY);
    const [deltas, snapshots]: [number[], number[]] = [[], []];
    for (let batch = 0; batch < BATCHES; batch++) {
      deltas.push(timeBatch(() => this.#deltas(view, batch)));
    }
    for (let i = 0; i < SNAPSHOTS; i++) {
      const since = performance.now();
      const seats = packStatuses(view.statuses);
      const frame = encodeServerFrame(
        { type: 'snapshot', epoch: 1, seq: i, seats, holds: [], bookings: [] },
        'msgpack',
      );
      snapshots.push((performance.now() - since) * 1_000);
      if (frame.length < seats.length) throw new Error('A snapshot without all its seats.');
    }
    return { delta: medianOf(deltas), snapshot: medianOf(snapshots) };
  }

  /** A batch of deltas of one seat, each cut and encoded. */
  #deltas(view: PublishedView, batch: number): boolean {
    const isEven = batch % 2 === 0;
    for (let i = 0; i < BATCH; i++) {
      const seats = [(batch >> 1) * BATCH + i].map((n) => n % this.map.count);
      view.publish(isEven ? { type: 'blocked', seats, reason: '' } : { type: 'unblocked', seats });
      for (let cut = view.cut(CHANGES_MAX); cut !== undefined; cut = view.cut(CHANGES_MAX)) {
        const changes = cut.changes.map(([seat, code]) => [seat, SEAT_STATUSES[code] ?? 'blocked'] as const);
        encodeServerFrame({ type: 'delta', epoch: 1, seq: cut.seq, changes }, 'msgpack');
      }
    }
    return true;
  }

  /** From what Postgres remembers of a half sold house to one that sells, with its published view. */
  #open(): number {
    const micros: number[] = [];
    for (let i = 0; i < OPENINGS; i++) {
      const since = performance.now();
      const house = makeHouse(this.map, GROWTH_RULES, this.#state);
      const view = PublishedView.of(house, HISTORY);
      micros.push((performance.now() - since) * 1_000);
      if (view.statuses.length !== this.map.count) throw new Error('A view without all its seats.');
    }
    return medianOf(micros);
  }
}

/** Microseconds of one of a batch. @throws Error where `work` says that something did not go as it must. */
function timeBatch(work: () => boolean): number {
  const since = performance.now();
  const isDone = work();
  const micros = ((performance.now() - since) * 1_000) / BATCH;
  if (!isDone) throw new Error('A batch was not answered as it must be.');
  return micros;
}

function shuffled(labels: readonly string[]): string[] {
  const draw = seededRandom(7);
  const keyed = labels.map((label) => ({ label, key: draw() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ label }) => label);
}
