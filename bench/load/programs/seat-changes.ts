/** People who hold and release seats all over a house, at a steady rate; and what the house looks like to them. */
import { randomUUID } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { FrameReader } from '../frame-reader.js';
import { LiveClient } from '../live-client.js';
import { serveOrders } from '../serve-orders.js';

export interface Crowd {
  readonly host: string;
  readonly port: number;
  readonly showtimeId: string;
  readonly labels: readonly string[];
  readonly people: number;
}

export interface Pace {
  /** Seats that change their status, held and released ones together. */
  readonly changesPerSecond: number;
  readonly ms: number;
}

export interface Changed {
  /** Commands that were granted, each of which changed one seat. */
  readonly granted: number;
  readonly deltas: number;
  readonly changes: number;
  /** From the first command to the last reply. */
  readonly tookMs: number;
}

/** How the house stands to one of them. */
export interface Standing {
  readonly epoch: number;
  readonly seq: number;
  readonly statuses: Uint8Array;
}

/** Commands that are due leave this far apart; a timer cannot keep a closer rhythm. */
const BURST_MS = 1;

interface Person {
  readonly client: LiveClient;
  /** The seats that are this one's to change: nobody meets anybody. */
  readonly seats: readonly string[];
  next: number;
  readonly held: { readonly seat: string; readonly holdId: string }[];
}

let people: Person[] = [];
const seen = { deltas: 0, changes: 0, faults: [] as string[] };

const orders = {
  async enter({ host, port, showtimeId, labels, people: count }: Crowd): Promise<void> {
    // The page that watches is what is measured: whoever shares its machine gives way to it.
    setPriority(constants.priority.PRIORITY_LOW);
    const reader = new FrameReader();
    people = Array.from({ length: count }, (_, i) => ({
      client: newClient({ host, port }, showtimeId, labels.length, reader, i === 0),
      // A step through the house that shares no factor with its length spreads each person's seats over all of it, and
      // a start of their own keeps people apart who act one after the other.
      seats: labels
        .filter((_, seat) => seat % count === i)
        .map((_, n, own) => own[(n * 7_919 + i * 397) % own.length] ?? ''),
      next: 0,
      held: [],
    }));
    await Promise.all(people.map(({ client }) => client.open()));
  },
  async change({ changesPerSecond, ms }: Pace): Promise<Changed> {
    [seen.deltas, seen.changes] = [0, 0];
    const commands: Promise<void>[] = [];
    const startedAt = performance.now();
    for (let sent = 0; ; ) {
      const elapsed = Math.min(ms, performance.now() - startedAt);
      const due = Math.floor((elapsed / 1_000) * changesPerSecond);
      for (; sent < due; sent++) commands.push(changeOne(people[sent % people.length]));
      if (elapsed === ms) break;
      await sleep(BURST_MS);
    }
    await Promise.all(commands);
    const tookMs = performance.now() - startedAt;
    // The deltas of the last commands may be behind their replies.
    await sleep(200);
    const [fault] = seen.faults;
    if (fault !== undefined) throw new Error(fault);
    return { granted: commands.length, deltas: seen.deltas, changes: seen.changes, tookMs };
  },
  async stand(): Promise<Standing> {
    const view = people[0]?.client.view;
    if (!view || view.stale) throw new Error('Nobody sees the house.');
    return { epoch: view.epoch, seq: view.seq, statuses: view.statuses };
  },
};

/** Holds a seat and releases the one before, once enough are held. */
async function changeOne(person: Person | undefined): Promise<void> {
  if (!person) throw new Error('Nobody is there.');
  const { client, seats, held } = person;
  const commandId = randomUUID();
  const old = held.length > HELD_BY_ONE ? held.shift() : undefined;
  if (old) {
    const answer = await client.command({ type: 'release', commandId, holdId: old.holdId });
    if (!answer?.reply.ok) seen.faults.push(`A release of ${old.seat} came to ${JSON.stringify(answer?.reply)}.`);
    return;
  }
  const seat = seats[person.next++ % seats.length] ?? '';
  const answer = await client.command({ type: 'hold', commandId, seats: [seat] });
  if (answer?.reply.ok && answer.reply.hold) held.push({ seat, holdId: answer.reply.hold.id });
  else seen.faults.push(`A hold of ${seat} came to ${JSON.stringify(answer?.reply)}.`);
}

/** So many seats are held at a time, give or take what is under way. */
const HELD_BY_ONE = 80;

function newClient(
  target: { readonly host: string; readonly port: number },
  showtimeId: string,
  seats: number,
  reader: FrameReader,
  counts: boolean,
): LiveClient {
  const nothing = () => {};
  const fault = (what: string) => () => void seen.faults.push(what);
  return new LiveClient({
    target,
    showtimeId,
    seats,
    reader,
    events: {
      lost: (code) => seen.faults.push(`A connection was lost: ${code}.`),
      snapshot: nothing,
      delta: (changes) => {
        if (!counts) return;
        seen.deltas++;
        seen.changes += changes;
      },
      seatChanged: nothing,
      gap: fault('A delta was missing.'),
      holdExpired: fault('A hold expired.'),
      told: (what) => seen.faults.push(`The server said ${what}.`),
    },
  });
}

export type SeatChanges = typeof orders;
serveOrders(orders);
