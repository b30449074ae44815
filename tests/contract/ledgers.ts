import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { MemoryJournal } from '../../src/adapters/memory/memory-journal.js';
import { type LedgerCall, MemoryLedger } from '../../src/adapters/memory/memory-ledger.js';
import type { Trip } from '../../src/adapters/memory/trip.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { PostgresLedger } from '../../src/adapters/postgres/postgres-ledger.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { primaryPool } from '../../src/adapters/postgres/primary-pool.js';
import type { Ledger } from '../../src/runtime/ports.js';
import { createDatabase } from '../integration/database.js';
import { silentLog } from '../silent-log.js';
import { TcpProxy } from './tcp-proxy.js';

export const REPLAY_WINDOW_MS = 60_000;

/** One node's ledger, and the ways in which its commits can go wrong. */
export interface NodeLedger extends Ledger {
  /** The next commit arrives and its answer does not. */
  loseNextAnswer(): void;
  /** The next commit is given up by its sender, and arrives only when told to. */
  delayNextCommit(): void;
  /** Resolves when the delayed commit has run its course. */
  letLateArrive(): Promise<void>;
}

/** A store that nodes share. */
export interface Store {
  /** A ledger of one more life of a node. */
  node(): Promise<NodeLedger>;
  /** Makes all results of the showtime this old. */
  ageResults(showtimeId: string, ms: number): Promise<void>;
  /** The store's clock, in milliseconds since 1970. */
  now(): Promise<number>;
  close(): Promise<void>;
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
      const trip = (call: LedgerCall) => (call === 'commit' ? (trips.shift() ?? {}) : {});
      const ledger = new MemoryLedger({ ...options, timers, trip });
      return {
        claim: (showtimeId) => ledger.claim(showtimeId),
        commit: (batch) => ledger.commit(batch),
        owners: (showtimeIds) => ledger.owners(showtimeIds),
        loseNextAnswer: () => void trips.push({ lost: 'answer' }),
        delayNextCommit: () => void trips.push({ thereMs: LATE_MS, lost: 'answer', brokenAfterMs: 1 }),
        letLateArrive: async () => arrive(),
      };
    },
    async ageResults(_, ms) {
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
  }): Promise<{ readonly ledger: PostgresLedger; readonly proxy: TcpProxy }>;
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
    const ledger = new PostgresLedger({
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
      await ledger.close();
      await pool.end();
    });
    return { ledger, proxy };
  };
  return {
    admin,
    url: database.url,
    proxied,
    async node() {
      const { ledger, proxy } = await proxied();
      return {
        claim: (showtimeId) => ledger.claim(showtimeId),
        commit: (batch) => ledger.commit(batch),
        owners: (showtimeIds) => ledger.owners(showtimeIds),
        loseNextAnswer: () => proxy.arm('commit_batch', 'answer lost'),
        delayNextCommit: () => proxy.arm('commit_batch', 'arrives late'),
        letLateArrive: () => proxy.letLateArrive(),
      };
    },
    async ageResults(showtimeId, ms) {
      await admin.query(
        'UPDATE usher.command_results SET created_at = created_at - make_interval(secs => $2) WHERE showtime_id = $1',
        [showtimeId, ms / 1000],
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
