import type { HoldView, ReplyMessage } from '../../../src/protocol/server-messages.js';
import type { Encoding } from '../../../src/protocol/version.js';
import { type Frame, frameOf, openingOf } from '../frames/frame.js';
import type { Grip } from '../frames/valid-message.js';
import { type Expectation, expectationOf, type Phase, UNREADABLE } from '../oracle/expectation.js';
import type { Attack, House } from './attack.js';
import { AttackerSocket, type Event } from './attacker-socket.js';
import { messageBytes } from './frame-bytes.js';

/** Each so many frames one comes in place of hello, and one right after it, before the server can have let us in. */
const OPENING_EACH = 80;
const GREETING_AT = 0;
const JOINING_AT = 40;

/** Well before the server forgets what became of it, or the second would be a command of its own. */
const REUSED_WITHIN_MS = 1_500;

interface Sent {
  readonly number: number;
  readonly frame: Frame;
  readonly expected: Expectation;
}

/** Sends one frame after the other, each when the one before it was answered, so that every fault is some frame's. */
export class Attacker {
  readonly #attack: Attack;
  readonly #port: number;
  readonly #house: House;
  readonly #encoding: Encoding;
  readonly #staff: boolean;
  #token: string | undefined;
  #holder = '';
  #socket: AttackerSocket | undefined;
  readonly #holds = new Map<string, HoldView>();
  readonly #bookings = new Set<string>();
  #lastCommand: Grip['lastCommand'];
  #lastCommandAt = 0;

  constructor(attack: Attack, port: number, house: House, encoding: Encoding, staffToken?: string) {
    this.#attack = attack;
    this.#port = port;
    this.#house = house;
    this.#encoding = encoding;
    this.#staff = staffToken !== undefined;
    this.#token = staffToken;
  }

  /** Until there are no more frames. */
  async run(): Promise<void> {
    for (;;) {
      const number = this.#attack.take();
      if (number === undefined) break;
      await this.#send(number);
    }
    this.#socket?.close();
    this.#socket = undefined;
  }

  get grip(): Grip {
    return {
      labels: this.#house.labels,
      staff: this.#staff,
      holds: [...this.#holds.values()],
      bookings: [...this.#bookings],
      now: Date.now(),
      lastCommand: performance.now() - this.#lastCommandAt < REUSED_WITHIN_MS ? this.#lastCommand : undefined,
      token: this.#token,
    };
  }

  async #send(number: number): Promise<void> {
    const { seed } = this.#attack;
    const turn = number % OPENING_EACH;
    if (turn === GREETING_AT) await this.sendFrame(number, openingOf(seed, number, this.grip), 'greeting');
    else await this.sendFrame(number, frameOf(seed, number, this.grip), turn === JOINING_AT ? 'joining' : 'live');
  }

  /** Resolves when it has been answered as it should, or when what was wrong has been noted. */
  async sendFrame(number: number, frame: Frame, phase: Phase): Promise<void> {
    const sent: Sent = { number, frame, expected: expectationOf(frame, phase) };
    const socket = phase === 'live' ? (this.#socket ?? (await this.#join())) : await this.#connect();
    if (!socket) return;
    this.#attack.counts.frames.add(frame.kind);
    this.#attack.counts.phases.add(phase);
    socket.about({ number, bytes: frame.payload, binary: frame.binary });
    socket.idle = false;
    const bytes = messageBytes(frame.payload, frame.binary);
    // In one piece, so that both are there before the first has been looked into.
    socket.send(phase === 'joining' ? Buffer.concat([this.#hello(), bytes]) : bytes);
    const answered = phase === 'joining' ? await this.#whileJoining(socket, sent) : await this.#answer(socket, sent);
    socket.idle = answered;
    if (!answered) this.#socket = undefined;
  }

  /** @returns whether the socket is of further use. */
  async #answer(socket: AttackerSocket, sent: Sent): Promise<boolean> {
    const event = await socket.next();
    if (event?.type === 'welcome' && sent.expected.hello) return await this.#welcomed(socket, event, sent);
    return await this.#judge(socket, sent, event);
  }

  /** The answer, the welcome and the snapshot, in whichever order they come. */
  async #whileJoining(socket: AttackerSocket, sent: Sent): Promise<boolean> {
    let awaited = 3;
    while (awaited > 0) {
      const event = await socket.next();
      if (event?.type === 'welcome' || event?.type === 'snapshot') {
        if (event.type === 'welcome') this.#remember(event);
      } else if (!(await this.#judge(socket, sent, event))) return false;
      awaited--;
    }
    return true;
  }

  async #judge(socket: AttackerSocket, sent: Sent, event: Event | undefined): Promise<boolean> {
    const { expected } = sent;
    if (event === undefined) return this.#wrong(sent, 'no answer within 20 s');
    if (event.type === 'closed') {
      this.#attack.counts.answers.add(`closed ${event.code}`);
      if (expected.cut.includes(event.code)) return false;
      return this.#wrong(sent, `closed with ${event.code} ${event.reason} and no answer`);
    }
    if (event.type !== 'reply' && event.type !== 'error') return this.#wrong(sent, `answered by a ${event.type}`);
    const code = event.type === 'reply' && event.ok ? 'ok' : 'error' in event ? event.error.code : '';
    this.#attack.counts.answers.add(code);
    if (expected.cut.length > 0) return this.#wrong(sent, `answered with ${code}, and should have been cut off`);
    if (event.type === 'reply' && event.ok) this.#applied(sent, event);
    else if (!this.#mayRefuse(expected, code)) this.#wrong(sent, `answered with ${code}`);
    if (expected.hello) return await this.#closesWith(socket, sent, 4001);
    const id = event.type === 'reply' ? event.id : undefined;
    if (id !== expected.id) this.#wrong(sent, `answered to ${id}, and should have been to ${expected.id}`);
    return expected.close === undefined ? true : await this.#closesWith(socket, sent, expected.close);
  }

  #mayRefuse({ hello, codes, early, unsure }: Expectation, code: string): boolean {
    if (hello) return code === 'unauthorized';
    if (codes) return codes.has(code);
    return !UNREADABLE.has(code) || (early && code === 'hello_expected') || (unsure && code === 'invalid_field');
  }

  async #closesWith(socket: AttackerSocket, sent: Sent, code: number): Promise<false> {
    const event = await socket.next();
    if (event?.type !== 'closed') return this.#wrong(sent, `not closed with ${code} after the answer`);
    if (event.code !== code) return this.#wrong(sent, `closed with ${event.code}, and should have been with ${code}`);
    return false;
  }

  #applied(sent: Sent, reply: ReplyMessage & { ok: true }): void {
    const { mayBeOk, command } = sent.expected;
    if (!mayBeOk) this.#wrong(sent, 'answered with ok, and is no message that the protocol knows');
    if (!command) return;
    const fault = this.#house.told.take(command, reply, this.#holder);
    if (fault) this.#wrong(sent, fault);
    const { id, commandId, type } = command;
    this.#lastCommand = { id, commandId, type };
    this.#lastCommandAt = performance.now();
    if ('holdId' in command && command.holdId && type !== 'extend') this.#holds.delete(command.holdId);
    if (reply.hold) this.#holds.set(reply.hold.id, reply.hold);
    if (reply.booking?.status === 'confirmed') this.#bookings.add(reply.booking.id);
    else if (reply.booking) this.#bookings.delete(reply.booking.id);
  }

  #wrong({ number, frame }: Sent, what: string): false {
    this.#attack.violations.add(`${frame.kind}: ${what}`, { number, bytes: frame.payload, binary: frame.binary });
    return false;
  }

  /** A socket that has said nothing yet. */
  async #connect(): Promise<AttackerSocket | undefined> {
    this.#socket?.close();
    const socket = new AttackerSocket(this.#attack, this.#port, this.#house.id, this.#encoding, ({ holdId }) =>
      this.#holds.delete(holdId),
    );
    this.#socket = socket;
    const event = await socket.next();
    if (event?.type === 'opened') return socket;
    this.#attack.violations.add(`a socket did not open: ${JSON.stringify(event)}`);
    this.#socket = undefined;
    return undefined;
  }

  /** A socket that is live. */
  async #join(): Promise<AttackerSocket | undefined> {
    const socket = await this.#connect();
    socket?.send(this.#hello());
    const event = await socket?.next();
    const sent = { number: -1, frame: { kind: 'hello', binary: false, payload: Buffer.alloc(0) } };
    if (socket && event?.type === 'welcome' && (await this.#welcomed(socket, event, sent))) return socket;
    this.#attack.violations.add(`a hello that was right was answered by ${JSON.stringify(event)}`);
    this.#socket = undefined;
    return undefined;
  }

  #hello(): Buffer {
    const token = this.#token === undefined ? {} : { token: this.#token };
    return messageBytes(Buffer.from(JSON.stringify({ type: 'hello', ...token })), false);
  }

  /** The welcome that came is followed by a snapshot, or it recovers and none comes. */
  async #welcomed(
    socket: AttackerSocket,
    welcome: Event & { type: 'welcome' },
    { frame }: { frame: Frame },
  ): Promise<boolean> {
    this.#remember(welcome);
    this.#attack.counts.answers.add('welcome');
    if (welcome.recovered) return true;
    const event = await socket.next();
    if (event?.type === 'snapshot') return true;
    this.#attack.violations.add(`${frame.kind}: a welcome and then ${JSON.stringify(event)}`);
    return false;
  }

  #remember({ session, holder }: Event & { type: 'welcome' }): void {
    if (holder !== this.#holder) {
      // Somebody else now: what the one before had is not ours.
      this.#holds.clear();
      this.#bookings.clear();
    }
    // Staff stays staff, though it may have been a guest for the life of one socket.
    if (!this.#staff) this.#token = session;
    this.#holder = holder;
  }
}
