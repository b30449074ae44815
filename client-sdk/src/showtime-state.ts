import type {
  Delta,
  Heartbeat,
  HoldTakenAway,
  HoldView,
  Own,
  Snapshot,
  Terms,
  Welcome,
} from '../../src/protocol/server-messages.js';
import { Belongings } from './belongings.js';
import type { ClientEvents, ClientState } from './client-state.js';
import type { ServerClock } from './clock.js';
import type { Command, StaffCommand } from './commands.js';
import type { ConnectionState } from './connection-state.js';
import { Countdown, type TimeLeft } from './countdown.js';
import { Emitter } from './emitter.js';
import type { Environment } from './environment.js';
import { LocalHouse, type Position, type SeatChange } from './local-house.js';
import type { Outcome } from './requests.js';
import { clientError } from './results.js';
import type { LoadedSeatMap } from './seat-map-cache.js';

/** A countdown that ends a little early sends nobody to pay for a hold that is over when the request arrives. */
const SHOWN_EARLY_MS = 1_000;
/** How long after its end a hold is dropped without the server saying so: it may be unable to, or we to hear it. */
const EXPIRY_GRACE_MS = 1_500;
/** Refusals that tell that a hold is not, or no longer, ours. */
const HOLD_IS_GONE = /^(unknown_hold|hold_expired|wrong_holder)$/;

type Events = ClientEvents & { change: undefined };

/** All that the client knows and tells: messages and outcomes come in, an immutable state and events go out. */
export class ShowtimeState {
  readonly #environment: Environment;
  readonly #clock: ServerClock;
  readonly house = new LocalHouse();
  readonly #own = new Belongings();
  readonly #emitter: Emitter<Events>;
  #connection: ConnectionState = { state: 'idle' };
  #welcome: Welcome | undefined;
  #map: (LoadedSeatMap & { readonly hash: string }) | undefined;
  #cached: ClientState | undefined;
  /** What the last heartbeat said had been sent; by the next one it must be here. */
  #announced: Position | undefined;
  #telling = false;
  #underWay = 0;
  #cancelExpiry: () => void = () => undefined;
  readonly #countdowns = new Set<Countdown>();
  /** When the first hold is over beyond doubt, by the server's clock. */
  #overdueAt = Number.POSITIVE_INFINITY;

  constructor(environment: Environment, clock: ServerClock) {
    this.#environment = environment;
    this.#clock = clock;
    this.#emitter = new Emitter((error) => this.#listenerThrew(error));
  }

  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  complain(error: ClientEvents['error']): void {
    this.#emitter.emit('error', error);
  }

  snapshot(): ClientState {
    const welcome = this.#welcome;
    this.#cached ??= {
      connection: this.#connection,
      stale: this.#connection.state !== 'connected',
      epoch: this.house.position?.epoch,
      seq: this.house.position?.seq,
      ...this.house.copy(),
      holds: this.#own.holds,
      bookings: this.#own.bookings,
      busy: this.#underWay > 0,
      seatMap: welcome?.seatMap,
      limits: welcome?.limits,
      rules: welcome?.rules,
      terms: welcome?.terms,
      session: welcome?.session,
      holder: welcome?.holder,
    };
    return this.#cached;
  }

  get map(): LoadedSeatMap | undefined {
    return this.#map;
  }

  remainingMs(holdId: string): number {
    const hold = this.#own.holds.find((other) => other.id === holdId);
    return hold ? Math.max(0, hold.expiresAt - this.#clock.now() - SHOWN_EARLY_MS) : 0;
  }

  connectionChanged(state: ConnectionState): void {
    this.#connection = state;
    if (state.state === 'closed') this.#cancelExpiry();
    this.#tell('connection', state);
    this.#tell('change', undefined);
  }

  welcomed(welcome: Welcome): void {
    if (welcome.seatMap.hash !== this.#map?.hash) this.#map = undefined;
    this.#welcome = welcome;
    this.#announced = undefined;
    this.#tell('change', undefined);
  }

  /** What the showtime is sold by changed, or time opened or closed sales. */
  takeTerms({ terms, limits, rules }: Terms): void {
    if (this.#welcome) this.#welcome = { ...this.#welcome, terms, limits, rules };
    this.#tell('change', undefined);
  }

  /** The seat map came; from here on labels are known, and own seats can be told apart. */
  mapLoaded(hash: string, map: LoadedSeatMap): void {
    if (this.#map || hash !== this.#welcome?.seatMap.hash) return;
    this.#map = { ...map, hash };
    this.#ownChanged();
  }

  takeSnapshot(message: Snapshot): void {
    const gone = this.#own.replace(message.holds, message.bookings);
    this.house.takeOwn(this.#ownSeats());
    this.house.takeSnapshot(message, this.#welcome?.seatMap.seats ?? 0);
    this.#announced = undefined;
    this.#tell('snapshot', { epoch: message.epoch, seq: message.seq });
    this.#tellOverdue(gone);
    this.#armExpiry();
    this.#tell('change', undefined);
  }

  /** False where deltas are missing before this one. */
  takeDelta(message: Delta): boolean {
    const changes = this.house.takeDelta(message);
    if (!changes) return false;
    this.#tellChanges(changes);
    this.#tell('change', undefined);
    return true;
  }

  takeOwn(message: Own): void {
    const gone = this.#own.replace(message.holds, message.bookings);
    this.#ownChanged();
    this.#tellOverdue(gone);
  }

  holdExpired(holdId: string): void {
    this.holdEnded(holdId, 'expire');
  }

  holdEnded(holdId: string, how: 'expire' | 'takenaway', why: Pick<HoldTakenAway, 'cause'> = {}): void {
    const hold = this.#own.dropHold(holdId);
    if (!hold) return;
    this.#ownChanged();
    this.#tell(how, { holdId, seats: hold.seats, ...why });
  }

  /**
   * False where what the heartbeat before announced has still not come. One beat of patience, because deltas may wait
   * a few milliseconds for their tick while the heartbeat does not.
   */
  takeHeartbeat(beat: Heartbeat): boolean {
    const due = this.#announced;
    this.#announced = beat;
    const { position } = this.house;
    return !due || (due.epoch === position?.epoch && due.seq <= position.seq);
  }

  /** Calls back once a second while there is a hold, see `ShowtimeClient.countdown`. */
  countdown(listener: (left: TimeLeft | undefined) => void): () => void {
    const held = { holds: () => this.#own.holds, remainingMs: (holdId: string) => this.remainingMs(holdId) };
    const countdown = new Countdown(this.#environment, held, (left) => {
      try {
        listener(left);
      } catch (error) {
        this.#listenerThrew(error);
      }
    });
    const stop = this.on('change', () => countdown.look());
    this.#countdowns.add(countdown);
    return () => {
      stop();
      countdown.stop();
      this.#countdowns.delete(countdown);
    };
  }

  /**
   * Ends holds whose time is over, and moves countdowns on. Timers do both too; in a page in the background these ring up
   * to a minute late, so every message and every return to the page looks as well.
   */
  lookAtTime(): void {
    for (const countdown of this.#countdowns) countdown.look();
    const now = this.#clock.now();
    if (now < this.#overdueAt) return;
    const due = this.#own.holds.filter((hold) => hold.expiresAt + EXPIRY_GRACE_MS <= now);
    for (const { id } of due) this.holdExpired(id);
    this.#armExpiry();
  }

  started(command: Command | StaffCommand): void {
    if (changesHolds(command) && this.#underWay++ === 0) this.#tell('change', undefined);
  }

  settled(command: Command | StaffCommand, outcome: Outcome): void {
    if (isForOthers(command)) return;
    this.#takeOutcome(command, outcome);
    // Last, so that nobody sees the old hold without it.
    if (changesHolds(command) && --this.#underWay === 0) this.#tell('change', undefined);
  }

  #takeOutcome(command: Command, outcome: Outcome): void {
    const holdId = 'holdId' in command ? command.holdId : undefined;
    if (outcome.ok) {
      const { hold, booking } = outcome;
      if (!hold && holdId !== undefined) this.#own.dropHold(holdId);
      // The first outcome of a command that was asked again may be an old one.
      if (hold && hold.expiresAt > this.#clock.now()) this.#own.putHold(hold);
      if (booking) this.#own.putBooking(booking);
      this.#ownChanged();
      return;
    }
    const { error } = outcome;
    if (holdId !== undefined && HOLD_IS_GONE.test(error.code)) {
      if (error.code === 'hold_expired') this.holdExpired(holdId);
      else if (this.#own.dropHold(holdId)) this.#ownChanged();
    }
    const { conflicts } = error;
    if (conflicts && conflicts.length > 0) this.#emitter.emit('conflict', { command, conflicts, error });
  }

  #ownChanged(): void {
    this.#tellChanges(this.house.takeOwn(this.#ownSeats()));
    this.#armExpiry();
    this.#tell('change', undefined);
  }

  #ownSeats(): ReadonlyMap<number, number> {
    return this.#own.seats(this.#map?.indexOf ?? new Map());
  }

  #tellChanges(changes: readonly SeatChange[]): void {
    if (changes.length > 0) this.#tell('delta', { changes });
  }

  /** Holds that vanished while nobody could tell, and whose time was over: it is time that ended them. */
  #tellOverdue(gone: readonly HoldView[]): void {
    const now = this.#clock.now();
    for (const { id, seats, expiresAt } of gone) {
      if (expiresAt <= now) this.#tell('expire', { holdId: id, seats });
    }
  }

  #armExpiry(): void {
    this.#cancelExpiry();
    this.#overdueAt = Math.min(...this.#own.holds.map((hold) => hold.expiresAt)) + EXPIRY_GRACE_MS;
    if (!Number.isFinite(this.#overdueAt)) return;
    // One more, as a timer may ring a fraction early.
    const wait = Math.max(0, this.#overdueAt - this.#clock.now()) + 1;
    this.#cancelExpiry = this.#environment.setTimer(() => {
      this.lookAtTime();
      this.#armExpiry();
    }, wait);
  }

  /** Tells of a change; a listener that looks at the state sees it. */
  #tell<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    this.#cached = undefined;
    this.#emitter.emit(name, value);
  }

  #listenerThrew(cause: unknown): void {
    this.#environment.report(cause);
    // A listener of `error` that throws must not be told of its own error.
    if (this.#telling) return;
    this.#telling = true;
    this.complain(clientError('internal', 'A listener threw an error.', 'not-applied', cause));
    this.#telling = false;
  }
}

/** An act of staff: what it comes to is not of this client's holder. */
function isForOthers(command: Command | StaffCommand): command is StaffCommand {
  return 'customer' in command || /^(un)?block$|^take_away$|^reseat$/.test(command.type);
}

function changesHolds(command: Command | StaffCommand): boolean {
  const { type } = command;
  return !isForOthers(command) && type !== 'book' && type !== 'cancel';
}
