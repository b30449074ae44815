/** What is the same with every peer that keeps the house in memory: a snapshot first, then requests and their replies. */
import { LoadSocket, type SocketTarget } from './load-socket.js';
import type { PeerClient, PeerEvents, PeerReply } from './peer-client.js';

/** How the frames of one peer look. */
export interface PeerWire {
  /** A whole frame that asks for it, made by `maskedFrame`. */
  request(id: number, name: 'hold' | 'release' | 'book', argument: object): Buffer;
  /** Says to `heard` what is in a payload. @throws Error where it is nothing that this peer sends in a good conversation. */
  read(payload: Buffer, heard: PeerHeard): void;
}

/** What a wire finds in what it reads. */
export interface PeerHeard {
  snapshot(statuses: Uint8Array): void;
  /** Absent: nobody wants to know, and the wire had better not read them. */
  readonly changed: PeerEvents['changed'];
  replied(id: number, reply: PeerReply): void;
  /** The peer wants this frame back before it goes on. */
  answer(frame: Buffer): void;
}

const CLOSED_NORMALLY = 1000;

/** Rejects with the reason where the connection ends before the snapshot has come. */
export function openConversation(target: SocketTarget, wire: PeerWire, events: PeerEvents): Promise<PeerClient> {
  return new Promise((resolve, reject) => {
    let client: PeerConversation | undefined = new PeerConversation(target, wire, {
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
}

class PeerConversation implements PeerClient {
  readonly #socket: LoadSocket;
  readonly #wire: PeerWire;
  readonly #waiting = new Map<number, (reply: PeerReply | undefined) => void>();
  #nextId = 0;
  #entered = false;

  constructor(target: SocketTarget, wire: PeerWire, events: PeerEvents) {
    this.#wire = wire;
    const heard: PeerHeard = {
      snapshot: (statuses) => {
        this.#entered = true;
        events.snapshot(statuses);
      },
      changed: events.changed,
      replied: (id, reply) => this.#replied(id, reply),
      answer: (frame) => this.#socket.sendFrame(frame),
    };
    this.#socket = new LoadSocket(target, {
      open: () => {},
      message: (payload) => {
        wire.read(payload, heard);
        if (this.#entered && !events.changed && this.#waiting.size === 0) this.#socket.pause();
      },
      closed: (code, reason) => {
        for (const answer of this.#waiting.values()) answer(undefined);
        this.#waiting.clear();
        events.closed(code, reason);
      },
    });
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

  #ask(name: 'hold' | 'release' | 'book', argument: object): Promise<PeerReply | undefined> {
    return new Promise((answer) => {
      const id = this.#nextId++;
      this.#waiting.set(id, answer);
      this.#socket.resume();
      this.#socket.sendFrame(this.#wire.request(id, name, argument));
    });
  }

  #replied(id: number, reply: PeerReply): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    answer?.(reply);
  }
}
