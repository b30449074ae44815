/** A house that is to be watched: of ours, or of a peer; what the questions about watchers have in common. */
import { SUBPROTOCOL_MSGPACK } from '../../src/protocol/version.js';
import type { Watched } from '../load/audience.js';
import type { Moved } from '../load/mover.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import { openPeerSale, startPeer } from './peer.js';
import type { Served, Stage } from './stage.js';

export interface WatchedHouse {
  readonly name: string;
  readonly served: Served;
  readonly watched: Watched;
  readonly moved: Moved;
}

/** Long enough that nothing expires while it is measured. */
const HOLD_TTL_MS = 600_000;
const PEER_SHOWTIME = '0b6ff3a5-4d5e-4c6e-9a0e-6f1d8a4c2b11';
/** Nobody has a token: each is made a guest. */
const HELLO = '{"type":"hello"}';
/** Welcome and snapshot. */
const ANSWERS = 2;

export async function ourHouse(stage: Stage, seats: number): Promise<WatchedHouse> {
  const database = await stage.postgres();
  const served = await stage.usher(database);
  const showtimeId = await openSale(database.pool, seats, HOLD_TTL_MS);
  const moved: Moved = { kind: 'usher', target: addressOf(served), showtimeId, labels: rushHall(seats).seats.label };
  return { name: 'usher', served, watched: watchedByUsher(served, showtimeId), moved };
}

export function watchedByUsher(served: Served, showtimeId: string): Watched {
  const path = `/v1/showtimes/${showtimeId}/live`;
  const target = { ...addressOf(served), path, subprotocol: SUBPROTOCOL_MSGPACK, hello: HELLO };
  return { kind: 'bare', target: { ...target, messagesToEnter: ANSWERS } };
}

export async function peerHouse(stage: Stage, kind: 'socket-io' | 'colyseus', seats: number): Promise<WatchedHouse> {
  const served = await startPeer(stage, kind, await stage.postgres(kind));
  await openPeerSale(served, PEER_SHOWTIME, seats);
  const target = addressOf(served);
  return {
    name: kind === 'socket-io' ? 'Socket.IO' : 'Colyseus',
    served,
    watched: { kind, target, showtimeId: PEER_SHOWTIME },
    moved: { kind, target, showtimeId: PEER_SHOWTIME, labels: rushHall(seats).seats.label },
  };
}

/** A ceiling: whoever connects says hello, and has what they came for after so many messages. */
export function watchedBare(served: Served, messagesToEnter: 0 | 1): Watched {
  const target = { ...addressOf(served), path: '/', messagesToEnter };
  return { kind: 'bare', target: messagesToEnter === 0 ? target : { ...target, hello: HELLO } };
}

function addressOf({ url }: Served): { host: string; port: number } {
  return { host: url.hostname, port: Number(url.port) };
}
