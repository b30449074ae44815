/** A client without a server: commands are answered by the test, the state is what the test says. */
import { Countdown, type TimeLeft } from '../../../client-sdk/src/countdown.js';
import { platformEnvironment } from '../../../client-sdk/src/environment.js';
import { holdPlaces } from '../../../client-sdk/src/hold-places.js';
import {
  type ClientEvents,
  type ClientState,
  type HoldView,
  SEAT_STATUSES,
  type ShowtimeClient,
} from '../../../client-sdk/src/index.js';
import type { SeatMapDocument } from '../../../src/protocol/seat-map-document.js';

type Answer = (...args: never[]) => Promise<unknown>;

export class FakeClient {
  state: ClientState;
  readonly calls: unknown[][] = [];
  answers: Record<string, Answer> = {};
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Map<string, Set<(value: never) => void>>();
  now = 0;

  constructor(readonly document: SeatMapDocument) {
    this.state = {
      connection: { state: 'connected' },
      stale: false,
      epoch: 1,
      seq: 1,
      seatMap: { hash: 'h', url: '/h', seats: document.seats.label.length },
      statuses: new Uint8Array(document.seats.label.length),
      counts: { available: 0, held: 0, booked: 0, blocked: 0 },
      holds: [],
      bookings: [],
      rules: { singleGap: 'lenient', distancing: 0 },
      busy: false,
      limits: undefined,
      terms: undefined,
      session: undefined,
      holder: undefined,
    };
  }

  /** What the code under test sees. */
  get client(): ShowtimeClient {
    return this as unknown as ShowtimeClient;
  }

  set(change: Partial<ClientState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of [...this.#watchers]) watcher();
  }

  emit<Name extends keyof ClientEvents>(name: Name, value: ClientEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(value as never);
  }

  connect(): void {}
  close(): void {}
  getSnapshot(): ClientState {
    return this.state;
  }
  subscribe(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
  on(name: string, listener: (value: never) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }
  seatMap(): Promise<SeatMapDocument> {
    return Promise.resolve(this.document);
  }
  remainingMs(holdId: string): number {
    const hold = this.state.holds.find(({ id }) => id === holdId);
    return Math.max(0, (hold?.expiresAt ?? 0) - this.now);
  }
  countdown(listener: (left: TimeLeft | undefined) => void): () => void {
    const held = { holds: () => this.state.holds, remainingMs: (holdId: string) => this.remainingMs(holdId) };
    const countdown = new Countdown(platformEnvironment({}), held, listener);
    const stop = this.subscribe(() => countdown.look());
    return () => {
      stop();
      countdown.stop();
    };
  }
  nearestAvailable(): string | undefined {
    return 'A-4';
  }
  hold(seats: readonly string[], options?: { holdId?: string }) {
    return this.#answer('hold', seats, options);
  }
  holdPlaces(area: number, count: number, options: { holdId?: string } = {}) {
    return holdPlaces(this.client, this.document, area, count, options, () => 0);
  }
  statusOf(index: number) {
    return SEAT_STATUSES[this.state.statuses[index] ?? 3];
  }
  release(holdId: string, seats?: readonly string[]) {
    return this.#answer('release', holdId, seats);
  }
  bestAvailable(wish: object) {
    return this.#answer('bestAvailable', wish);
  }

  #answer(name: string, ...args: unknown[]): Promise<unknown> {
    this.calls.push([name, ...args]);
    const answer = this.answers[name];
    if (!answer) throw new Error(`The test gives no answer to ${name}.`);
    return answer(...(args as never[]));
  }
}

export const holdOf = (seats: readonly string[], expiresAt = 300_000, id = 'hold-1'): HoldView => ({
  id,
  seats,
  expiresAt,
  extensionsLeft: 1,
  price: { amount: 1200 * seats.length, currency: 'EUR' },
});

/** A refusal as the SDK reports it. */
export const refusal = (code: string, conflicts?: readonly { seat: string; reason: string }[]) => ({
  ok: false,
  error: { code, message: code, retryable: false, outcome: 'not-applied', ...(conflicts ? { conflicts } : {}) },
});
