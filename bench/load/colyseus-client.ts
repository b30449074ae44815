/** The wire of `peers/colyseus`: a seat in a room asked for over HTTP, then Colyseus 0.16 in binary frames. */
import { pack, unpack } from 'msgpackr';
import { HttpConnection, httpRequest } from './http-connection.js';
import { LoadSocket } from './load-socket.js';
import { maskedFrame, OPCODE } from './masked-frame.js';
import type { OpenPeer, PeerClient, PeerEvents, PeerReply, PeerTarget, SeatChange } from './peer-client.js';
import { RecentFrames } from './recent-frames.js';

const JOIN_ROOM = 10;
const ERROR = 11;
const ROOM_DATA = 13;
const ROOM_STATE = 14;
const ROOM_STATE_PATCH = 15;
const JOINED = maskedFrame(OPCODE.binary, Uint8Array.of(JOIN_ROOM));
/** What the schema encoder writes before it goes on with another array or object. */
const SWITCH_TO_STRUCTURE = 0xff;
const REPLY = Buffer.from([ROOM_DATA, 0xa0 | 'reply'.length, ...Buffer.from('reply')]);
const CLOSED_NORMALLY = 1000;

/** The one array of the state, of bytes: after a header, each change is an operation, an index and a value. */
const states = new RecentFrames((payload) => readChanges(payload));
const snapshots = new RecentFrames((payload) => {
  const changes = readChanges(payload);
  const statuses = new Uint8Array(changes.length);
  for (const [seat, status] of changes) statuses[seat] = status;
  return statuses;
});

export const openColyseus: OpenPeer = async (target, showtimeId, events) => {
  const path = await reserve(target, showtimeId);
  return await new Promise((resolve, reject) => {
    let client: ColyseusClient | undefined = new ColyseusClient(target, path, {
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
};

/** @returns where to connect with what was reserved. */
async function reserve(target: PeerTarget, showtimeId: string): Promise<string> {
  const connection = new HttpConnection(target);
  const { status, body } = await connection.send(
    httpRequest('POST', `/matchmake/joinById/${showtimeId}`, { body: {}, headers: { connection: 'close' } }),
  );
  const { room, sessionId, error } = JSON.parse(body.toString()) as {
    readonly room?: { readonly processId: string; readonly roomId: string };
    readonly sessionId?: string;
    readonly error?: string;
  };
  connection.close();
  if (!room || sessionId === undefined) throw new Error(`No seat in the room: ${status} ${error}.`);
  return `/${room.processId}/${room.roomId}?sessionId=${sessionId}`;
}

class ColyseusClient implements PeerClient {
  readonly #socket: LoadSocket;
  readonly #waiting = new Map<number, (reply: PeerReply | undefined) => void>();
  readonly #events: PeerEvents;
  #nextId = 0;
  #entered = false;

  constructor(target: PeerTarget, path: string, events: PeerEvents) {
    this.#events = events;
    this.#socket = new LoadSocket(
      { ...target, path },
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

  #ask(type: string, message: object): Promise<PeerReply | undefined> {
    return new Promise((answer) => {
      const id = this.#nextId++;
      this.#waiting.set(id, answer);
      this.#socket.resume();
      const name = Buffer.from(type);
      const head = Uint8Array.of(ROOM_DATA, 0xa0 | name.length);
      this.#socket.sendFrame(maskedFrame(OPCODE.binary, Buffer.concat([head, name, pack({ id, ...message })])));
    });
  }

  #read(payload: Buffer): void {
    switch (payload[0]) {
      case ROOM_STATE_PATCH:
        this.#events.changed?.(states.read(payload));
        break;
      case ROOM_DATA:
        this.#reply(payload);
        break;
      case JOIN_ROOM:
        // Tells the session and the shape of the state; the state itself comes when this is acknowledged.
        this.#socket.sendFrame(JOINED);
        break;
      case ROOM_STATE:
        this.#entered = true;
        this.#events.snapshot(snapshots.read(payload));
        break;
      case ERROR:
        throw new Error(`An error of the room: ${payload.toString('latin1', 1)}.`);
    }
  }

  #reply(payload: Buffer): void {
    if (!payload.subarray(0, REPLY.length).equals(REPLY)) throw new Error('A message that is no reply.');
    const { id, ...reply } = unpack(payload.subarray(REPLY.length)) as PeerReply & { readonly id: number };
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    answer?.(reply);
  }
}

function readChanges(payload: Buffer): SeatChange[] {
  const changes: SeatChange[] = [];
  // Behind the mark comes which array is meant, and we know that there is one.
  let at = payload.indexOf(SWITCH_TO_STRUCTURE) + 2;
  while (at < payload.length) {
    // The operation is not looked at: whether a value is the first of its place or another, it is the one that counts.
    at++;
    const first = payload[at] ?? 0;
    // As the schema's numbers are: themselves up to 127, else a mark of their size and little-endian bytes.
    const bytes = first < 0x80 ? 0 : first === 0xcc ? 1 : first === 0xcd ? 2 : 0;
    if (first >= 0x80 && bytes === 0) throw new RangeError(`A seat index that starts with ${first}.`);
    const seat = bytes === 0 ? first : payload.readUIntLE(at + 1, bytes);
    at += 1 + bytes;
    changes.push([seat, payload[at] ?? 0]);
    at++;
  }
  return changes;
}
