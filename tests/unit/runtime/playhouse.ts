/**
 * One node over a memory journal and virtual time, with everything that leaves it written down in the order in which it
 * left: what the tests of the runtime look at.
 */
import { MemoryJournal } from '../../../src/adapters/memory/memory-journal.js';
import { type JournalCall, MemoryJournalClient } from '../../../src/adapters/memory/memory-journal-client.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Command } from '../../../src/core/command.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import type { Hold, HouseRules } from '../../../src/core/house.js';
import type { SeatMap } from '../../../src/core/seat-map.js';
import type { Log } from '../../../src/kernel/log.js';
import type { Timers } from '../../../src/kernel/timers.js';
import { Actor } from '../../../src/runtime/actor.js';
import type { ActorContext, ActorLimits } from '../../../src/runtime/actor-context.js';
import { type Audience, type EndReason, NO_FEED, type PublishedDelta } from '../../../src/runtime/audience.js';
import { GroupCommitter } from '../../../src/runtime/group-committer.js';
import type { Journal } from '../../../src/runtime/journal-port.js';
import type { Outcome, Recipient } from '../../../src/runtime/outcome.js';
import type { Terms } from '../../../src/runtime/playbill-port.js';
import type { Till } from '../../../src/runtime/till-port.js';
import { silentLog } from '../../silent-log.js';

export const START_MS = 1_760_000_000_000;
export const SHOWTIME = '00000000-0000-7000-8000-000000000001';
export const REPLAY_WINDOW_MS = 900_000;

export const RULES: HouseRules = {
  holdTtlMs: 60_000,
  seatsPerHold: 10,
  holdsPerHolder: 4,
  extensionsPerHold: 2,
  singleGap: 'off',
  distancing: 0,
  // Free of charge, so that whoever books knows what every hold costs.
  prices: [0],
  currency: 'EUR',
  salesOpen: true,
  bookAfterClose: true,
};

/** One row of seats, S-0 … S-(count-1); seat `S-i` has the index i. */
export function rowOf(count: number): SeatMap {
  const places = Array.from({ length: count }, (_, place) => place);
  return compileSeatMap({
    name: 'A row',
    size: { width: count * 30, height: 60 },
    focalPoint: { x: 0, y: 0 },
    categories: [{ name: 'Standard', color: '#445566' }],
    zones: [{ name: 'Main' }],
    rows: [{ label: 'S', zone: 0 }],
    seats: {
      label: places.map((place) => `S-${place}`),
      x: places.map((place) => place * 30),
      y: places.map(() => 30),
      category: places.map(() => 0),
      row: places.map(() => 0),
    },
    wheelchair: [],
    companions: [],
    pairs: [],
    areas: [],
    decorations: [],
  });
}

export const LIMITS: ActorLimits = {
  gatedMax: 1_000,
  commitWaitMsMax: 3_000,
  immediateWatchersMax: 50,
  tickMs: 40,
  changesPerDeltaMax: 700,
  historyMax: 256,
  replaysMax: 5_000,
};

/** Everything that left a node, in one order for all who listen. */
export type Seen =
  | { readonly to: string; readonly requestId: number; readonly outcome: Outcome }
  | { readonly delta: PublishedDelta }
  | { readonly expired: string; readonly seats: readonly number[] }
  | { readonly takenAway: string; readonly seats: readonly number[] }
  | { readonly own: string; readonly except: string | undefined }
  | { readonly terms: true }
  | { readonly restarted: true }
  | { readonly ended: EndReason };

export class Listener implements Recipient {
  readonly holder: string;
  waiting = 0;
  readonly #seen: Seen[];

  constructor(holder: string, seen: Seen[]) {
    this.holder = holder;
    this.#seen = seen;
  }

  reply(requestId: number, outcome: Outcome): void {
    this.#seen.push({ to: this.holder, requestId, outcome });
  }

  /** What it was answered, by request. */
  outcomes(requestId: number): Outcome[] {
    return this.#seen.flatMap((seen) =>
      'to' in seen && seen.to === this.holder && seen.requestId === requestId ? [seen.outcome] : [],
    );
  }
}

/** Takes every payment. */
export const TILL: Till = { charge: ({ method }) => ({ ok: true, method }) };

export class Watchers implements Audience {
  watching = 1;
  readonly #seen: Seen[];

  constructor(seen: Seen[]) {
    this.#seen = seen;
  }

  size(): number {
    return this.watching;
  }

  delta(delta: PublishedDelta): void {
    this.#seen.push({ delta });
  }

  expired(hold: Hold, seats: readonly number[]): void {
    this.#seen.push({ expired: hold.id, seats });
  }

  takenAway(hold: Hold): void {
    this.#seen.push({ takenAway: hold.id, seats: hold.seats });
  }

  own(holder: string, except: Recipient | undefined): void {
    this.#seen.push({ own: holder, except: except?.holder });
  }

  terms(): void {
    this.#seen.push({ terms: true });
  }

  restarted(): void {
    this.#seen.push({ restarted: true });
  }

  ended(reason: EndReason): void {
    this.#seen.push({ ended: reason });
  }
}

export interface PlayhouseOptions {
  readonly seats?: number;
  readonly rules?: Partial<HouseRules>;
  readonly limits?: Partial<ActorLimits>;
  readonly log?: Log;
}

export class Playhouse {
  readonly time = new VirtualTime(START_MS);
  readonly journal = new MemoryJournal(() => this.time.now());
  /** Of the actors that are opened from now on. */
  terms: Terms;
  readonly limits: ActorLimits;
  readonly seen: Seen[] = [];
  /** What befalls the next calls, one each; after them the way is clear. */
  readonly trips: Trip[] = [];
  readonly log: Log;
  readonly node: NodeParts;
  /** Whether the nodes may take what they run for theirs. */
  confirmed = true;
  #commands = 0;

  constructor({ seats = 12, rules = {}, limits = {}, log = silentLog }: PlayhouseOptions = {}) {
    this.terms = { map: rowOf(seats), mapHash: 'row', rules: { ...RULES, ...rules }, version: 1 };
    this.limits = { ...LIMITS, ...limits };
    this.log = log;
    this.node = this.startNode('node-1', () => this.trips.shift() ?? {});
  }

  startNode(writerId: string, trip: (call: JournalCall) => Trip, timers: Timers = this.time): NodeParts {
    const { journal, time } = this;
    const client = new MemoryJournalClient({ journal, timers, writerId, replayWindowMs: REPLAY_WINDOW_MS, trip });
    const committer = new GroupCommitter(client, time, timers, this.log);
    const { log, limits } = this;
    const confirmed = () => this.confirmed;
    return {
      journal: client,
      committer,
      context: { clock: time, timers, log, committer, till: TILL, limits, confirmed },
    };
  }

  /** An actor that has just taken over. */
  async openActor(node = this.node, watchers: Audience = new Watchers(this.seen)): Promise<Actor> {
    const claiming = node.journal.claim(SHOWTIME, node.committer.acknowledged);
    await this.time.advance(0);
    return new Actor(SHOWTIME, this.terms, await claiming, watchers, NO_FEED, node.context);
  }

  listener(holder: string): Listener {
    return new Listener(holder, this.seen);
  }

  /** Submits under a new command id, or that given; returns the id. */
  submit(actor: Actor, listener: Recipient, requestId: number, command: Command, commandId = this.commandId()): string {
    actor.submit({ requestId, commandId, command }, listener);
    return commandId;
  }

  commandId(): string {
    this.#commands++;
    return `00000000-0000-4000-8000-${String(this.#commands).padStart(12, '0')}`;
  }

  /** The seats as somebody sees them who watched from the empty house on. */
  watchedSeats(): string {
    const statuses = new Uint8Array(this.terms.map.count);
    for (const seen of this.seen)
      if ('delta' in seen) for (const [seat, code] of seen.delta.changes) statuses[seat] = code;
    return this.spell(statuses);
  }

  /** `.` available, `h` held, `b` booked, `x` blocked. */
  spell(statuses: Uint8Array): string {
    return [...statuses].map((code) => '.hbx'[code]).join('');
  }
}

export interface NodeParts {
  readonly journal: Journal;
  readonly committer: GroupCommitter;
  readonly context: ActorContext;
}

let made = 0;
/** Ids in the order of their making; UUIDs, for those journals that insist. */
export function newId(): string {
  made++;
  return `00000000-0000-7000-9000-${String(made).padStart(12, '0')}`;
}

export function hold(holder: string, seats: readonly number[], id = newId()): Command & { newHoldId: string } {
  return { type: 'hold', holder, seats: seats.map((seat) => `S-${seat}`), newHoldId: id };
}

export function book(holder: string, holdId: string): Command {
  const id = newId();
  return {
    type: 'book',
    holder,
    holdId,
    price: { amount: 0, currency: 'EUR' },
    newBookingId: id,
    newReference: `R${id.slice(-9)}`,
  };
}

/** Each reply and delta in a few letters, in their order: what order tests compare. */
export function story(seen: readonly Seen[]): string[] {
  return seen.map((one) => {
    if ('to' in one) return `${one.to}#${one.requestId} ${word(one.outcome)}`;
    if ('delta' in one)
      return `delta ${one.delta.seq} ${one.delta.changes.map(([s, c]) => `${s}${'.hbx'[c]}`).join(' ')}`;
    if ('expired' in one) return `expired ${one.seats.join(' ')}`;
    if ('takenAway' in one) return `taken away ${one.seats.join(' ')}`;
    if ('own' in one) return `own ${one.own}${one.except === undefined ? '' : ' elsewhere'}`;
    if ('terms' in one) return 'terms';
    return 'restarted' in one ? 'restarted' : `ended ${one.ended}`;
  });
}

export function word(outcome: Outcome): string {
  if (outcome.ok) return 'ok';
  return 'failure' in outcome ? outcome.failure : outcome.refusal.code;
}
