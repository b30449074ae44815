import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldView, ReplyMessage, Snapshot } from '../../src/protocol/server-messages.js';
import type { FrameReader } from '../load/frame-reader.js';
import { AVAILABLE, BLOCKED, BOOKED, HELD } from '../load/house-view.js';
import type { LiveCommand } from '../load/live-client.js';
import type { SocketTarget } from '../load/load-socket.js';
import { BuyerPlan, type Party } from './buyer-plan.js';
import type { HallKnowledge } from './hall.js';
import { Line } from './line.js';
import { pickSeats } from './pick-seats.js';
import type { Series, Tally } from './tally.js';
import { type Claims, Witness } from './witness.js';

export interface BuyerOptions {
  readonly target: Omit<SocketTarget, 'path' | 'subprotocol'>;
  readonly showtimeId: string;
  readonly seed: number;
  readonly index: number;
  readonly hall: HallKnowledge;
  readonly reader: FrameReader;
  readonly tally: Tally;
}

const TRIES_A_PARTY_MAX = 12;
/** A line that breaks so soon after a command breaks before it, in the middle of it, or just before the reply. */
const IN_FLIGHT_MS_MAX = 12;

/** One client of the rush: buys by its plan, follows the deltas, and remembers what it was told. */
export class Buyer {
  readonly #plan: BuyerPlan;
  readonly #line: Line;
  readonly #hall: HallKnowledge;
  readonly #tally: Tally;
  readonly #witness = new Witness();
  /** Seat index to when the server said that it is ours and the map did not show it yet. */
  readonly #ownUnseen = new Map<number, number>();
  #selling = true;

  constructor(options: BuyerOptions) {
    const { target, showtimeId, hall, reader, tally } = options;
    this.#plan = new BuyerPlan(options.seed, options.index);
    this.#hall = hall;
    this.#tally = tally;
    this.#line = new Line(
      { target, showtimeId, seats: hall.labels.length, plan: this.#plan, reader, tally },
      {
        snapshot: (snapshot) => this.#snapshot(snapshot),
        seatChanged: (seat, status) => this.#seatChanged(seat, status),
        holdExpired: ({ holdId }) => {
          tally.counts.expirations++;
          this.#witness.ended(holdId);
        },
      },
    );
  }

  get view() {
    return this.#line.view;
  }

  get connected(): boolean {
    return this.#line.connected;
  }

  claims(): Claims {
    return this.#witness.claims(this.#line.holder);
  }

  /** Resolves when the house is in view, or when there is no hope of that. */
  connect(): Promise<void> {
    return this.#line.connect();
  }

  /** Buys party after party until told to stop, or until nothing is left to wait for. */
  async buy(): Promise<void> {
    await sleep(this.#plan.arrivalMs);
    const { disconnectAfterMs } = this.#plan;
    if (disconnectAfterMs !== undefined) setTimeout(() => this.#selling && this.#line.cut(), disconnectAfterMs);
    while (this.#selling && !this.#line.gone && !this.#soldOut()) {
      const party = this.#plan.party();
      const hold = await this.#take(party);
      if (hold) await this.#settle(hold, party);
      if (this.#selling) await sleep(party.pauseMs);
    }
  }

  /** No new party or try from now on; what is under way is finished. */
  stop(): void {
    this.#selling = false;
  }

  leave(): void {
    this.#line.leave();
  }

  #soldOut(): boolean {
    return !this.view.stale && this.view.statuses.every((status) => status === BOOKED || status === BLOCKED);
  }

  /** A hold for this party, or undefined where it lost its patience. */
  async #take(party: Party): Promise<HoldView | undefined> {
    for (let attempt = 0; attempt < TRIES_A_PARTY_MAX && this.#selling && !this.#line.gone; attempt++) {
      const wish = this.#wish(party);
      if (wish) {
        this.#tally.counts.holdAttempts++;
        if (party.losesLine === 'holding') this.#cutSoon();
        const reply = await this.#send({ ...wish, commandId: randomUUID() }, 'hold');
        if (reply?.ok && reply.hold) {
          this.#tally.counts.holds++;
          this.#gotHold(reply.hold);
          return reply.hold;
        }
        if (reply?.ok === false && reply.error.retryAfterMs !== undefined) await sleep(reply.error.retryAfterMs);
      } else if (this.#soldOut()) {
        return undefined;
      }
      // Somebody was faster, or nothing is free while others think: look again, as people do.
      await sleep(wish ? this.#plan.wait(30, 250) : this.#plan.wait(200, 800));
    }
    return undefined;
  }

  #wish(party: Party) {
    if (party.wish === 'best_available') return { type: 'best_available', count: party.count } as const;
    const seats = pickSeats(this.#hall, this.view.statuses, party.count, this.#plan.choice());
    if (seats.length === 0) return undefined;
    return { type: 'hold', seats: seats.map((seat) => this.#hall.labels[seat] ?? '') } as const;
  }

  #gotHold(hold: HoldView): void {
    this.#witness.held(hold);
    const now = performance.now();
    for (const label of hold.seats) {
      const seat = this.#hall.indexOf.get(label) ?? -1;
      if (this.view.statuses[seat] === HELD) this.#tally.latency('ownDelta', 0);
      else this.#ownUnseen.set(seat, now);
    }
  }

  async #settle(hold: HoldView, party: Party): Promise<void> {
    await sleep(party.thinkMs);
    // Closing time finds some with a hold in hand: those are what the verdict looks for among the live holds.
    if (!this.#selling || party.fate === 'walk_away') return;
    if (party.fate === 'release') {
      await this.#release(hold);
      return;
    }
    if (party.fate === 'extend_and_book') {
      const reply = await this.#change(hold, { type: 'extend', commandId: randomUUID(), holdId: hold.id });
      if (reply?.ok) this.#tally.counts.extensions++;
    }
    if (party.fate === 'give_one_back_and_book' && hold.seats.length > 1) {
      await this.#release(hold, hold.seats.slice(0, 1));
    }
    if (party.fate === 'drop_out_and_book') this.#line.cut();
    if (party.losesLine === 'booking') this.#cutSoon();
    await this.#book(hold);
  }

  #cutSoon(): void {
    setTimeout(() => this.#line.cut(), this.#plan.wait(0, IN_FLIGHT_MS_MAX));
  }

  async #release(hold: HoldView, seats?: readonly string[]): Promise<void> {
    const command = { type: 'release', commandId: randomUUID(), holdId: hold.id } as const;
    const reply = await this.#change(hold, seats ? { ...command, seats: [...seats] } : command);
    if (!reply?.ok) return;
    this.#tally.counts.releases++;
    if (!reply.hold) this.#witness.ended(hold.id);
    // What is free again within one tick of the server was never on the map, and is not waited for.
    for (const label of reply.seats ?? []) this.#ownUnseen.delete(this.#hall.indexOf.get(label) ?? -1);
  }

  async #book(hold: HoldView): Promise<void> {
    const payment = { method: 'test' } as const;
    const command = { type: 'book', commandId: randomUUID(), holdId: hold.id, payment, price: hold.price } as const;
    const reply = await this.#change(hold, command, 'book');
    if (reply?.ok === false && reply.error.outcome === 'not-applied') this.#witness.refusedToBook(hold.id);
    if (!reply?.ok || !reply.booking) return;
    this.#tally.counts.bookings++;
    this.#witness.booked(hold.id, reply.booking);
  }

  /** Sends a command about a hold; the witness knows what is in doubt meanwhile. */
  async #change(hold: HoldView, command: LiveCommand, series?: Series): Promise<ReplyMessage | undefined> {
    this.#witness.doubt(hold.id);
    const reply = await this.#send(command, series);
    if (reply?.ok && reply.hold) this.#witness.held(reply.hold);
    if (reply?.ok === false) {
      const { code } = reply.error;
      if (code === 'hold_expired' || code === 'unknown_hold') this.#witness.ended(hold.id);
      else if (reply.error.outcome === 'not-applied') this.#witness.trust(hold.id);
    }
    return reply;
  }

  async #send(command: LiveCommand, series?: Series): Promise<ReplyMessage | undefined> {
    const reply = await this.#line.send(command, series);
    if (!reply) this.#witness.unanswered();
    return reply;
  }

  #snapshot(snapshot: Snapshot): void {
    this.#ownUnseen.clear();
    this.#tally.counts.forgotten += this.#witness.check(snapshot.holds, snapshot.bookings, Date.now());
  }

  #seatChanged(seat: number, status: number): void {
    if (this.#ownUnseen.size === 0 || status === AVAILABLE) return;
    const since = this.#ownUnseen.get(seat);
    if (since === undefined) return;
    this.#ownUnseen.delete(seat);
    this.#tally.latency('ownDelta', performance.now() - since);
  }
}
