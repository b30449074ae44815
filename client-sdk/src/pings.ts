import type { ReplyMessage } from '../../src/protocol/server-messages.js';
import type { ServerClock } from './clock.js';
import type { Environment } from './environment.js';

/** A few at once to find one quick round trip, then rarely, to follow the drift. */
const FIRST_PINGS = 4;
const FIRST_EVERY_MS = 400;
const THEN_EVERY_MS = 30_000;

/** Asks the server for its time while a connection lasts, and gives the answers to the clock. */
export class Pings {
  readonly #environment: Environment;
  readonly #clock: ServerClock;
  readonly #send: () => number | undefined;
  /** The one ping that is out: id and when it left. A later one replaces it, so that nothing piles up. */
  #out: { readonly id: number; readonly sentAt: number } | undefined;
  #cancel: () => void = () => undefined;

  /** `send` sends a ping and returns its id, or undefined where there is no connection. */
  constructor(environment: Environment, clock: ServerClock, send: () => number | undefined) {
    this.#environment = environment;
    this.#clock = clock;
    this.#send = send;
  }

  start(): void {
    this.#next(0);
  }

  stop(): void {
    this.#cancel();
    this.#out = undefined;
  }

  ping(): void {
    const sentAt = this.#environment.now();
    const id = this.#send();
    if (id !== undefined) this.#out = { id, sentAt };
  }

  received(reply: ReplyMessage): void {
    if (reply.id !== this.#out?.id) return;
    if (reply.ok && reply.serverTime !== undefined) this.#clock.sample(this.#out.sentAt, reply.serverTime);
    this.#out = undefined;
  }

  #next(count: number): void {
    this.#cancel();
    this.ping();
    const wait = count + 1 < FIRST_PINGS ? FIRST_EVERY_MS : THEN_EVERY_MS;
    this.#cancel = this.#environment.setTimer(() => this.#next(count + 1), wait);
  }
}
