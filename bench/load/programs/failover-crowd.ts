/** People who hold and release seats of several showtimes, and come back through another node when theirs is gone. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FrameReader } from '../frame-reader.js';
import { LiveClient } from '../live-client.js';
import { serveOrders } from '../serve-orders.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Gathering {
  readonly showtimeIds: readonly string[];
  readonly seats: readonly string[];
  readonly peopleEach: number;
  /** Between an answer and the next command of the same person. */
  readonly thinkMs: number;
}

/** Since the last time of asking. */
export interface Busyness {
  readonly granted: number;
  /** Commands whose connection was lost before their reply. */
  readonly unanswered: number;
  readonly people: number;
}

/** Full jitter up to this, as the SDK of the product waits at first. */
const COME_BACK_WITHIN_MS = 250;

let nodes: readonly Address[] = [];
let going = false;
let people: Promise<void>[] = [];
const counted = { granted: 0, unanswered: 0 };

const orders = {
  async gather({ showtimeIds, seats, peopleEach, thinkMs }: Gathering): Promise<void> {
    going = true;
    const reader = new FrameReader();
    people = showtimeIds.flatMap((showtimeId) =>
      Array.from({ length: peopleEach }, (_, i) => {
        // The seats that are this one's to hold: nobody meets anybody.
        const own = seats.filter((_, seat) => seat % peopleEach === i);
        return person(new Visitor(showtimeId, seats.length, reader, i), own, thinkMs);
      }),
    );
  },
  /** Who has a connection keeps it; who comes back does so through one of these. */
  async nodesAre(addresses: readonly Address[]): Promise<void> {
    nodes = addresses;
  },
  async count(): Promise<Busyness> {
    const { granted, unanswered } = counted;
    [counted.granted, counted.unanswered] = [0, 0];
    return { granted, unanswered, people: people.length };
  },
  async leave(): Promise<void> {
    going = false;
    await Promise.all(people);
  },
};

/** One who is at some node, or on the way to one. */
class Visitor {
  readonly #showtimeId: string;
  readonly #seats: number;
  readonly #reader: FrameReader;
  #turn: number;
  #client: LiveClient | undefined;

  constructor(showtimeId: string, seats: number, reader: FrameReader, turn: number) {
    this.#showtimeId = showtimeId;
    this.#seats = seats;
    this.#reader = reader;
    this.#turn = turn;
  }

  /** A connected client, or undefined where the node that was tried has none to give. */
  async client(): Promise<LiveClient | undefined> {
    if (this.#client?.connected) return this.#client;
    this.#client?.cut();
    await sleep(Math.random() * COME_BACK_WITHIN_MS);
    const target = nodes[this.#turn++ % nodes.length];
    if (!target) return undefined;
    const nothing = () => {};
    const events = { lost: nothing, snapshot: nothing, delta: nothing, seatChanged: nothing, gap: nothing };
    const client = new LiveClient({
      target,
      showtimeId: this.#showtimeId,
      seats: this.#seats,
      reader: this.#reader,
      events: { ...events, holdExpired: nothing, told: nothing },
    });
    this.#client = client;
    return await client.open().then(
      () => client,
      () => undefined,
    );
  }

  leave(): void {
    this.#client?.cut();
  }
}

async function person(visitor: Visitor, seats: readonly string[], thinkMs: number): Promise<void> {
  for (let next = 0; going; next++) {
    await sleep(thinkMs * (0.5 + Math.random()));
    const client = await visitor.client();
    if (!client) continue;
    const seat = seats[next % seats.length] ?? '';
    const held = await client.command({ type: 'hold', commandId: randomUUID(), seats: [seat] });
    const holdId = held?.reply.ok ? held.reply.hold?.id : undefined;
    if (!held) counted.unanswered++;
    if (holdId === undefined) continue;
    counted.granted++;
    await client.command({ type: 'release', commandId: randomUUID(), holdId });
  }
  visitor.leave();
}

export type FailoverCrowd = typeof orders;
serveOrders(orders);
