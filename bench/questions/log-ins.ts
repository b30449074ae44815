import { randomUUID } from 'node:crypto';
import { insertAccount } from '../../src/boxoffice/accounts/account-store.js';
import { Passwords } from '../../src/boxoffice/accounts/passwords.js';
import type { LoggedIn, LogInsOrders } from '../load/programs/log-ins.js';
import type { RelayCommands } from '../load/programs/relay-commands.js';
import type { Watchers } from '../load/programs/watchers.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { medianPercent } from '../suite/busyness.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { LoadCrew } from '../suite/load-crew.js';
import type { Database, Served, Stage } from '../suite/stage.js';
import { watchedByUsher } from '../suite/watched-house.js';

const WATCHERS = 5_000;
const AT_ONCE = 50;
const SEATS = 1_000;
/** In the house that is watched: each change goes to every watcher. */
const WATCHED_HOLDERS = { people: 2, everyMs: 500 };
/** In another house of the same node: so many holds that their p99 means something. */
const OTHER_HOLDERS = { people: 20, everyMs: 100 };
const WARM_UP_MS = 2_000;
const ROUND_MS = 5_000;
const ROUNDS = 4;
const HOLD_TTL_MS = 600_000;
const PASSWORD = 'a password of nobody, 1984 times';
const QUIET = { HEARTBEAT_MS: '600000' };
const GOAL = { atMost: 1.5 };

/**
 * Whether people who log in disturb those who buy. A password costs tens of milliseconds of a processor on purpose. Fifty
 * people log in without a pause, while 5,000 watch a house and others hold seats: rounds with the fifty and without.
 */
export const logIns: Benchmark = {
  name: 'log-ins',
  question: `holds while ${AT_ONCE} people log in at once and ${WATCHERS} watch, beside the same without the log-ins`,
  async run(stage) {
    const database = await stage.postgres();
    const served = await stage.usher(database, QUIET);
    const emails = await makeAccounts(database);
    const watched = await openSale(database.pool, SEATS, HOLD_TTL_MS);
    const other = await openSale(database.pool, SEATS, HOLD_TTL_MS);
    const watchers = stage.crew<Watchers>('watchers', 1);
    await watchers.ask('gather', () => ({ watched: watchedByUsher(served, watched), people: WATCHERS }));
    const holders = [
      await enter(stage, served, watched, WATCHED_HOLDERS),
      await enter(stage, served, other, OTHER_HOLDERS),
    ];
    const guests = stage.crew<LogInsOrders>('log-ins', 1);
    const target = { host: served.url.hostname, port: Number(served.url.port), emails, password: PASSWORD };
    const logIn = async (ms: number) => (await guests.ask('logIn', () => ({ ...target, ms })))[0]?.answer;
    stage.say('warming up');
    await Promise.all([measure(served, holders, WARM_UP_MS), logIn(WARM_UP_MS)]);
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const without = await measure(served, holders, ROUND_MS);
      const [withThem, told] = await Promise.all([measure(served, holders, ROUND_MS), logIn(ROUND_MS)]);
      if (!told || told.granted === 0) throw new Error('Nobody was logged in.');
      rounds.push({ without, with: withThem, told });
    }
    await checkSessions(database, rounds);
    return [finding(rounds)];
  },
};

interface Holders {
  readonly crew: LoadCrew<RelayCommands>;
  readonly everyMs: number;
}

interface Measured {
  readonly p99Ms: number;
  readonly holds: number;
  readonly serverBusy: number;
}

interface Round {
  readonly without: Measured;
  readonly with: Measured;
  readonly told: LoggedIn;
}

async function enter(
  stage: Stage,
  { url }: Served,
  showtimeId: string,
  { people, everyMs }: { readonly people: number; readonly everyMs: number },
): Promise<Holders> {
  const crew = stage.crew<RelayCommands>('relay-commands', 1);
  const target = { host: url.hostname, port: Number(url.port) };
  const moved = { kind: 'usher', target, showtimeId, labels: rushHall(SEATS).seats.label } as const;
  await crew.ask('enter', () => ({ moved, people }));
  return { crew, everyMs };
}

async function measure({ program }: Served, holders: readonly Holders[], ms: number): Promise<Measured> {
  const before = program.cpuMs();
  const told = await Promise.all(holders.map(({ crew, everyMs }) => crew.ask('run', () => ({ ms, everyMs }))));
  const serverBusy = (program.cpuMs() - before) / ms;
  const latencies = told.flatMap((members) => members.flatMap(({ answer }) => [...answer])).sort((a, b) => a - b);
  return { p99Ms: at(latencies, 0.99), holds: latencies.length / 2, serverBusy };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function makeAccounts({ pool }: Database): Promise<string[]> {
  const passwords = new Passwords();
  const hashed = await passwords.hash(PASSWORD);
  await passwords.close();
  if (!hashed.ok) throw new Error(hashed.error.message);
  const emails = Array.from({ length: AT_ONCE }, (_, i) => `buyer-${i}@example.com`);
  for (const email of emails) {
    const account = { id: randomUUID(), email, name: '', passwordHash: hashed.hash, role: 'customer' } as const;
    await insertAccount(pool, account);
  }
  return emails;
}

/** Every log-in that was granted has its session in Postgres. */
async function checkSessions({ pool }: Database, rounds: readonly Round[]): Promise<void> {
  const { rows } = await pool.query<{ sessions: number }>(
    'SELECT count(*)::integer AS sessions FROM boxoffice.sessions',
  );
  const granted = rounds.reduce((sum, { told }) => sum + told.granted, 0);
  const sessions = rows[0]?.sessions ?? 0;
  if (sessions < granted) throw new Error(`${granted} log-ins were granted, and Postgres has ${sessions} sessions.`);
}

function finding(rounds: readonly Round[]): Finding {
  const [p99With, p99Without] = [rounds.map((round) => round.with.p99Ms), rounds.map(({ without }) => without.p99Ms)];
  const median = (of: (round: Round) => number) => Math.round(spreadOf(rounds.map(of)).median);
  const latency = spreadOf(
    rounds.map(({ told }) =>
      at(
        [...told.latencies].sort((a, b) => a - b),
        0.5,
      ),
    ),
  ).median;
  const busy = (of: (round: Round) => Measured) => medianPercent(rounds.map((round) => of(round).serverBusy));
  return {
    what: `p99 of a hold or release while ${AT_ONCE} log in`,
    unit: 'ms',
    figure: spreadOf(p99With),
    against: { what: 'without log-ins', figure: spreadOf(p99Without) },
    ratio: ratioOfRounds(p99With, p99Without),
    goal: GOAL,
    notes: [
      `in ${ROUND_MS / 1_000} s ${median(({ told }) => told.granted)} log-ins granted, a median of ${Math.round(latency)} ms each, ` +
        `${median(({ told }) => told.refused)} told to come back; ${median((round) => round.with.holds)} holds`,
      `server busy ${busy((round) => round.with)}, without log-ins ${busy(({ without }) => without)}`,
    ],
  };
}
