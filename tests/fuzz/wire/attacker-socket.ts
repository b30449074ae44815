import { LoadSocket } from '../../../bench/load/load-socket.js';
import { RecentFrames } from '../../../bench/load/recent-frames.js';
import { decodeServerFrame } from '../../../src/protocol/decode.js';
import type {
  Fault,
  HoldExpired,
  ReplyMessage,
  ServerMessage,
  Snapshot,
  Welcome,
} from '../../../src/protocol/server-messages.js';
import { type Encoding, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from '../../../src/protocol/version.js';
import { faultOfError } from '../oracle/echo-bounds.js';
import { faultOfMsgpack } from '../oracle/plain-msgpack.js';
import { faultOfShape } from '../oracle/server-shapes.js';
import { homeAddress } from '../target/home-address.js';
import type { Attack } from './attack.js';

export type Event =
  | { readonly type: 'closed'; readonly code: number; readonly reason: string }
  | { readonly type: 'opened' }
  | Welcome
  | Snapshot
  | ReplyMessage
  | Fault;

const ANSWER_WITHIN_MS = 20_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Everything that the server says, looked at: what goes to all alike is looked at once. */
const broadcasts = new RecentFrames((payload) => read(payload, payload[0] !== 0x7b));

/** One socket of an attacker: what it hears, one thing after the other. */
export class AttackerSocket {
  readonly #attack: Attack;
  readonly #socket: LoadSocket;
  readonly #heard: Event[] = [];
  #waiting: ((event: Event) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #told: (message: HoldExpired) => void;
  readonly #encoding: Encoding;
  /** Nothing is asked: an answer now is one too many. */
  idle = false;

  constructor(
    attack: Attack,
    port: number,
    showtimeId: string,
    encoding: Encoding,
    told: (message: HoldExpired) => void,
  ) {
    this.#attack = attack;
    this.#told = told;
    this.#encoding = encoding;
    const subprotocol = encoding === 'json' ? SUBPROTOCOL_JSON : SUBPROTOCOL_MSGPACK;
    const path = `/v1/showtimes/${showtimeId}/live`;
    this.#socket = new LoadSocket(
      { host: '127.0.0.1', port, path, subprotocol, ...homeAddress() },
      {
        open: () => this.#hear({ type: 'opened' }),
        message: (payload, binary) => this.#message(payload, binary),
        closed: (code, reason) => {
          attack.counts.closes.add(code);
          if (code >= 3000 && !attack.documented.closeCodes.has(code)) {
            attack.violations.add(`closed with ${code}, which is not documented`, this.#lastSent);
          }
          this.#hear({ type: 'closed', code, reason });
        },
      },
    );
  }

  send(bytes: Buffer): void {
    this.#socket.sendFrame(bytes);
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** What comes next; undefined: nothing did for too long. */
  next(): Promise<Event | undefined> {
    const event = this.#heard.shift();
    if (event) return Promise.resolve(event);
    return new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        this.#waiting = undefined;
        resolve(undefined);
      }, ANSWER_WITHIN_MS);
      this.#waiting = (heard) => {
        clearTimeout(this.#timer);
        resolve(heard);
      };
    });
  }

  #hear(event: Event): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(event);
    else {
      if (this.idle && (event.type === 'reply' || event.type === 'error')) {
        this.#attack.violations.add(`an answer to nothing: ${JSON.stringify(event)}`);
      }
      this.#heard.push(event);
    }
  }

  #message(payload: Buffer, binary: boolean): void {
    const { counts, violations } = this.#attack;
    if (binary !== (this.#encoding === 'msgpack'))
      violations.add(`a ${binary ? 'binary' : 'text'} frame to ${this.#encoding}`);
    const opening = payload.toString('latin1', 0, 20);
    const toAll = opening.includes('delta') || opening.includes('heartbeat');
    const { message, fault } = toAll ? broadcasts.read(payload) : read(payload, binary);
    counts.messages.add(message?.type ?? 'unreadable');
    const wrong =
      fault ?? (message && 'error' in message ? faultOfError(message.error, this.#attack.documented) : undefined);
    if (wrong) violations.add(`the server sent ${wrong}`, this.#lastSent);
    switch (message?.type) {
      case 'welcome':
      case 'snapshot':
      case 'reply':
      case 'error':
        this.#hear(message);
        break;
      case 'hold_expired':
        this.#told(message);
        break;
    }
  }

  #lastSent: { number: number; bytes: Buffer; binary: boolean } | undefined;

  /** What to name where something is wrong. */
  about(frame: { number: number; bytes: Buffer; binary: boolean }): void {
    this.#lastSent = frame;
  }
}

function read(payload: Buffer, binary: boolean): { readonly message?: ServerMessage; readonly fault?: string } {
  try {
    const fault = binary ? faultOfMsgpack(payload) : undefined;
    const message = decodeServerFrame(binary ? Buffer.from(payload) : utf8.decode(payload));
    const wrong = fault === undefined ? faultOfShape(message) : `MessagePack with ${fault}`;
    return { message, ...(wrong === undefined ? {} : { fault: wrong }) };
  } catch (error) {
    return { fault: `what cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
