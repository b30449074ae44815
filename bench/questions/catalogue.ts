import { isDeepStrictEqual } from 'node:util';
import { SignJWT } from 'jose';
import { ApiClient } from '../../src/ops/ctl/api/api-client.js';
import { daysFrom } from '../../src/ops/ctl/demo/chain-programme.js';
import { CHAIN_VENUES } from '../../src/ops/ctl/demo/chain-venues.js';
import { fillChain } from '../../src/ops/ctl/demo/fill-chain.js';
import type { Answered, Http } from '../load/programs/http.js';
import type { Benchmark } from '../suite/benchmark.js';
import { busynessInWords } from '../suite/busyness.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import { idleShare, type Told } from '../suite/load-crew.js';
import { startPeer } from '../suite/peer.js';
import type { Served, Stage } from '../suite/stage.js';

const DAYS = 14;
/** Read one by one. */
const SINGLE_SHOWTIMES = 500;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
const SECONDS = 2;
const ROUNDS = 3;
const GOAL = { atLeast: 15 };
/** As browsers ask. */
const BROWSER = 'gzip, deflate, br';
const SECRET = 'a secret of the bench, long enough to be taken';

/**
 * What the visitors of a chain read, on the chain that `ctl demo --chain` fills. Beside Express with compression and a pool
 * of `pg`, which reads the same tables by prepared statements.
 */
export const catalogue: Benchmark = {
  name: 'catalogue',
  question: `lists of a chain of 60 halls and two weeks, read over HTTP by ${CONNECTIONS} connections`,
  async run(stage) {
    const { ours, express } = await openChain(stage);
    const readings = await readingsOf(ours, express);
    for (const reading of readings) await compare(reading, ours, express);
    const tasks = readings.flatMap((reading) => [task(stage, ours, reading, 0), task(stage, express, reading, 1)]);
    stage.say('warming up');
    for (const each of tasks) await measure(each, WARM_UP_SECONDS);
    const rounds: Measured[][] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const measured: Measured[] = [];
      for (const each of tasks) measured.push(await measure(each, SECONDS));
      rounds.push(measured);
    }
    return readings.map((reading, i) => finding(reading, rounds, 2 * i));
  },
};

interface Reading {
  readonly what: string;
  /** What the two servers are asked for, in turn: the same things, though their cursors differ. */
  readonly paths: readonly [ours: readonly string[], express: readonly string[]];
  readonly acceptEncoding?: string;
}

interface Measured {
  readonly perSecond: number;
  /** By a second of the server's processor time; that of Postgres is not in it. */
  readonly perCoreSecond: number;
  readonly loadIdle: number;
  readonly serverBusy: number;
}

type Task = { readonly served: Served; readonly ask: (seconds: number) => Promise<Told<Answered>[]> };

async function openChain(stage: Stage): Promise<{ readonly ours: Served; readonly express: Served }> {
  const database = await stage.postgres();
  const ours = await stage.usher(database, { TOKEN_SECRET: SECRET });
  stage.say('filling the chain');
  const session = new SignJWT({ role: 'manager' }).setProtectedHeader({ alg: 'HS256' }).setSubject('user:bench');
  const signed = session.setIssuer('usher').setAudience('usher').setExpirationTime('1h');
  const key = await signed.sign(new TextEncoder().encode(SECRET));
  const api = new ApiClient({ url: ours.url.origin, key });
  await fillChain(CHAIN_VENUES, DAYS, { api, progress: () => {}, now: Date.now() });
  await database.pool.query('ANALYZE');
  return { ours, express: await startPeer(stage, 'express-catalogue', database) };
}

async function readingsOf(ours: Served, express: Served): Promise<Reading[]> {
  const cities = [...new Set(CHAIN_VENUES.map(({ city }) => city))];
  const days = daysFrom(new Date().toISOString().slice(0, 10), DAYS);
  const ofDays = days.flatMap((date) =>
    cities.map((city) => `/v1/showtimes?date=${date}&city=${encodeURIComponent(city)}`),
  );
  const from = `/v1/showtimes?from=${new Date().toISOString()}`;
  const [pages, theirPages] = [await pagesOf(ours, from), await pagesOf(express, from)];
  const all = (await Promise.all(pages.map((path) => read<Page>(ours, path)))).flatMap(
    ({ showtimes = [] }) => showtimes,
  );
  const step = Math.max(1, Math.floor(all.length / SINGLE_SHOWTIMES));
  const single = all.filter((_, i) => i % step === 0).map(({ id }) => `/v1/showtimes/${id}`);
  const same = (paths: readonly string[]) => [paths, paths] as const;
  return [
    { what: 'showtimes of a day and city', paths: same(ofDays), acceptEncoding: BROWSER },
    { what: 'showtimes of a day and city, not compressed', paths: same(ofDays) },
    { what: 'next page of 500 showtimes', paths: [pages.slice(1), theirPages.slice(1)], acceptEncoding: BROWSER },
    { what: 'movies', paths: same(['/v1/movies']), acceptEncoding: BROWSER },
    { what: 'one showtime', paths: same(single), acceptEncoding: BROWSER },
  ];
}

interface Page {
  readonly showtimes?: readonly { readonly id: string; readonly availability?: unknown }[];
  readonly next?: string;
}

/** The paths of all pages of a list. */
async function pagesOf(served: Served, first: string): Promise<string[]> {
  const paths = [first];
  for (let path = first; ; ) {
    const { next } = await read<Page>(served, path);
    if (next === undefined) return paths;
    path = `${first}&cursor=${encodeURIComponent(next)}`;
    paths.push(path);
  }
}

/** @throws Error where the two do not say the same, but for the hint of how full a showtime is, which this peer lacks. */
async function compare({ what, paths: [ours, theirs] }: Reading, usher: Served, express: Served): Promise<void> {
  if (ours.length !== theirs.length || ours.length === 0)
    throw new Error(`${what}: ${ours.length} and ${theirs.length}.`);
  for (const [i, path] of ours.entries()) {
    const [mine, other] = [bare(await read(usher, path)), bare(await read(express, theirs[i] ?? ''))];
    if (!isDeepStrictEqual(mine, other)) {
      throw new Error(`${path}: ${JSON.stringify(mine).slice(0, 600)}\nand ${JSON.stringify(other).slice(0, 600)}`);
    }
  }
}

function bare(answer: Page): object {
  const { next: _next, availability: _availability, showtimes, ...rest } = answer as Page & { availability?: unknown };
  if (showtimes === undefined) return rest;
  return { ...rest, showtimes: showtimes.map(({ availability: _, ...showtime }) => showtime) };
}

async function read<Body extends object>(served: Served, path: string): Promise<Body> {
  const answer = await fetch(new URL(path, served.url));
  if (!answer.ok) throw new Error(`${path}: ${answer.status}, ${await answer.text()}.`);
  return (await answer.json()) as Body;
}

function task(stage: Stage, served: Served, { paths, acceptEncoding }: Reading, whose: 0 | 1): Task {
  const crew = stage.crew<Http>('http');
  const common = { url: served.url.origin, paths: paths[whose], connections: CONNECTIONS };
  const asked = { ...common, ...(acceptEncoding === undefined ? {} : { acceptEncoding }) };
  return { served, ask: (seconds) => crew.ask('read', () => ({ ...asked, seconds })) };
}

async function measure({ served, ask }: Task, seconds: number): Promise<Measured> {
  const before = served.program.cpuMs();
  const answers = await ask(seconds);
  const cpuMs = served.program.cpuMs() - before;
  const requests = answers.reduce((sum, { answer }) => sum + answer.requests, 0);
  const took = Math.max(...answers.map(({ answer }) => answer.seconds));
  return {
    perSecond: requests / took,
    perCoreSecond: (requests / cpuMs) * 1_000,
    loadIdle: idleShare(answers),
    serverBusy: cpuMs / 1_000 / took,
  };
}

function finding({ what }: Reading, rounds: readonly (readonly Measured[])[], at: number): Finding {
  const of = (i: number) => rounds.flatMap((round) => round[i] ?? []);
  const rates = (i: number) => of(i).map(({ perSecond }) => perSecond);
  const inWords = (name: string, i: number) => {
    const perCore = spreadOf(of(i).map(({ perCoreSecond }) => perCoreSecond)).median;
    return `${busynessInWords(name, of(i))}; ${Math.round(perCore)} by a second of its processor`;
  };
  return {
    what,
    unit: 'a second',
    figure: spreadOf(rates(at)),
    against: { what: 'Express + pg', figure: spreadOf(rates(at + 1)) },
    ratio: ratioOfRounds(rates(at), rates(at + 1)),
    goal: GOAL,
    notes: [inWords('usher', at), inWords('Express', at + 1)],
  };
}
