/** The wire of `peers/socket-io`: Engine.IO 4 over WebSocket only, Socket.IO packets in text frames. */
import { LoadSocket } from './load-socket.js';
import { maskedFrame, OPCODE } from './masked-frame.js';
import type { OpenPeer, PeerClient, PeerEvents, PeerReply, PeerTarget, SeatChange } from './peer-client.js';
import { RecentFrames } from './recent-frames.js';

const PONG = maskedFrame(OPCODE.text, '3');
const PATH = '/socket.io/?EIO=4&transport=websocket';
const [DIGIT_0, DIGIT_2, DIGIT_3, DIGIT_4] = Buffer.from('0234');
/** Where the name of an event begins: `42["changes",…`. */
const AT_NAME = 4;
const [LETTER_C] = Buffer.from('c');
const CLOSED_NORMALLY = 1000;

type Unasked =
  | { readonly type: 'snapshot'; readonly statuses: Uint8Array }
  | { readonly type: 'changes'; readonly changes: readonly SeatChange[] };

/** `42["snapshot",[0,0,…]]` or `42["changes",{"seats":[3,4],"status":1}]`. */
const unasked = new RecentFrames((payload): Unasked => {
  const [name, argument] = JSON.parse(payload.toString('utf8', 2)) as [string, unknown];
  if (name === 'snapshot') return { type: 'snapshot', statuses: Uint8Array.from(argument as number[]) };
  if (name !== 'changes') throw new Error(`An event that is not known: ${name}.`);
  const { seats, status } = argument as { readonly seats: readonly number[]; readonly status: number };
  return { type: 'changes', changes: seats.map((seat) => [seat, status] as const) };
});

export const openSocketIo: OpenPeer = (target, showtimeId, events) =>
  new Promise((resolve, reject) => {
    let client: SocketIoClient | undefined = new SocketIoClient(target, showtimeId, {
      ...events,
      snapshot: (statuses) => {
        events.snapshot(statuses);
        if (client) resolve(client);
        client = undefined;
      },
      closed: (code, reason) => {
        if (client) reject(new Error(`${code} ${reason}`));
        else events.closed(code, reason);
      },
    });
  });

class SocketIoClient implements PeerClient {
  readonly #socket: LoadSocket;
  readonly #waiting = new Map<number, (reply: PeerReply | undefined) => void>();
  readonly #showtimeId: string;
  readonly #events: PeerEvents;
  #nextId = 0;
  #entered = false;

  constructor(target: PeerTarget, showtimeId: string, events: PeerEvents) {
    this.#showtimeId = showtimeId;
    this.#events = events;
    this.#socket = new LoadSocket(
      { ...target, path: PATH },
      {
        open: () => {},
        message: (payload) => {
          this.#read(payload);
          if (this.#entered && !events.changed && this.#waiting.size === 0) this.#socket.pause();
        },
        closed: (code, reason) => {
          for (const answer of this.#waiting.values()) answer(undefined);
          this.#waiting.clear();
          events.closed(code, reason);
        },
      },
    );
  }

  hold(seats: readonly number[]): Promise<PeerReply | undefined> {
    return this.#ask('hold', { seats });
  }

  release(holdId: string): Promise<PeerReply | undefined> {
    return this.#ask('release', { holdId });
  }

  book(holdId: string): Promise<PeerReply | undefined> {
    return this.#ask('book', { holdId });
  }

  look(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close(CLOSED_NORMALLY);
  }

  #ask(name: string, argument: object): Promise<PeerReply | undefined> {
    return new Promise((answer) => {
      const id = this.#nextId++;
      this.#waiting.set(id, answer);
      this.#socket.resume();
      this.#socket.sendText(`42${id}${JSON.stringify([name, argument])}`);
    });
  }

  #read(payload: Buffer): void {
    const [engineType, packetType] = payload;
    if (engineType === DIGIT_2) this.#socket.sendFrame(PONG);
    else if (engineType === DIGIT_0) this.#socket.sendText(`40${JSON.stringify({ showtimeId: this.#showtimeId })}`);
    else if (engineType !== DIGIT_4 || packetType === DIGIT_0) return;
    else if (packetType === DIGIT_3) this.#reply(payload);
    else if (packetType === DIGIT_2) this.#told(payload);
    else throw new Error(`Not let in: ${payload.toString('utf8')}.`);
  }

  #told(payload: Buffer): void {
    const { changed, snapshot } = this.#events;
    if (!changed && payload[AT_NAME] === LETTER_C) return;
    const message = unasked.read(payload);
    if (message.type === 'changes') {
      changed?.(message.changes);
    } else {
      this.#entered = true;
      snapshot(message.statuses);
    }
  }

  /** `43<id>[{…}]` */
  #reply(payload: Buffer): void {
    const start = payload.indexOf('[');
    const id = Number(payload.toString('latin1', 2, start));
    const [reply] = JSON.parse(payload.toString('utf8', start)) as [PeerReply];
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    answer?.(reply);
  }
}
