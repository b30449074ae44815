/** One rush at one system, from the first connection to the look into Postgres. */
import type { Race } from '../load/programs/race.js';
import { idleShare, type LoadCrew, type Told } from '../suite/load-crew.js';
import type { Database, Served } from '../suite/stage.js';
import { attemptsOf, type SalesReport } from './sales.js';
import type { System } from './shop.js';
import { soldSeats } from './sold-seats.js';

export interface Contest {
  readonly system: System;
  readonly served: Served;
  readonly database: Database;
  readonly showtimeId: string;
  readonly seats: number;
  readonly clients: number;
  readonly seed: number;
  /** Nobody waits longer than that. */
  readonly capMs: number;
}

export interface Raced {
  /** From the opening of the doors to when the last seat was known to be booked; the cap where that did not come. */
  readonly soldOutMs: number;
  readonly soldOut: boolean;
  /** Of all attempts, granted and refused; one that was not answered counts with the time that it waited. */
  readonly attemptP99Ms: number;
  readonly attempts: number;
  readonly unanswered: number;
  /** What was said by connections that broke and by a server that failed, and how often. */
  readonly broken: readonly string[];
  readonly booked: number;
  readonly connectingMs: number;
  /** From the opening of the doors until everybody had gone, or to the cap. */
  readonly tookMs: number;
  /** Shares of that time. */
  readonly loadIdle: number;
  readonly serverBusy: number;
}

/** @throws Error where a client cannot connect, or Postgres shows that what was sold is not what was told. */
export async function race(crew: LoadCrew<Race>, contest: Contest): Promise<Raced> {
  const { system, served, database, showtimeId, seats, clients, seed, capMs } = contest;
  const share = (member: number) => Math.floor((clients * member) / crew.size);
  const since = performance.now();
  await crew.ask('connect', (member) => ({
    system,
    host: served.url.hostname,
    port: Number(served.url.port),
    showtimeId,
    seats,
    seed,
    first: share(member),
    count: share(member + 1) - share(member),
  }));
  const connectingMs = performance.now() - since;
  const cpuBefore = served.program.cpuMs();
  const told = await crew.ask('race', () => capMs);
  const cpuMs = served.program.cpuMs() - cpuBefore;
  const { result, toldSeats } = resultOf(told, seats, capMs);
  const booked = await soldSeats(database.pool, system, showtimeId, toldSeats);
  if (result.soldOut && booked !== seats) throw new Error(`${system} sold ${booked} seats of ${seats}.`);
  await crew.ask('leave', () => undefined);
  const tookMs = Math.max(...told.map(({ wallMs }) => wallMs));
  return { ...result, booked, connectingMs, tookMs, loadIdle: idleShare(told), serverBusy: cpuMs / tookMs };
}

function resultOf(told: readonly Told<SalesReport>[], seats: number, capMs: number) {
  const reports = told.map(({ answer }) => answer);
  const sales = reports.flatMap(({ sold }) => sold).sort((a, b) => a.atMs - b.atMs);
  const toldSeats = sales.reduce((sum, sale) => sum + sale.seats, 0);
  const soldOut = toldSeats === seats;
  const attempts = attemptsOf(reports);
  const result = {
    soldOut,
    soldOutMs: soldOut ? (sales.at(-1)?.atMs ?? capMs) : capMs,
    attemptP99Ms: attempts.getValueAtPercentile(99) / 1_000,
    attempts: attempts.totalCount,
    unanswered: reports.reduce((sum, { unanswered }) => sum + unanswered, 0),
    broken: reports.flatMap(({ broken }) => Object.entries(broken).map(([reason, times]) => `${times} × ${reason}`)),
  };
  return { result, toldSeats };
}
