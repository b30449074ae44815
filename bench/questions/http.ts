import type { Answered, Buying, Http } from '../load/programs/http.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { busynessInWords } from '../suite/busyness.js';
import { type Finding, type Goal, ratioOfRounds, spreadOf } from '../suite/finding.js';
import { idleShare, type LoadCrew, type Told } from '../suite/load-crew.js';
import { openPeerSale, startPeer } from '../suite/peer.js';
import type { Database, Served, Stage } from '../suite/stage.js';

const SHOWTIMES = 100;
const SEATS = 1_000;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 1;
const SECONDS = 2;
const ROUNDS = 3;
const HOLD_TTL_MS = 600_000;

/** What is read and bought without a socket, by autocannon; the list beside uWebSockets.js alone, and beside Express. */
export const http: Benchmark = {
  name: 'http',
  question: `list of ${SHOWTIMES} showtimes, seat map, hold and booking over HTTP, ${CONNECTIONS} connections`,
  async run(stage) {
    const house = await openHouse(stage);
    const rounds: Record<Task['name'], Measured>[] = [];
    const tasks = await tasksFor(stage, house);
    stage.say('warming up');
    for (const task of tasks) await measure(task, WARM_UP_SECONDS);
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const measured = await tasks.reduce<Promise<Partial<Record<Task['name'], Measured>>>>(
        async (before, task) => ({ ...(await before), [task.name]: await measure(task, SECONDS) }),
        Promise.resolve({}),
      );
      rounds.push(measured as Record<Task['name'], Measured>);
    }
    await checkBookings(house);
    return findings(rounds);
  },
};

interface House {
  readonly database: Database;
  readonly peerDatabase: Database;
  readonly ours: Served;
  readonly express: Served;
  readonly showtimes: readonly string[];
  readonly seatMapUrl: string;
  /** Of the list, as it is sent. */
  readonly listBytes: number;
  /** Bookings that were acknowledged, by whom. */
  readonly told: { ours: number; express: number };
}

interface Task {
  readonly name: 'list' | 'hello' | 'express list' | 'seat map' | 'seats' | 'buy' | 'express buy';
  readonly served: Served;
  readonly ask: (seconds: number) => Promise<Told<Answered>[]>;
  /** Of a body: each answer has at least so many. */
  readonly bytes: number;
}

interface Measured {
  readonly perSecond: number;
  readonly bookingsPerSecond: number;
  /** By a second of the server's processor time: what it could do with a core to itself, were the load no bound. */
  readonly perCoreSecond: number;
  readonly loadIdle: number;
  readonly serverBusy: number;
}

async function openHouse(stage: Stage): Promise<House> {
  const database = await stage.postgres();
  const peerDatabase = await stage.postgres('express');
  const ours = await stage.usher(database, { HOLDS_PER_HOLDER: '1000' });
  const express = await startPeer(stage, 'express-postgres', peerDatabase);
  const showtimes: string[] = [];
  for (let i = 0; i < SHOWTIMES; i++) {
    const id = await openSale(database.pool, SEATS, HOLD_TTL_MS);
    await openPeerSale(express, id, SEATS);
    showtimes.push(id);
  }
  const list = await textOf(ours, '/v1/showtimes');
  const listed = (JSON.parse(list) as { showtimes: { id: string; seatMap: { url: string } }[] }).showtimes;
  const theirs = JSON.parse(await textOf(express, '/showtimes')) as { showtimes: unknown[] };
  if (listed.length !== SHOWTIMES || theirs.showtimes.length !== SHOWTIMES) throw new Error('Showtimes are missing.');
  return {
    database,
    peerDatabase,
    ours,
    express,
    showtimes,
    seatMapUrl: listed[0]?.seatMap.url ?? '',
    listBytes: Buffer.byteLength(list),
    told: { ours: 0, express: 0 },
  };
}

async function tasksFor(stage: Stage, house: House): Promise<readonly Task[]> {
  const { ours, express, showtimes, seatMapUrl, listBytes, told } = house;
  const hello = await stage.ceiling('hello', { HELLO_BYTES: String(listBytes) });
  const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => newSession(ours)));
  const reading = (name: Task['name'], served: Served, path: string, bytes: number): Task => {
    const crew = stage.crew<Http>('http');
    const url = new URL(path, served.url).href;
    const ask = (seconds: number) => crew.ask('read', () => ({ url, connections: CONNECTIONS, seconds }));
    return { name, served, ask, bytes };
  };
  const buying = (name: Task['name'], served: Served, at: Buying['at'], whose: 'ours' | 'express'): Task => {
    const crew: LoadCrew<Http> = stage.crew<Http>('http');
    const { label: labels } = rushHall(SEATS).seats;
    const common = { url: served.url.href, connections: CONNECTIONS, at, showtimes, labels, sessions };
    const ask = async (seconds: number) => {
      const answers = await crew.ask('buy', (member) => ({ ...common, seconds, member, members: crew.size }));
      for (const { answer } of answers) told[whose] += answer.bookings;
      return answers;
    };
    return { name, served, ask, bytes: 1 };
  };
  const bytesOf = async (path: string) => Buffer.byteLength(await textOf(ours, path));
  const seatsPath = `/v1/showtimes/${showtimes[0]}/seats`;
  return [
    reading('list', ours, '/v1/showtimes', listBytes),
    reading('hello', hello, '/hello', listBytes),
    // Without the hint of how full it is, which Usher gives and this peer would have to count.
    reading('express list', express, '/showtimes', Buffer.byteLength(await textOf(express, '/showtimes'))),
    reading('seat map', ours, seatMapUrl, await bytesOf(seatMapUrl)),
    reading('seats', ours, seatsPath, await bytesOf(seatsPath)),
    buying('buy', ours, 'usher', 'ours'),
    buying('express buy', express, 'express-postgres', 'express'),
  ];
}

async function measure({ name, served, ask, bytes }: Task, seconds: number): Promise<Measured> {
  const before = served.program.cpuMs();
  const answers = await ask(seconds);
  const cpuMs = served.program.cpuMs() - before;
  const total = (of: (answered: Answered) => number) => answers.reduce((sum, { answer }) => sum + of(answer), 0);
  const requests = total((answered) => answered.requests);
  if (total((answered) => answered.bytes) < requests * bytes) throw new Error(`${name}: answers that are too short.`);
  const took = Math.max(...answers.map(({ answer }) => answer.seconds));
  return {
    perSecond: requests / took,
    bookingsPerSecond: total((answered) => answered.bookings) / took,
    perCoreSecond: (requests / cpuMs) * 1_000,
    loadIdle: idleShare(answers),
    serverBusy: cpuMs / 1_000 / took,
  };
}

/** What was told, Postgres has; the last of a connection may have been booked and not told any more. */
async function checkBookings({ database, peerDatabase, told }: House): Promise<void> {
  const inFlight = CONNECTIONS * (ROUNDS + 1);
  const check = async (whose: string, { pool }: Database, table: string, acknowledged: number) => {
    const { rows } = await pool.query<{ booked: number }>(`SELECT count(*)::integer AS booked FROM ${table}`);
    const booked = rows[0]?.booked ?? 0;
    if (acknowledged > 0 && booked >= acknowledged && booked <= acknowledged + inFlight) return;
    throw new Error(`${whose}: ${acknowledged} bookings acknowledged, ${booked} in Postgres.`);
  };
  await check('Usher', database, 'usher.bookings', told.ours);
  await check('Express', peerDatabase, 'bookings', told.express);
}

type Rounds = readonly Readonly<Record<Task['name'], Measured>>[];

function findings(rounds: Rounds): Finding[] {
  const of = (name: Task['name'], figure: (measured: Measured) => number) => rounds.map((round) => figure(round[name]));
  const perSecond = ({ perSecond: value }: Measured) => value;
  const perCore = ({ perCoreSecond: value }: Measured) => value;
  const bookings = ({ bookingsPerSecond: value }: Measured) => value;
  const beside = (
    what: string,
    unit: string,
    [name, against]: readonly [Task['name'], Task['name']],
    figure: (measured: Measured) => number,
    goal?: Goal,
  ): Finding => ({
    what,
    unit,
    figure: spreadOf(of(name, figure)),
    against: {
      what: against === 'hello' ? 'raw uWS hello of the same size' : against,
      figure: spreadOf(of(against, figure)),
    },
    ratio: ratioOfRounds(of(name, figure), of(against, figure)),
    ...(goal && { goal }),
    notes: [busyness(rounds, name), busyness(rounds, against)],
  });
  const stated = (what: string, name: Task['name']): Finding => ({
    what,
    unit: 'a second',
    figure: spreadOf(of(name, perSecond)),
    notes: [busyness(rounds, name)],
  });
  return [
    beside('list', 'a second', ['list', 'hello'], perSecond, { atLeast: 0.5 }),
    beside('list by processor', 'a core second', ['list', 'hello'], perCore, { atLeast: 0.5 }),
    beside('list', 'a second', ['list', 'express list'], perSecond, { atLeast: 5 }),
    stated('seat map', 'seat map'),
    stated('seats of a showtime', 'seats'),
    beside('hold and booking', 'bookings a second', ['buy', 'express buy'], bookings),
  ];
}

function busyness(rounds: Rounds, name: Task['name']): string {
  return busynessInWords(
    name,
    rounds.map((round) => round[name]),
  );
}

async function newSession(served: Served): Promise<string> {
  const answer = await fetch(new URL('/v1/sessions', served.url), { method: 'POST' });
  const { session } = (await answer.json()) as { readonly session?: string };
  if (session === undefined) throw new Error(`No session: ${answer.status}.`);
  return session;
}

async function textOf(served: Served, path: string): Promise<string> {
  const answer = await fetch(new URL(path, served.url), { headers: { 'accept-encoding': 'identity' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}.`);
  return await answer.text();
}
