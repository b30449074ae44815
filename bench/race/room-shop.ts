import type { OpenPeer, PeerClient, PeerTarget } from '../load/peer-client.js';
import type { Observer, Shop } from './shop.js';

/** Follows the map of a room of Socket.IO or Colyseus. */
export class RoomObserver implements Observer {
  readonly #open: () => Promise<PeerClient>;
  #statuses: Uint8Array = new Uint8Array(0);
  #client: PeerClient | undefined;

  constructor(open: OpenPeer, target: PeerTarget, showtimeId: string) {
    this.#open = () =>
      open(target, showtimeId, {
        snapshot: (statuses) => {
          this.#statuses = Uint8Array.from(statuses);
        },
        changed: (changes) => {
          for (const [seat, status] of changes) this.#statuses[seat] = status;
        },
        closed: () => {},
      });
  }

  async connect(): Promise<void> {
    this.#client = await this.#open();
  }

  seats(): Uint8Array {
    return this.#statuses;
  }

  close(): void {
    this.#client?.close();
  }
}

/** One client in a room. */
export class RoomShop implements Shop {
  readonly #open: () => Promise<PeerClient>;
  readonly #observer: Observer;
  #client: PeerClient | undefined;

  constructor(open: OpenPeer, target: PeerTarget, showtimeId: string, observer: Observer) {
    this.#observer = observer;
    const closed = () => {
      this.#client = undefined;
    };
    this.#open = () => open(target, showtimeId, { snapshot: () => {}, closed });
  }

  async connect(): Promise<void> {
    this.#client = await this.#open();
  }

  seats(): Uint8Array {
    return this.#observer.seats();
  }

  async hold(seats: readonly number[], sent: () => void): Promise<string | undefined> {
    sent();
    const reply = await this.#client?.hold(seats);
    if (!reply) throw new Error('The connection broke.');
    return reply.holdId;
  }

  async book(holdId: string): Promise<boolean> {
    const reply = await this.#client?.book(holdId);
    if (!reply) throw new Error('The connection broke.');
    return reply.ok;
  }

  follow(): void {}

  look(): void {
    this.#client?.look();
  }

  close(): void {
    this.#client?.close();
  }
}
