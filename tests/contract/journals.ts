import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type JournalCopy, MemoryJournal } from '../../src/adapters/memory/memory-journal.js';
import { type JournalCall, MemoryJournalClient } from '../../src/adapters/memory/memory-journal-client.js';
import type { Trip } from '../../src/adapters/memory/trip.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { primaryPool } from '../../src/adapters/postgres/primary-pool.js';
import { readAct, type SeatAct, type SpeltAct } from '../../src/core/seat-act.js';
import type { Batch, Claim, Journal, Slice } from '../../src/runtime/journal-port.js';
import { createDatabase } from '../integration/database.js';
import { silentLog } from '../silent-log.js';
import { TcpProxy } from './tcp-proxy.js';

export const REPLAY_WINDOW_MS = 60_000;

/** One node's journal, and the ways in which its commits can go wrong. Where `after` is left out, it is 0. */
export interface NodeJournal extends Omit<Journal, 'claim' | 'commit'> {
  claim(showtimeId: string, after?: number): Promise<Claim>;
  commit(batch: Omit<Batch, 'after'> & { readonly after?: number }): Promise<{ readonly fenced: readonly Slice[] }>;
  /** The next commit arrives and its answer does not. */
  loseNextAnswer(): void;
  /** The next commit is given up by its sender, and arrives only when told to. */
  delayNextCommit(): void;
  /** Resolves when the delayed commit has run its course. */
  letLateArrive(): Promise<void>;
}

/** A store that nodes share. */
export interface Store {
  /** A journal of one more life of a node. */
  node(): Promise<NodeJournal>;
  /** What happened to the seats of a showtime, the newest last. */
  history(showtimeId: string): Promise<readonly SeatAct[]>;
  /** Makes all results of the showtime this old. */
  ageResults(showtimeId: string, ms: number): Promise<void>;
  /** What a standby has that has followed so far. */
  copy(): Promise<unknown>;
  /** Makes that standby the primary: what came after is gone. */
  promote(standby: unknown): Promise<void>;
  /** Has somebody see the present timeline, and that so long ago. */
  letTimePass(ms: number): Promise<void>;
  /** The store's clock, in milliseconds since 1970. */
  now(): Promise<number>;
  close(): Promise<void>;
}

function asNode(journal: Journal): Omit<NodeJournal, 'loseNextAnswer' | 'delayNextCommit' | 'letLateArrive'> {
  return {
    claim: (showtimeId, after = 0) => journal.claim(showtimeId, after),
    commit: (batch) => journal.commit({ after: 0, ...batch }),
    owners: (showtimeIds) => journal.owners(showtimeIds),
    position: () => journal.position(),
    confirm: (after, timeline) => journal.confirm(after, timeline),
    restore: (number, after, restoration) => journal.restore(number, after, restoration),
  };
}

export async function memoryStore(): Promise<Store> {
  let aheadMs = 0;
  const journal = new MemoryJournal(() => Date.now() + aheadMs);
  return {
    async node() {
      const trips: Trip[] = [];
      let arrive = () => {};
      const options = { journal, writerId: randomUUID(), replayWindowMs: REPLAY_WINDOW_MS };
      const timers = {
        soon: nodeTimers.soon,
        after: (ms: number, call: () => void) => {
          if (ms !== LATE_MS) return nodeTimers.after(ms, call);
          arrive = call;
          return () => {};
        },
      };
      const trip = (call: JournalCall) => (call === 'commit' ? (trips.shift() ?? {}) : {});
      const client = new MemoryJournalClient({ ...options, timers, trip });
      return {
        ...asNode(client),
        loseNextAnswer: () => void trips.push({ lost: 'answer' }),
        delayNextCommit: () => void trips.push({ thereMs: LATE_MS, lost: 'answer', brokenAfterMs: 1 }),
        letLateArrive: async () => arrive(),
      };
    },
    history: async (showtimeId) => journal.history(showtimeId),
    async ageResults(_, ms) {
      aheadMs += ms;
    },
    copy: async () => journal.copy(),
    promote: async (standby) => journal.promote(standby as JournalCopy),
    async letTimePass(ms) {
      journal.position('somebody');
      aheadMs += ms;
    },
    now: async () => Date.now() + aheadMs,
    close: async () => {},
  };
}

/** Stands for "when told to". */
const LATE_MS = 1e9;

export interface PostgresStore extends Store {
  readonly admin: pg.Pool;
  readonly url: string;
  /** With the way that its commits and claims take. */
  proxied(options?: {
    readonly answerMsMax?: number;
    readonly replaysMax?: number;
  }): Promise<{ readonly journal: PostgresJournal; readonly proxy: TcpProxy }>;
}

export async function postgresStore(): Promise<PostgresStore> {
  const database = await createDatabase();
  const admin = new pg.Pool({ connectionString: database.url, max: 4 });
  admin.on('error', () => {});
  const closing: (() => Promise<void>)[] = [];
  const proxied: PostgresStore['proxied'] = async (options = {}) => {
    const proxy = await TcpProxy.start(database.url);
    // Claims are few here, and the nodes of all tests live until the end: what is idle would use up what Postgres takes.
    const primary = new Primary(proxy.url);
    const pool = primaryPool(primary, { max: 4, idleTimeoutMillis: 200 }, silentLog);
    const journal = new PostgresJournal({
      primary,
      pool,
      log: silentLog,
      writerId: randomUUID(),
      nodeName: 'test',
      replayWindowMs: REPLAY_WINDOW_MS,
      replaysMax: 50_000,
      onServerTime: () => {},
      ...options,
    });
    closing.push(async () => {
      await proxy.stop();
      await journal.close();
      await pool.end();
    });
    return { journal, proxy };
  };
  return {
    admin,
    url: database.url,
    proxied,
    async node() {
      const { journal, proxy } = await proxied();
      return {
        ...asNode(journal),
        loseNextAnswer: () => proxy.arm('commit_batch', 'answer lost'),
        delayNextCommit: () => proxy.arm('commit_batch', 'arrives late'),
        letLateArrive: () => proxy.letLateArrive(),
      };
    },
    async history(showtimeId) {
      const { rows } = await admin.query<{ acts: string }>(
        'SELECT acts FROM usher.seat_acts WHERE showtime_id = $1 ORDER BY epoch, number',
        [showtimeId],
      );
      return rows.flatMap(({ acts }) => (JSON.parse(acts) as SpeltAct[]).map(readAct));
    },
    async ageResults(showtimeId, ms) {
      await admin.query(
        'UPDATE usher.command_results SET created_at = created_at - make_interval(secs => $2) WHERE showtime_id = $1',
        [showtimeId, ms / 1000],
      );
    },
    copy: () => copyJournal(admin),
    promote: (standby) => promoteCopy(admin, String(standby)),
    async letTimePass(ms) {
      await admin.query(
        `INSERT INTO usher.timelines VALUES (usher.timeline(), clock_timestamp() - make_interval(secs => $1))
         ON CONFLICT (timeline) DO UPDATE SET seen_at = excluded.seen_at`,
        [ms / 1000],
      );
    },
    async now() {
      const { rows } = await admin.query('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
      return rows[0].now;
    },
    async close() {
      for (const close of closing) await close();
      await admin.end();
      await database.drop();
    },
  };
}

const JOURNAL_TABLES = [
  'showtime_owners',
  'hold_seats',
  'bookings',
  'booking_seats',
  'blocked_seats',
  'seat_allocations',
  'command_results',
  'seat_acts',
  'writers',
  'losses',
  'timelines',
];

/** In tables of its own: a promotion of a real standby takes seconds, and is tested apart. */
async function copyJournal(admin: pg.Pool): Promise<string> {
  const schema = `standby_${randomUUID().slice(0, 8)}`;
  const tables = JOURNAL_TABLES.map((table) => `CREATE TABLE ${schema}.${table} AS SELECT * FROM usher.${table};`);
  await admin.query(`BEGIN; CREATE SCHEMA ${schema}; ${tables.join(' ')} COMMIT;`);
  return schema;
}

async function promoteCopy(admin: pg.Pool, schema: string): Promise<void> {
  const { rows } = await admin.query<{ timeline: number }>('SELECT usher.timeline() + 1 AS timeline');
  const tables = JOURNAL_TABLES.map(
    (table) => `TRUNCATE usher.${table}; INSERT INTO usher.${table} SELECT * FROM ${schema}.${table};`,
  );
  await admin.query(`BEGIN; ${tables.join(' ')}
    CREATE OR REPLACE FUNCTION usher.timeline() RETURNS integer LANGUAGE sql AS 'SELECT ${rows[0]?.timeline}'; COMMIT;`);
}
