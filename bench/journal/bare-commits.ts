import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { randomIds } from '../../src/adapters/random-ids.js';
import type { Booking, Hold } from '../../src/core/house.js';
import type { SeatAct } from '../../src/core/seat-act.js';
import type { Batch, CommandResult } from '../../src/runtime/journal-port.js';
import { quiet } from '../suite/quiet.js';

export interface BareCommits {
  readonly databaseUrl: string;
  /** Holds in a flush, and as many releases: of those that the flush before granted. */
  readonly holdsPerFlush: number;
  readonly seats: number;
  readonly ms: number;
}

const ids = randomIds(Date.now);

/**
 * The journal with nothing around it: one flush after the other through usher.commit_batch, by the node's own adapter.
 * @returns holds that were granted and released in a second of the time that the journal had; making the batches up is not
 * counted.
 */
export async function bareCommits({ databaseUrl, holdsPerFlush, seats, ms }: BareCommits): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const journal = new PostgresJournal({
    primary: new Primary(databaseUrl),
    pool,
    log: quiet,
    writerId: randomUUID(),
    nodeName: 'bare',
    replayWindowMs: 1,
    replaysMax: 1,
    onServerTime() {},
  });
  try {
    const showtimeId = randomUUID();
    const { epoch } = await journal.claim(showtimeId, 0);
    let held: Hold[] = [];
    let spentMs = 0;
    let flushes = 0;
    let firstAct = 1;
    while (spentMs < ms) {
      const released = held;
      held = holdsOf(holdsPerFlush, (flushes % 2) * holdsPerFlush * 2, seats);
      const changed = changing(released, held);
      const batch: Batch = {
        number: ++flushes,
        after: 0,
        slices: [{ showtimeId, epoch, ...changed, firstAct }],
      };
      firstAct += changed.acts.length;
      const since = performance.now();
      const { fenced } = await journal.commit(batch);
      spentMs += performance.now() - since;
      if (fenced.length > 0) throw new Error('The bare journal lost its showtime.');
    }
    return ((flushes * holdsPerFlush) / spentMs) * 1_000;
  } finally {
    await journal.close();
    await pool.end();
  }
}

/** Two seats each, from `first` on, around the house where it ends. */
function holdsOf(count: number, first: number, seats: number): Hold[] {
  const expiresAt = Date.now() + 600_000;
  return Array.from({ length: count }, (_, i) => {
    const seat = (first + 2 * i) % (seats - 1);
    const pair = { seats: [seat, seat + 1], prices: [1_200, 1_200] };
    return { id: ids.uuid(), holder: `guest:${ids.uuid()}`, ...pair, expiresAt, extensions: 0 };
  });
}

function changing(released: readonly Hold[], held: readonly Hold[]) {
  const holds = new Map<number, Hold | undefined>();
  const heldBefore = new Set<number>();
  const results: CommandResult[] = [];
  const acts: SeatAct[] = [];
  const at = Date.now();
  const result = ({ holder }: Hold, command: string, reply: CommandResult['reply']) =>
    results.push({ holder, commandId: randomUUID(), command, reply });
  for (const hold of released) {
    for (const seat of hold.seats) {
      holds.set(seat, undefined);
      heldBefore.add(seat);
    }
    acts.push({ act: 'released', at, seats: hold.seats, holder: hold.holder, hold: hold.id });
    result(hold, 'release', { ok: true, type: 'release', seats: hold.seats });
  }
  for (const hold of held) {
    for (const seat of hold.seats) holds.set(seat, hold);
    acts.push({ act: 'held', at, seats: hold.seats, holder: hold.holder, hold: hold.id });
    result(hold, 'hold', { ok: true, type: 'hold', hold });
  }
  return {
    holds,
    heldBefore,
    blocks: new Map<number, string>(),
    booked: [],
    cancelled: [],
    reseated: new Map<string, Booking>(),
    results,
    acts,
  };
}
