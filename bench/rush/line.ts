import { setTimeout as sleep } from 'node:timers/promises';
import { adviceForClose } from '../../src/protocol/close-codes.js';
import type { HoldExpired, ReplyMessage, Snapshot } from '../../src/protocol/server-messages.js';
import type { FrameReader } from '../load/frame-reader.js';
import { ClosedWhileOpening, LiveClient, type LiveCommand } from '../load/live-client.js';
import type { SocketTarget } from '../load/load-socket.js';
import type { BuyerPlan } from './buyer-plan.js';
import { bump, type Series, type Tally } from './tally.js';

export interface LineOptions {
  readonly target: Omit<SocketTarget, 'path' | 'subprotocol'>;
  readonly showtimeId: string;
  readonly seats: number;
  readonly plan: BuyerPlan;
  readonly reader: FrameReader;
  readonly tally: Tally;
}

export interface LineEvents {
  snapshot(snapshot: Snapshot): void;
  seatChanged(seat: number, status: number): void;
  holdExpired(message: HoldExpired): void;
}

const CONNECT_TRIES_MAX = 12;
const SENDINGS_MAX = 6;
/** How long a server may leave a client with a gap before the client stops trusting it to notice. */
const GAP_HEALED_WITHIN_MS = 5_000;

/** One buyer's line to the house: connects again when it breaks, sends again what was lost, and counts all of it. */
export class Line {
  readonly #client: LiveClient;
  #reopening: Promise<void> | undefined;
  #gapTimer: NodeJS.Timeout | undefined;
  #seenHouse = false;
  #leaving = false;
  /** True once it will not connect any more. */
  gone = false;

  readonly #options: LineOptions;

  constructor(options: LineOptions, events: LineEvents) {
    this.#options = options;

    const { counts, told } = options.tally;
    this.#client = new LiveClient({
      target: options.target,
      showtimeId: options.showtimeId,
      seats: options.seats,
      reader: options.reader,
      events: {
        lost: (code) => this.#lost(code),
        snapshot: (snapshot, surprises) => {
          this.#snapshot(surprises);
          events.snapshot(snapshot);
        },
        delta: (changes) => {
          counts.deltas++;
          counts.changes += changes;
        },
        seatChanged: events.seatChanged,
        gap: () => this.#gap(),
        holdExpired: events.holdExpired,
        told: (what) => bump(told, what),
      },
    });
  }

  get view() {
    return this.#client.view;
  }

  get holder(): string {
    return this.#client.holder;
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** Resolves when the house is in view, or when it is `gone`. */
  async connect(): Promise<void> {
    const { tally, plan } = this.#options;
    const { counts } = tally;
    for (let attempt = 1; attempt <= CONNECT_TRIES_MAX; attempt++) {
      try {
        const opened = await this.#client.open();
        counts.connected++;
        if (opened.recovered) counts.recovered++;
        else tally.latency('connect', opened.liveAfterMs);
        return;
      } catch (error) {
        if (!(error instanceof ClosedWhileOpening)) throw error;
        counts.failedConnects++;
        bump(tally.closes, `${error.message} (while opening)`);
        if (adviceForClose(error.code) === 'stop') break;
        await sleep(plan.wait(50, 250 * attempt));
      }
    }
    counts.abandoned++;
    this.gone = true;
  }

  /**
   * Sends a command and, where the connection is lost or the outcome is told to be unknown, the same again under the
   * same id: the promise is one effect and its first outcome. Undefined only where that never led to a reply.
   */
  async send(command: LiveCommand, series?: Series): Promise<ReplyMessage | undefined> {
    const { tally } = this.#options;
    for (let sending = 1; sending <= SENDINGS_MAX; sending++) {
      await this.#reopening;
      if (this.gone) return undefined;
      if (sending > 1) tally.counts.sentAgain++;
      const answer = await this.#client.command(command);
      if (!answer) {
        tally.counts.inFlightLost++;
        continue;
      }
      const { reply } = answer;
      if (series && sending === 1) tally.latency(reply.ok ? series : 'refusal', answer.latencyMs);
      if (reply.ok) return reply;
      bump(tally.refusals, reply.error.code);
      if (reply.error.outcome === 'not-applied') return reply;
      await sleep(reply.error.retryAfterMs ?? 100);
    }
    return undefined;
  }

  /** Breaks the line, as a lost network does; it is opened again. Nothing happens where it is broken already. */
  cut(): void {
    if (this.connected) this.#client.cut();
  }

  leave(): void {
    this.#leaving = true;
    clearTimeout(this.#gapTimer);
    this.#client.close();
  }

  #lost(code: number): void {
    clearTimeout(this.#gapTimer);
    if (this.#leaving) return;
    const { plan, tally } = this.#options;
    if (plan.reloads()) this.#client.forgetHouse();
    bump(tally.closes, String(code));
    if (adviceForClose(code) === 'stop') {
      this.gone = true;
      return;
    }
    // After the reopening under way, if any: a server can say welcome and close in one packet.
    const reopening = (this.#reopening ?? Promise.resolve())
      .then(() => sleep(plan.wait(20, 300)))
      .then(() => this.connect())
      .finally(() => {
        if (this.#reopening === reopening) this.#reopening = undefined;
      });
    this.#reopening = reopening;
  }

  #snapshot(surprises: number): void {
    const { counts } = this.#options.tally;
    if (this.#seenHouse) counts.resnapshot++;
    this.#seenHouse = true;
    clearTimeout(this.#gapTimer);
    counts.silentErrors += surprises;
  }

  #gap(): void {
    this.#options.tally.counts.gaps++;
    clearTimeout(this.#gapTimer);
    this.#gapTimer = setTimeout(() => {
      this.#options.tally.counts.unhealedGaps++;
      this.#client.cut();
    }, GAP_HEALED_WITHIN_MS);
  }
}
