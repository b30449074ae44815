import { CLOSE } from '../../src/protocol/close-codes.js';
import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import type { SeatStatus } from '../../src/protocol/seat-status.js';
import type { ServerMessage, Welcome } from '../../src/protocol/server-messages.js';
import { SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from '../../src/protocol/version.js';
import type { ClientOptions, ShownHold, ShowtimeClient } from './client.js';
import type { ClientEvents, ClientState } from './client-state.js';
import { ServerClock } from './clock.js';
import type { BestAvailableWish, Command, CommandOptions, HoldOptions, Payment, StaffCommand } from './commands.js';
import { Connection } from './connection.js';
import type { ConnectionState } from './connection-state.js';
import type { TimeLeft } from './countdown.js';
import { type Endpoints, endpointsOf } from './endpoints.js';
import type { Environment } from './environment.js';
import { holdPlaces } from './hold-places.js';
import { nearestAvailable } from './nearest-available.js';
import { Pings } from './pings.js';
import { type OkResult, type Outcome, Requests } from './requests.js';
import {
  type ActResult,
  type BestAvailableResult,
  type BookingResult,
  clientError,
  type HoldResult,
  type Refused,
  type ReleaseResult,
} from './results.js';
import { loadSeatMap } from './seat-map-cache.js';
import { Session } from './session.js';
import { ShowtimeState } from './showtime-state.js';

const REPLY_TIMEOUT_MS = 8_000;

/** Brings together what each knows one thing: the connection, the commands on their way, the clock and the state. */
export class LiveClient implements ShowtimeClient {
  readonly #environment: Environment;
  readonly #endpoints: Endpoints;
  readonly #waitForConnectionMs: number;
  readonly #session: Session;
  readonly #clock: ServerClock;
  readonly #state: ShowtimeState;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #pings: Pings;
  #lastId = 0;

  constructor(options: ClientOptions, environment: Environment) {
    const { url = globalThis.location?.origin, showtimeId, session, token, sessionStore, encoding } = options;
    this.#environment = environment;
    this.#endpoints = endpointsOf(url, showtimeId);
    this.#waitForConnectionMs = options.waitForConnectionMs ?? 0;
    this.#session = new Session(session, token, sessionStore);
    this.#clock = new ServerClock(environment);
    this.#state = new ShowtimeState(environment, this.#clock);
    // JSON is offered too, so that a server without MessagePack still talks.
    const protocols = encoding === 'json' ? [SUBPROTOCOL_JSON] : [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON];
    this.#connection = new Connection(environment, this.#endpoints.live, protocols, {
      prepare: () => this.#session.renew(),
      hello: () => ({ type: 'hello', token: this.#session.token, resume: this.#state.house.position }),
      received: (message) => this.#received(message),
      changed: (state) => this.#connectionChanged(state),
      lost: () => {
        this.#pings.stop();
        this.#requests.connectionLost();
      },
      unreadable: (cause) => this.#startOver(cause),
      mendHello: (code) => code === CLOSE.unauthorized && (this.#session.askAgain() || this.#becomeNewGuest()),
      woken: () => this.#state.lookAtTime(),
      probe: () => this.#pings.ping(),
      serverNow: this.serverNow,
    });
    this.#requests = new Requests(environment, options.replyTimeoutMs ?? REPLY_TIMEOUT_MS, {
      nextId: () => ++this.#lastId,
      send: (message) => this.#connection.send(message),
      started: (command) => this.#state.started(command),
      settled: (command, outcome) => this.#state.settled(command, outcome),
    });
    this.#pings = new Pings(environment, this.#clock, () => {
      const id = ++this.#lastId;
      return this.#connection.send({ type: 'ping', id }) ? id : undefined;
    });
  }

  connect = (): Promise<ConnectionState> => {
    this.#connection.connect();
    return this.#when(({ connection }) => /^(connected|failed|closed)$/.test(connection.state) && connection);
  };

  close = (): void => this.#connection.close();

  getSnapshot = (): ClientState => this.#state.snapshot();

  subscribe = (listener: () => void): (() => void) => this.#state.on('change', listener);

  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void {
    return this.#state.on(name, listener as never);
  }

  statusOf(seat: string | number): SeatStatus | undefined {
    const index = typeof seat === 'number' ? seat : this.#state.map?.indexOf.get(seat);
    return index === undefined ? undefined : this.#state.house.statusOf(index);
  }

  async seatMap(): Promise<SeatMapDocument> {
    const { hash, url } = this.getSnapshot().seatMap ?? (await this.#firstWelcome());
    const map = await loadSeatMap(this.#endpoints.http(url), this.#environment);
    this.#state.mapLoaded(hash, map);
    return map.document;
  }

  hold(seats: readonly string[], options: HoldOptions = {}): Promise<HoldResult> {
    const { holdId, ticketTypes, channel } = options;
    return this.#ask({ type: 'hold', seats, holdId, ticketTypes, channel }, 'hold', options);
  }

  bestAvailable(wish: BestAvailableWish, options?: CommandOptions): Promise<BestAvailableResult> {
    const { count, category, zone, accessible, ticketTypes, channel } = wish;
    const command = { type: 'best_available', count, category, zone, accessible, ticketTypes, channel } as const;
    return this.#ask(command, 'hold', options);
  }

  async holdPlaces(
    area: number,
    count: number,
    options: CommandOptions & { readonly holdId?: string } = {},
  ): Promise<HoldResult> {
    const map = this.#state.map?.document;
    if (!map) return { ok: false, error: clientError('unavailable', 'Load the seat map first.') };
    return await holdPlaces(this, map, area, count, options, this.#environment.random);
  }

  release(holdId: string, seats?: readonly string[], options?: CommandOptions): Promise<ReleaseResult> {
    return this.#ask({ type: 'release', holdId, seats }, 'seats', options);
  }

  retype(
    holdId: string,
    seats: readonly string[],
    ticketTypes: readonly string[],
    options?: CommandOptions,
  ): Promise<HoldResult> {
    return this.#ask({ type: 'retype', holdId, seats, ticketTypes }, 'hold', options);
  }

  extend(holdId: string, options?: CommandOptions): Promise<HoldResult> {
    return this.#ask({ type: 'extend', holdId }, 'hold', options);
  }

  book({ id: holdId, price, seats }: ShownHold, payment: Payment, options?: CommandOptions): Promise<BookingResult> {
    return this.#ask({ type: 'book', holdId, payment, price, seats }, 'booking', options);
  }

  act(command: StaffCommand, options: CommandOptions = {}): Promise<ActResult> {
    return this.#run(command, options);
  }

  cancel(bookingId: string, options?: CommandOptions): Promise<BookingResult> {
    return this.#ask({ type: 'cancel', bookingId }, 'booking', options);
  }

  nearestAvailable(seat: string, except: Iterable<string> = []): string | undefined {
    const { map, house } = this.#state;
    const lost = map?.indexOf.get(seat);
    if (!map || lost === undefined) return undefined;
    const excluded = new Set(Array.from(except, (label) => map.indexOf.get(label) ?? -1));
    const found = nearestAvailable(map.document, lost, (index) => house.codeOf(index), excluded);
    return found === undefined ? undefined : map.document.seats.label[found];
  }

  serverNow = (): number => this.#clock.now();

  remainingMs(holdId: string): number {
    return this.#state.remainingMs(holdId);
  }

  countdown(listener: (left: TimeLeft | undefined) => void): () => void {
    return this.#state.countdown(listener);
  }

  #received(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#welcomed(message);
        break;
      case 'snapshot':
        this.#state.takeSnapshot(message);
        this.#connection.ready();
        break;
      case 'delta':
        // Before its snapshot a connection may already carry deltas; the snapshot has them in it.
        if (this.#state.house.position && !this.#state.takeDelta(message)) this.#startOver();
        break;
      case 'terms':
        this.#state.takeTerms(message);
        break;
      case 'own':
        this.#state.takeOwn(message);
        break;
      case 'reply':
        this.#pings.received(message);
        this.#requests.received(message);
        break;
      case 'hold_expired':
        this.#state.holdExpired(message.holdId);
        break;
      case 'hold_taken_away':
        this.#state.holdEnded(message.holdId, 'takenaway', message.cause ? { cause: message.cause } : {});
        break;
      case 'heartbeat':
        this.#clock.heard(message.serverTime);
        if (!this.#state.takeHeartbeat(message)) this.#startOver();
        break;
      case 'moved':
        this.#connection.moveTo(this.#endpoints.ws(message.url));
        break;
      case 'error':
        this.#connection.complained(message.error);
        this.#state.complain(message.error);
        break;
      // Anything else is of a later version of the protocol, and no concern of this one.
    }
    this.#state.lookAtTime();
  }

  #welcomed(welcome: Welcome): void {
    this.#session.welcomed(welcome.session);
    this.#clock.restart(welcome.serverTime);
    this.#connection.welcomed(welcome);
    // Deltas that come before the snapshot belong to a state that this client does not have.
    if (!welcome.recovered) this.#state.house.position = undefined;
    this.#state.welcomed(welcome);
    if (!welcome.recovered) return;
    if (this.#state.house.position) this.#connection.ready();
    else this.#startOver();
  }

  #connectionChanged(state: ConnectionState): void {
    // First what is open, then the listeners: a command that one of them sends must not be sent twice.
    if (state.state === 'connected') {
      this.#requests.connectionReady();
      this.#pings.start();
    } else if (state.state === 'closed' || state.state === 'failed') {
      this.#requests.abandon('Client closed.');
    }
    this.#state.connectionChanged(state);
  }

  /** What is known can no longer be continued: ask for all of it. */
  #startOver(cause?: unknown): void {
    this.#state.house.position = undefined;
    this.#connection.restart(clientError('bad_message', 'Unreadable.', 'not-applied', cause));
  }

  /** A remembered guest session ran out. Its holds are over, and its open commands can be asked about no more. */
  #becomeNewGuest(): boolean {
    if (!this.#session.forget()) return false;
    this.#state.house.position = undefined;
    this.#requests.abandon('Session ended.');
    return true;
  }

  /** Results have the names of the reply's fields; `needed` is the one without which an ok says nothing. */
  async #ask<Needed extends 'hold' | 'seats' | 'booking'>(
    command: Command,
    needed: Needed,
    options: CommandOptions = {},
  ): Promise<(OkResult & { readonly [Name in Needed]: NonNullable<OkResult[Name]> }) | Refused> {
    const outcome = await this.#run(command, options);
    if (!outcome.ok || has(outcome, needed)) return outcome;
    return { ok: false, error: clientError('internal', 'No result.', 'unknown') };
  }

  #run(command: Command | StaffCommand, options: CommandOptions): Promise<Outcome> {
    const { state } = this.#connection.state;
    // Only a connection that is being made is worth waiting for.
    const waitMs = state === 'connecting' || state === 'reconnecting' ? options.waitForConnectionMs : 0;
    return this.#requests.run(command, options, waitMs ?? this.#waitForConnectionMs);
  }

  async #firstWelcome(): Promise<Welcome['seatMap']> {
    const { seatMap, connection } = await this.#when(
      (state) => (state.seatMap || /^(failed|closed)$/.test(state.connection.state)) && state,
    );
    if (seatMap) return seatMap;
    throw new Error(connection.state === 'failed' ? connection.error.message : 'Client closed.');
  }

  /** What `look` finds in the state, now or as soon as it finds anything. */
  #when<Found extends object>(look: (state: ClientState) => Found | false): Promise<Found> {
    return new Promise((resolve) => {
      const again = (): void => {
        const found = look(this.getSnapshot());
        if (!found) return;
        resolve(found);
        unlisten();
      };
      const unlisten = this.subscribe(again);
      again();
    });
  }
}

function has<Needed extends 'hold' | 'seats' | 'booking'>(
  result: OkResult,
  needed: Needed,
): result is OkResult & { readonly [Name in Needed]: NonNullable<OkResult[Name]> } {
  return result[needed] !== undefined;
}
