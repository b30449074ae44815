/**
 * A showtime with buyers, nodes that crash or are overtaken, and a journal on a bad way: what the model test drives.
 * Rules are not modelled again here. What is checked is what was promised: see `violations`.
 */
import { isDeepStrictEqual } from 'node:util';
import { MemoryJournal } from '../../../src/adapters/memory/memory-journal.js';
import { type LedgerCall, MemoryLedger } from '../../../src/adapters/memory/memory-ledger.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Command } from '../../../src/core/command.js';
import { Actor, type ActorContext } from '../../../src/runtime/actor.js';
import { NO_FEED } from '../../../src/runtime/audience.js';
import { GroupCommitter } from '../../../src/runtime/group-committer.js';
import type { Outcome, Recipient } from '../../../src/runtime/outcome.js';
import type { Batch, Claim, Slice, Timers } from '../../../src/runtime/ports.js';
import { silentLog } from '../../silent-log.js';
import { LIMITS, REPLAY_WINDOW_MS, RULES, rowOf, SHOWTIME, START_MS, TILL, word } from './playhouse.js';

const SEATS = 6;
const TERMS = { map: rowOf(SEATS), mapHash: 'row', rules: { ...RULES, holdTtlMs: 2_000 } };
const ACTOR_LIMITS = { ...LIMITS, commitWaitMsMax: 400, gatedMax: 6, historyMax: 8 };

/** One command of one buyer, with every try and every answer. */
export interface Order {
  readonly commandId: string;
  readonly who: string;
  readonly command: Command;
  readonly outcomes: Outcome[];
  tries: number;
  /** The answer to the newest try, once it came. */
  last: Outcome | undefined;
}

class RecordedJournal extends MemoryJournal {
  /** Seats after each commit, by epoch. */
  readonly states: { readonly epoch: number; readonly seats: string }[] = [];

  override claim(showtimeId: string, replayWindowMs: number, nodeName: string): Claim {
    const claim = super.claim(showtimeId, replayWindowMs, nodeName);
    this.#record();
    return claim;
  }

  override commit(writerId: string, batch: Batch): readonly Slice[] {
    const fenced = super.commit(writerId, batch);
    this.#record();
    return fenced;
  }

  seats(): string {
    const { holds, sold, blocks } = this.peek(SHOWTIME);
    const letters = Array.from({ length: SEATS }, (_, seat) =>
      blocks.has(seat) ? 'x' : sold.has(seat) ? 'b' : holds.has(seat) ? 'h' : '.',
    );
    return letters.join('');
  }

  #record(): void {
    this.states.push({ epoch: this.peek(SHOWTIME).epoch, seats: this.seats() });
  }
}

interface Node {
  readonly actor: Actor;
  isAlive: boolean;
}

export class ModelWorld {
  readonly time = new VirtualTime(START_MS);
  readonly journal = new RecordedJournal(() => this.time.now());
  readonly orders: Order[] = [];
  readonly violations: string[] = [];
  /** How often each kind of answer was heard: so that a test can tell that the rare ones were. */
  readonly heard = new Map<string, number>();
  readonly #trips: readonly Trip[];
  #nextTrip = 0;
  #isClear = false;
  #isClaimLost = false;
  #nodes: Node[] = [];
  #writers = 0;

  constructor(trips: readonly Trip[]) {
    this.#trips = trips;
  }

  get now(): Actor | undefined {
    const node = this.#nodes.at(-1);
    return node?.isAlive && !node.actor.ended ? node.actor : undefined;
  }

  /** The newest owner; one is made where there is none. */
  async owner(): Promise<Actor> {
    while (!this.now) await this.takeOver();
    return this.now as Actor;
  }

  /** A node that was overtaken and may not know it yet. */
  get zombie(): Actor | undefined {
    return this.#nodes.slice(0, -1).findLast(({ isAlive, actor }) => isAlive && !actor.ended)?.actor;
  }

  /** Another node claims, whatever the present owner thinks. */
  async takeOver(): Promise<void> {
    this.#writers++;
    const node: { isAlive: boolean; actor?: Actor } = { isAlive: true };
    // What a dead process had planned does not happen; what it had sent does.
    const timers: Timers = {
      after: (ms, call) => this.time.after(ms, () => void (node.isAlive && call())),
      soon: (call) => this.time.soon(() => void (node.isAlive && call())),
    };
    const options = { journal: this.journal, replayWindowMs: REPLAY_WINDOW_MS, timers: this.time };
    const ledger = new MemoryLedger({ ...options, writerId: `w${this.#writers}`, trip: (call) => this.#trip(call) });
    const committer = new GroupCommitter(ledger, this.time, timers, silentLog);
    const context: ActorContext = {
      clock: this.time,
      timers,
      log: silentLog,
      committer,
      till: TILL,
      limits: ACTOR_LIMITS,
      confirmed: () => true,
    };
    const claiming = ledger.claim(SHOWTIME).catch(() => undefined);
    let claim: Claim | 'waiting' | undefined = 'waiting';
    void claiming.then((made) => {
      claim = made;
    });
    while (claim === 'waiting') await this.time.step();
    if (!claim) return;
    const watcher = new Watcher(this, () => node.isAlive, claim as Claim);
    const actor = new Actor(SHOWTIME, TERMS, claim, watcher, NO_FEED, context);
    watcher.start(actor);
    node.actor = actor;
    this.#nodes.push(node as Node);
  }

  /** kill -9 of the newest owner. */
  crash(): void {
    const node = this.#nodes.at(-1);
    if (node) node.isAlive = false;
  }

  order(who: string, command: Command): Order {
    const commandId = `c${this.orders.length}`;
    const order: Order = { commandId, who, command, outcomes: [], tries: 0, last: undefined };
    this.orders.push(order);
    return order;
  }

  submit(actor: Actor, order: Order): void {
    order.tries++;
    order.last = undefined;
    const { commandId, command } = order;
    const node = this.#nodes.find((one) => one.actor === actor);
    const recipient: Recipient = {
      holder: order.who,
      waiting: 0,
      reply: (requestId, outcome) => {
        if (node?.isAlive) this.#hear(order, requestId, outcome);
      },
    };
    actor.submit({ requestId: order.tries, commandId, command }, recipient);
  }

  /** From here on the way is clear. */
  clearTheWay(): void {
    this.#isClear = true;
  }

  #trip(call: LedgerCall): Trip {
    if (this.#isClear) return {};
    const trip = this.#trips[this.#nextTrip++ % this.#trips.length] ?? {};
    // Whoever claims tries again until it works: twice in a row is enough of failing.
    const isLostAgain = call === 'claim' && trip.lost !== undefined && this.#isClaimLost;
    if (call === 'claim') this.#isClaimLost = trip.lost !== undefined && !isLostAgain;
    return isLostAgain ? {} : trip;
  }

  #hear(order: Order, requestId: number, outcome: Outcome): void {
    this.heard.set(word(outcome), (this.heard.get(word(outcome)) ?? 0) + 1);
    order.outcomes.push(outcome);
    if (requestId === order.tries) order.last = outcome;
    if (!outcome.ok || (outcome.type === 'seats' && outcome.seats.length === 0)) return;
    const { reply } = this.journal.resultOf(SHOWTIME, order.who, order.commandId) ?? {};
    if (!isDeepStrictEqual(reply, outcome))
      this.violations.push(`${order.commandId} was told yes, and it is not in the journal`);
  }
}

/** Follows one life of an actor from its first snapshot, as a client does. */
class Watcher {
  readonly #world: ModelWorld;
  readonly #isAlive: () => boolean;
  readonly #epoch: number;
  #seats: string[] = [];
  #seq = 0;
  #state: number;

  constructor(world: ModelWorld, isAlive: () => boolean, claim: Claim) {
    this.#world = world;
    this.#isAlive = isAlive;
    this.#epoch = claim.epoch;
    this.#state = world.journal.states.findIndex(({ epoch }) => epoch === claim.epoch);
  }

  start(actor: Actor): void {
    this.#seats = [...actor.statuses].map((code) => '.hbx'[code] ?? '?');
    this.#seek('the first snapshot');
  }

  size(): number {
    return 1;
  }

  delta({ seq, changes }: { seq: number; changes: readonly (readonly [number, number])[] }): void {
    if (!this.#isAlive()) return;
    if (seq !== this.#seq + 1) this.#world.violations.push(`delta ${seq} after ${this.#seq}`);
    this.#seq = seq;
    for (const [seat, code] of changes) {
      const letter = '.hbx'[code] ?? '?';
      if (this.#seats[seat] === letter) this.#world.violations.push(`delta ${seq} changes nothing at ${seat}`);
      this.#seats[seat] = letter;
    }
    this.#seek(`delta ${seq}`);
  }

  expired(): void {}
  own(): void {}
  restarted(): void {}

  ended(): void {}

  /** What is shown is what the journal had after some commit under our epoch, and never an earlier one than before. */
  #seek(what: string): void {
    const { states } = this.#world.journal;
    const shown = this.#seats.join('');
    const found = states.findIndex(
      ({ epoch, seats }, i) => i >= this.#state && epoch === this.#epoch && seats === shown,
    );
    if (found < 0) this.#world.violations.push(`${what} of epoch ${this.#epoch} shows ${shown}, which never was`);
    else this.#state = found;
  }
}
