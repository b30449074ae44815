import type { SocketTarget } from './load-socket.js';

/** A seat and its new status: 0 available, 1 held, 2 booked. */
export type SeatChange = readonly [seat: number, status: number];

/** What comes unasked from a peer that keeps the house in memory (`peers/socket-io`, `peers/colyseus`). */
export interface PeerEvents {
  /** Status by seat index. Shared with other clients of this process: copy it before writing. */
  snapshot(statuses: Uint8Array): void;
  /**
   * One frame of changes, shared likewise. Absent: they are passed over, and the socket rests, which means that it reads
   * only while a reply is waited for and when told to `look`.
   */
  readonly changed?: (changes: readonly SeatChange[]) => void;
  /** Exactly once; replies that are waited for have been answered with undefined before. */
  closed(code: number, reason: string): void;
}

export interface PeerReply {
  readonly ok: boolean;
  /** Of a hold. */
  readonly holdId?: string;
  /** Of a booking. */
  readonly bookingId?: string;
  readonly error?: string;
}

/** One person at one seat map of a peer. */
export interface PeerClient {
  /** Each undefined: the connection ended before the reply. */
  hold(seats: readonly number[]): Promise<PeerReply | undefined>;
  release(holdId: string): Promise<PeerReply | undefined>;
  book(holdId: string): Promise<PeerReply | undefined>;
  /** Has one that rests read what has come. To be called every few seconds: pings want an answer. */
  look(): void;
  close(): void;
}

export type PeerTarget = Omit<SocketTarget, 'path' | 'subprotocol'>;

/** Rejects with the reason where the connection ends before the snapshot has come. */
export type OpenPeer = (target: PeerTarget, showtimeId: string, events: PeerEvents) => Promise<PeerClient>;
