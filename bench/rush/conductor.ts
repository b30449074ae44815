/** Runs one rush from the first connection to the verdict. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { seatMapData } from '../../src/boxoffice/catalogue/seat-maps.js';
import { showtimeTerms } from '../../src/boxoffice/catalogue/showtimes.js';
import { Crew } from './crew.js';
import { hallKnowledge } from './hall.js';
import type { Compared } from './orders.js';
import type { Progress } from './progress.js';
import type { RushOptions } from './rush-options.js';
import { openSale } from './showtime.js';
import { Tally } from './tally.js';
import { judge, type Verdict } from './verdict.js';
import type { Claims } from './witness.js';

export interface RushResult {
  readonly showtimeId: string;
  readonly seats: number;
  readonly tally: Tally;
  /** Clients in view of the house when the doors opened. */
  readonly ready: number;
  readonly connectingMs: number;
  /** From the doors opening to the last seat sold, or to the end of time. */
  readonly sellingMs: number;
  readonly soldOut: boolean;
  readonly verdict: Verdict;
  /** Undefined where the house never came to rest, so that nothing could be compared. */
  readonly maps: Compared | undefined;
}

const REPORT_EVERY_MS = 500;
const REST_WITHIN_MS = 30_000;
const EXAMPLES_MAX = 5;
const NOTHING_CLAIMED: Claims = { holds: [], bookings: [], deniedHolds: [], answeredHolders: [] };

export async function conduct(
  options: RushOptions,
  server: { readonly url: URL; readonly databaseUrl: string },
  program: string,
  progress: Progress,
): Promise<RushResult> {
  const pool = new pg.Pool({ connectionString: server.databaseUrl, max: 4 });
  const crew = new Crew(program, options.processes);
  try {
    const showtimeId = options.showtimeId ?? (await openSale(pool, options.seats ?? 0, options.holdTtlMs));
    const terms = await showtimeTerms(pool, showtimeId);
    const map = terms && (await seatMapData(pool, terms.seatMapHash));
    if (!map) throw new Error(`There is no showtime ${showtimeId} in this database.`);
    const hall = hallKnowledge(map);
    const seats = hall.labels.length;

    progress.phase(`${options.clients} clients connect`);
    const connectingSince = performance.now();
    const share = (member: number) => Math.floor((options.clients * member) / crew.size);
    const connected = await crew.ask('connected', (member) => ({
      type: 'connect',
      assignment: {
        host: server.url.hostname,
        port: Number(server.url.port || 80),
        showtimeId,
        hall,
        seed: options.seed,
        first: share(member),
        count: share(member + 1) - share(member),
      },
    }));
    const ready = connected.reduce((sum, report) => sum + report.ready, 0);
    const connectingMs = performance.now() - connectingSince;

    progress.phase(`${ready} clients at the doors; ${seats} seats`);
    const { sellingMs, soldOut } = await sell(crew, pool, showtimeId, seats, options.durationMs, progress);

    progress.phase('doors closed; what is under way is finished');
    const tally = new Tally();
    const quiet = await crew.ask('quiet', () => ({ type: 'stop' }));
    for (const report of quiet) tally.add(report.tally, report.series);
    const claims: Claims = {
      holds: quiet.flatMap((report) => report.claims.holds),
      bookings: quiet.flatMap((report) => report.claims.bookings),
      deniedHolds: quiet.flatMap((report) => report.claims.deniedHolds),
      answeredHolders: quiet.flatMap((report) => report.claims.answeredHolders),
    };
    const verdict = await judge(pool, showtimeId, hall.labels, claims);
    const maps = await compareMaps(crew, pool, showtimeId, hall.labels);
    await collectLate(crew, tally);
    return { showtimeId, seats, tally, ready, connectingMs, sellingMs, soldOut, verdict, maps };
  } finally {
    crew.dismiss();
    await pool.end();
  }
}

/** Opens the doors and waits until all seats are sold or the time is up. */
async function sell(
  crew: Crew,
  pool: pg.Pool,
  showtimeId: string,
  seats: number,
  durationMs: number,
  progress: Progress,
): Promise<{ sellingMs: number; soldOut: boolean }> {
  const since = performance.now();
  await crew.ask('reported', () => ({ type: 'open_doors' }));
  for (;;) {
    await sleep(REPORT_EVERY_MS);
    const tally = new Tally();
    for (const report of await crew.ask('reported', () => ({ type: 'report' }))) tally.add(report.tally);
    const { rows } = await pool.query<{ sold: number }>(
      'SELECT count(*)::integer AS sold FROM usher.booking_seats WHERE showtime_id = $1',
      [showtimeId],
    );
    const sold = rows[0]?.sold ?? 0;
    const sellingMs = performance.now() - since;
    progress.selling(sellingMs, sold, seats, tally);
    if (sold >= seats) return { sellingMs, soldOut: true };
    if (sellingMs >= durationMs) return { sellingMs, soldOut: false };
  }
}

/**
 * Compares every client's map with the tables at a moment at which nothing moves: everybody stands at the same place of
 * the stream before and after the tables are read. Holds that run out move it, so it tries again for a while.
 */
async function compareMaps(
  crew: Crew,
  pool: pg.Pool,
  showtimeId: string,
  labels: readonly string[],
): Promise<Compared | undefined> {
  const giveUpAt = performance.now() + REST_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    const before = await places(crew);
    await sleep(REPORT_EVERY_MS);
    const { truth } = await judge(pool, showtimeId, labels, NOTHING_CLAIMED);
    const compared = await crew.ask('compared', () => ({ type: 'compare', truth }));
    const after = await places(crew);
    if (before.length !== 1 || after.length !== 1 || before[0] !== after[0]) continue;
    return {
      clients: compared.reduce((sum, report) => sum + report.clients, 0),
      wrong: compared.reduce((sum, report) => sum + report.wrong, 0),
      examples: compared.flatMap((report) => report.examples).slice(0, EXAMPLES_MAX),
    };
  }
  return undefined;
}

async function places(crew: Crew): Promise<string[]> {
  const positions = await crew.ask('positions', () => ({ type: 'locate' }));
  return [...new Set(positions.flatMap((position) => position.places))];
}

/** What went wrong only while the maps were compared, such as a gap that nobody healed, counts too. */
async function collectLate(crew: Crew, tally: Tally): Promise<void> {
  const late = new Tally();
  for (const report of await crew.ask('reported', () => ({ type: 'report' }))) late.add(report.tally);
  Object.assign(tally.counts, late.counts);
}
