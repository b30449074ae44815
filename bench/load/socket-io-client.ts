/** The wire of `peers/socket-io`: Engine.IO 4 over WebSocket only, Socket.IO packets in text frames. */
import { maskedFrame, OPCODE } from './masked-frame.js';
import type { OpenPeer, PeerReply, SeatChange } from './peer-client.js';
import { openConversation, type PeerHeard, type PeerWire } from './peer-conversation.js';
import { RecentFrames } from './recent-frames.js';

const PONG = maskedFrame(OPCODE.text, '3');
const PATH = '/socket.io/?EIO=4&transport=websocket';
const [DIGIT_0, DIGIT_2, DIGIT_3, DIGIT_4] = Buffer.from('0234');
/** Where the name of an event begins: `42["changes",…`. */
const AT_NAME = 4;
const [LETTER_C] = Buffer.from('c');

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
  openConversation({ ...target, path: PATH }, new SocketIoWire(showtimeId), events);

class SocketIoWire implements PeerWire {
  readonly #showtimeId: string;

  constructor(showtimeId: string) {
    this.#showtimeId = showtimeId;
  }

  request(id: number, name: string, argument: object): Buffer {
    return maskedFrame(OPCODE.text, `42${id}${JSON.stringify([name, argument])}`);
  }

  read(payload: Buffer, heard: PeerHeard): void {
    const [engineType, packetType] = payload;
    if (engineType === DIGIT_2) heard.answer(PONG);
    else if (engineType === DIGIT_0) heard.answer(this.#greeting());
    else if (engineType !== DIGIT_4 || packetType === DIGIT_0) return;
    else if (packetType === DIGIT_3) readReply(payload, heard);
    else if (packetType === DIGIT_2) readUnasked(payload, heard);
    else throw new Error(`Not let in: ${payload.toString('utf8')}.`);
  }

  #greeting(): Buffer {
    return maskedFrame(OPCODE.text, `40${JSON.stringify({ showtimeId: this.#showtimeId })}`);
  }
}

function readUnasked(payload: Buffer, heard: PeerHeard): void {
  if (!heard.changed && payload[AT_NAME] === LETTER_C) return;
  const message = unasked.read(payload);
  if (message.type === 'changes') heard.changed?.(message.changes);
  else heard.snapshot(message.statuses);
}

/** `43<id>[{…}]` */
function readReply(payload: Buffer, heard: PeerHeard): void {
  const start = payload.indexOf('[');
  const id = Number(payload.toString('latin1', 2, start));
  const [reply] = JSON.parse(payload.toString('utf8', start)) as [PeerReply];
  heard.replied(id, reply);
}
