/** The wire of `peers/colyseus`: a seat in a room asked for over HTTP, then Colyseus 0.16 in binary frames. */
import { pack, unpack } from 'msgpackr';
import { HttpConnection, httpRequest } from './http-connection.js';
import { maskedFrame, OPCODE } from './masked-frame.js';
import type { OpenPeer, PeerReply, PeerTarget, SeatChange } from './peer-client.js';
import { openConversation, type PeerHeard, type PeerWire } from './peer-conversation.js';
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
  return await openConversation({ ...target, path }, colyseusWire, events);
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

const colyseusWire: PeerWire = {
  request(id, name, argument) {
    const head = Uint8Array.of(ROOM_DATA, 0xa0 | name.length);
    return maskedFrame(OPCODE.binary, Buffer.concat([head, Buffer.from(name), pack({ id, ...argument })]));
  },

  read(payload, heard) {
    switch (payload[0]) {
      case ROOM_STATE_PATCH:
        heard.changed?.(states.read(payload));
        break;
      case ROOM_DATA:
        readReply(payload, heard);
        break;
      case JOIN_ROOM:
        // Tells the session and the shape of the state; the state itself comes when this is acknowledged.
        heard.answer(JOINED);
        break;
      case ROOM_STATE:
        heard.snapshot(snapshots.read(payload));
        break;
      case ERROR:
        throw new Error(`An error of the room: ${payload.toString('latin1', 1)}.`);
    }
  },
};

function readReply(payload: Buffer, heard: PeerHeard): void {
  if (!payload.subarray(0, REPLY.length).equals(REPLY)) throw new Error('A message that is no reply.');
  const { id, ...reply } = unpack(payload.subarray(REPLY.length)) as PeerReply & { readonly id: number };
  heard.replied(id, reply);
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
