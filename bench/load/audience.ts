/** Very many who watch one showtime, of ours or of a peer, as one process can have them. */
import type { PeerTarget } from './peer-client.js';
import { PEER_OPENERS } from './peer-openers.js';
import { WatcherSocket, type WatcherTarget, type Watching } from './watcher-socket.js';

/** Whom they watch. `bare`: by counting frames; the others, with the clients of the peers' own wires. */
export type Watched =
  | { readonly kind: 'bare'; readonly target: WatcherTarget }
  | { readonly kind: 'socket-io' | 'colyseus'; readonly target: PeerTarget; readonly showtimeId: string };

export interface Gathered {
  readonly watchers: readonly Watching[];
  /** From the first connect to the last entered. */
  readonly ms: number;
  /** What the first of them was sent when it entered, of ours. */
  readonly sample: Uint8Array | undefined;
}

/**
 * A source address has some 28,000 ports for all servers together, and the fuller it is, the longer the kernel looks for a
 * free one; those of the dead stay taken for a minute.
 */
const SOCKETS_AN_ADDRESS = 1_000;

/** How many this process has connected: so that each takes the next address, whichever lot it comes with. */
let connected = 0;

/**
 * Connects so many, `atOnce` of them under way at any time.
 * @throws Error where one cannot enter, or any of them is lost before all have.
 */
export async function gather(watched: Watched, count: number, atOnce: number): Promise<Gathered> {
  const watchers: Watching[] = [];
  const startedAt = performance.now();
  let next = 0;
  const line = async () => {
    while (next < count) watchers.push(await open(watched, next++ === 0));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, line));
  const ms = performance.now() - startedAt;
  const sampled = watchers.find((one) => one instanceof WatcherSocket && one.sample !== undefined);
  return { watchers, ms, sample: sampled instanceof WatcherSocket ? sampled.sample : undefined };
}

async function open(watched: Watched, wantsSample: boolean): Promise<Watching> {
  const block = Math.floor(connected++ / SOCKETS_AN_ADDRESS);
  // Only Linux answers on all of 127.0.0.0/8.
  // Several processes of load run side by side: each has addresses of its own.
  const network = `127.${1 + (process.pid % 250)}.${(process.pid >> 8) % 250}`;
  const localAddress = process.platform === 'linux' ? `${network}.${1 + (block % 250)}` : undefined;
  if (watched.kind === 'bare') return await openBare(watched.target, localAddress, wantsSample);
  const openPeer = PEER_OPENERS[watched.kind];
  const counted = { messages: 0, bytes: 0 };
  const client = await openPeer({ ...watched.target, ...(localAddress && { localAddress }) }, watched.showtimeId, {
    snapshot: () => {},
    changed: () => {
      counted.messages++;
    },
    closed: () => {},
  });
  return Object.assign(counted, { cut: () => client.close() });
}

function openBare(target: WatcherTarget, localAddress: string | undefined, wantsSample: boolean): Promise<Watching> {
  return new Promise((resolve, reject) => {
    const socket: WatcherSocket = new WatcherSocket(target, localAddress, wantsSample, () => resolve(socket), reject);
  });
}
