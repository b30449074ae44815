/** Somebody who holds a seat and gives it back, again and again: what makes deltas for everybody else. */
import { randomUUID } from 'node:crypto';
import { FrameReader } from './frame-reader.js';
import { LiveClient } from './live-client.js';
import type { PeerTarget } from './peer-client.js';
import { PEER_OPENERS } from './peer-openers.js';

export interface Moved {
  readonly kind: 'usher' | 'socket-io' | 'colyseus';
  readonly target: PeerTarget;
  readonly showtimeId: string;
  /** By seat index. */
  readonly labels: readonly string[];
}

export interface Mover {
  /** @returns the hold. @throws Error where the seat was not held. */
  hold(seat: number): Promise<string>;
  release(holdId: string): Promise<void>;
  close(): void;
}

export async function openMover(moved: Moved): Promise<Mover> {
  return moved.kind === 'usher' ? await openOurs(moved) : await openPeers(moved, moved.kind);
}

async function openOurs({ target, showtimeId, labels }: Moved): Promise<Mover> {
  const nothing = () => {};
  const fault = (what: string) => () => {
    throw new Error(what);
  };
  const client = new LiveClient({
    target,
    showtimeId,
    seats: labels.length,
    reader: new FrameReader(),
    events: {
      lost: nothing,
      snapshot: nothing,
      delta: nothing,
      seatChanged: nothing,
      gap: fault('A delta was missing.'),
      holdExpired: fault('A hold expired.'),
      told: (what) => fault(`The server said ${what}.`)(),
    },
  });
  await client.open();
  return {
    async hold(seat) {
      const seats = [labels[seat] ?? ''];
      const answer = await client.command({ type: 'hold', commandId: randomUUID(), seats });
      if (!answer?.reply.ok || !answer.reply.hold) throw new Error(`A hold came to ${JSON.stringify(answer?.reply)}.`);
      return answer.reply.hold.id;
    },
    async release(holdId) {
      const answer = await client.command({ type: 'release', commandId: randomUUID(), holdId });
      if (!answer?.reply.ok) throw new Error(`A release came to ${JSON.stringify(answer?.reply)}.`);
    },
    close: () => client.close(),
  };
}

async function openPeers({ target, showtimeId }: Moved, kind: 'socket-io' | 'colyseus'): Promise<Mover> {
  const nothing = () => {};
  const client = await PEER_OPENERS[kind](target, showtimeId, { snapshot: nothing, changed: nothing, closed: nothing });
  return {
    async hold(seat) {
      const reply = await client.hold([seat]);
      if (!reply?.ok || reply.holdId === undefined) throw new Error(`A hold came to ${JSON.stringify(reply)}.`);
      return reply.holdId;
    },
    async release(holdId) {
      const reply = await client.release(holdId);
      if (!reply?.ok) throw new Error(`A release came to ${JSON.stringify(reply)}.`);
    },
    close: () => client.close(),
  };
}
