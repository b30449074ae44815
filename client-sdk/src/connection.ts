import { adviceForClose } from '../../src/protocol/close-codes.js';
import { decodeServerFrame } from '../../src/protocol/decode.js';
import type { ServerMessage, Welcome } from '../../src/protocol/server-messages.js';
import { backoffMs } from './backoff.js';
import { errorForClose } from './close-error.js';
import type { ConnectionState } from './connection-state.js';
import type { Environment, Wake } from './environment.js';
import { type ClientError, clientError } from './results.js';
import type { SocketLike } from './web-socket.js';

/** From opening the socket to a live map; past it the attempt has failed. */
const CONNECT_DEADLINE_MS = 10_000;
/** A connection that lived this long was a good one: the next loss starts again with short waits. */
const STABLE_AFTER_MS = 2_000;
/** Heartbeats that may be missing before a silent connection counts as lost. */
const SILENT_BEATS = 2.5;
/** How long a woken page waits for a sign of life from a socket that may have died in its sleep. */
const PROBE_MS = 3_000;
/** Browsers can be wrong about being offline (virtual machines, some VPNs), so look anyway from time to time. */
const SUSPENDED_LOOK_MS = 30_000;
/** What a server that asks to back off gets where it names no time, and what it can ask for at most. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_CAP_MS = 60_000;

export interface ConnectionHandlers {
  /** Called before each attempt, which waits for what it returns. Where that rejects, the attempt has failed. */
  prepare(): Promise<unknown> | undefined;
  /** The first frame of a new socket. */
  hello(): object;
  received(message: ServerMessage): void;
  changed(state: ConnectionState): void;
  /** A socket is gone: whatever was sent over it and not answered is uncertain now. */
  lost(): void;
  /** A frame could not be read or made no sense. */
  unreadable(cause: unknown): void;
  /** The server closed with a code that means stop. True: say hello again, with what is now another hello. */
  mendHello(code: number): boolean;
  /** The page was woken, or the network came or went. */
  woken(): void;
  /** Send something that the server answers. */
  probe(): void;
  serverNow(): number;
}

/** One socket at a time to the live endpoint, kept alive until told to stop. Knows nothing of seats. */
export class Connection {
  readonly #environment: Environment;
  readonly #url: string;
  readonly #protocols: string[];
  readonly #handlers: ConnectionHandlers;
  #state: ConnectionState = { state: 'idle' };
  #socket: SocketLike | undefined;
  /** Counts sockets, so that one that opens after it was given up is known as an old one. */
  #turn = 0;
  /** Retries since the last good connection. */
  #attempt = 0;
  /** Where `moved` said to go, for the next attempt only. */
  #movedTo: string | undefined;
  /** Where this attempt is at. */
  #at = '';
  #fault: ClientError | undefined;
  #readyAt: number | undefined;
  #frameAt = 0;
  #frames = 0;
  #silenceMs = 0;
  /** The retry, or the deadline of the attempt under way: there is never need for both. */
  #cancelTimer: () => void = () => undefined;
  #cancelWatch: () => void = () => undefined;
  #unlisten: () => void = () => undefined;

  constructor(environment: Environment, url: string, protocols: string[], handlers: ConnectionHandlers) {
    this.#environment = environment;
    this.#url = url;
    this.#protocols = protocols;
    this.#handlers = handlers;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Starts, also again after `close()` or a failure; otherwise does nothing. */
  connect(): void {
    if (this.#running()) return;
    this.#attempt = 0;
    this.#unlisten = this.#environment.onWake((wake) => this.#woken(wake));
    this.#enter({ state: 'connecting' });
    // A listener may have closed the client in the meantime; the same holds after every change of state below.
    if (this.#is('connecting')) this.#open();
  }

  close(): void {
    this.#stop({ state: 'closed' });
  }

  /** Sends if there is a socket that was welcomed; says whether it did. Delivery is another matter. */
  send(message: object): boolean {
    if (!this.#is('connected')) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  welcomed(welcome: Welcome): void {
    this.#silenceMs = welcome.limits.heartbeatMs * SILENT_BEATS;
    this.#watch();
  }

  /** The map is live: the attempt has succeeded. */
  ready(): void {
    if (this.#is('connected')) return;
    this.#cancelTimer();
    this.#readyAt = this.#environment.now();
    this.#enter({ state: 'connected' });
  }

  /** Lets go of this socket and makes another. */
  restart(error: ClientError): void {
    if (!this.#running()) return;
    this.#drop();
    this.#retryLater(error);
  }

  /**
   * Goes where the server says, once. At once where our own server sends us on before it welcomes us; spread where the
   * whole house is moving, and where we were sent on already.
   */
  moveTo(url: string): void {
    const first = this.#at === this.#url && this.#readyAt === undefined;
    this.#drop(true);
    this.#movedTo = url;
    this.#retryLater(clientError('unavailable', 'The showtime moved.'), 0, first);
  }

  /** What the server complained of: the reason of the close, if that is what comes next. */
  complained(error: ClientError): void {
    this.#fault = error;
  }

  #open(): void {
    const turn = ++this.#turn;
    const url = this.#movedTo ?? this.#url;
    this.#at = url;
    this.#fault = undefined;
    this.#cancelTimer();
    this.#cancelTimer = this.#environment.setTimer(
      () => this.restart(clientError('unavailable', 'No answer in time.')),
      CONNECT_DEADLINE_MS,
    );
    const prepared = this.#handlers.prepare();
    if (!prepared) this.#openSocket(url, turn);
    else
      prepared.then(
        () => this.#openSocket(url, turn),
        (cause) => {
          if (turn === this.#turn) this.restart(clientError('unavailable', 'No session token.', 'not-applied', cause));
        },
      );
  }

  #openSocket(url: string, turn: number): void {
    if (turn !== this.#turn) return;
    const unopenable = (cause: unknown): void => {
      if (turn === this.#turn)
        this.#stop({ state: 'failed', error: clientError('bad_message', String(cause), 'not-applied', cause) });
    };
    try {
      const opened = this.#environment.openSocket(url, this.#protocols);
      if (!(opened instanceof Promise)) this.#attach(opened, turn);
      else opened.then((socket) => this.#attach(socket, turn)).catch(unopenable);
    } catch (cause) {
      unopenable(cause);
    }
  }

  #attach(socket: SocketLike, turn: number): void {
    let opened = false;
    // First of all: `ws` throws where an error has no listener, as that of a socket which is closed before it opened.
    socket.addEventListener('error', () => {
      // Node 22 fires no `close` after a failed connect. Elsewhere one follows, and finds the socket given up.
      if (socket === this.#socket && !opened) this.#closed(1006, '');
    });
    if (turn !== this.#turn) {
      socket.close();
      return;
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      opened = true;
      if (socket === this.#socket) socket.send(JSON.stringify(this.#handlers.hello()));
    });
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket) this.#received(event.data);
    });
    socket.addEventListener('close', (event) => {
      if (socket === this.#socket) this.#closed(event.code, event.reason);
    });
  }

  #received(data: unknown): void {
    this.#frameAt = this.#environment.now();
    this.#frames += 1;
    this.#fault = undefined;
    try {
      this.#handlers.received(decodeServerFrame(data as ArrayBuffer | string));
    } catch (cause) {
      this.#handlers.unreadable(cause);
    }
  }

  #closed(code: number, reason: string): void {
    const error = this.#fault ?? errorForClose(code, reason);
    const advice = adviceForClose(code);
    this.#drop(advice === 'reconnect');
    if (advice === 'stop' && !this.#handlers.mendHello(code)) {
      this.#stop({ state: 'failed', error });
      return;
    }
    const askedMs = error.retryAfterMs ?? (code >= 4100 && code < 4200 ? BACK_OFF_MS : 0);
    this.#retryLater(error, Math.min(askedMs, BACK_OFF_CAP_MS));
  }

  /**
   * Forgets the socket, which may linger, and tells that what it carried is uncertain. `inOrder`: the server asked for
   * it, so that a connection that was live was a good one however short it was.
   */
  #drop(inOrder = false): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#turn += 1;
    this.#cancelTimer();
    this.#cancelWatch();
    // Where we were sent cannot be reached: our own server is asked to serve us, wherever the showtime lives.
    const served = `${this.#url}?moved=1`;
    const wasSentOn = this.#at !== this.#url && this.#at !== served && this.#readyAt === undefined;
    this.#movedTo = wasSentOn ? served : undefined;
    const { now } = this.#environment;
    if (this.#readyAt !== undefined && (inOrder || now() - this.#readyAt >= STABLE_AFTER_MS)) this.#attempt = 0;
    this.#readyAt = undefined;
    socket?.close();
    this.#handlers.lost();
  }

  #retryLater(error: ClientError, floorMs = 0, atOnce = false): void {
    if (!this.#environment.isOnline()) {
      this.#suspend(error);
      return;
    }
    const wait = atOnce ? 0 : floorMs + backoffMs(this.#attempt, this.#environment.random);
    if (!atOnce) this.#attempt += 1;
    const retryAt = this.#handlers.serverNow() + wait;
    this.#cancelTimer = this.#environment.setTimer(() => this.#retry(error), wait);
    this.#enter({ state: 'reconnecting', attempt: this.#attempt, retryAt, error });
  }

  #retry(error: ClientError): void {
    this.#cancelTimer();
    this.#enter({ state: 'reconnecting', attempt: this.#attempt, error });
    if (this.#is('reconnecting')) this.#open();
  }

  #suspend(error: ClientError): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#environment.setTimer(() => this.#retry(error), SUSPENDED_LOOK_MS);
    this.#enter({ state: 'suspended', error });
  }

  #stop(state: ConnectionState & { readonly state: 'closed' | 'failed' }): void {
    this.#unlisten();
    this.#drop();
    this.#enter(state);
  }

  #woken(wake: Wake): void {
    this.#handlers.woken();
    const { state } = this.#state;
    if (wake === 'away') {
      // In the back/forward cache a socket looks open, takes one more command after the return, and is dead.
      this.#drop(true);
      this.#suspend(clientError('unavailable', 'The page is not shown.'));
    } else if (state === 'connected') {
      this.#probe();
    } else if (state === 'suspended' || (state === 'reconnecting' && this.#state.retryAt !== undefined)) {
      if (wake === 'offline') this.#suspend(this.#state.error);
      else this.#retry(this.#state.error);
    }
  }

  /** The socket may have died while the page slept or the network changed: any frame shows that it lives. */
  #probe(): void {
    this.#handlers.probe();
    this.#watch(PROBE_MS);
  }

  /** One timer, which looks at when the last frame came instead of being set anew by each frame. */
  #watch(withinMs = this.#silenceMs): void {
    this.#cancelWatch();
    // Counted, not timed: browsers coarsen their clocks, and an answer may come in the same tick as the question.
    const frames = this.#frames;
    this.#cancelWatch = this.#environment.setTimer(() => {
      if (this.#frames > frames) this.#watch(this.#frameAt + this.#silenceMs - this.#environment.now());
      else this.restart(clientError('unavailable', 'No answer in time.'));
    }, withinMs);
  }

  #running(): boolean {
    return !(this.#is('idle') || this.#is('closed') || this.#is('failed'));
  }

  #is(state: ConnectionState['state']): boolean {
    return this.#state.state === state;
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#handlers.changed(state);
  }
}
