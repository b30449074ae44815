/** Where the same orders are placed: a node of Usher, or the peer that does it all in Postgres. */
import { randomUUID } from 'node:crypto';
import type { SalesOrders } from '../load/programs/sales.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import { idleShare, type LoadCrew } from '../suite/load-crew.js';
import { openPeerSale, startPeer } from '../suite/peer.js';
import type { Database, Served, Stage } from '../suite/stage.js';
import { postgresCpuMs } from './postgres-cpu.js';

export interface Shop {
  readonly kind: 'usher' | 'express-postgres';
  readonly served: Served;
  readonly database: Database;
  readonly crew: LoadCrew<SalesOrders>;
}

/** So many buyers over so many showtimes of so many seats, each with two seats an order that nobody else wants. */
export interface Scale {
  readonly buyers: number;
  /** How many share a connection to Usher; with the peer each has its own, since HTTP takes one request at a time. */
  readonly buyersPerLine: number;
  readonly showtimes: number;
  readonly seats: number;
  /** At most; absent: all that the seats allow. */
  readonly ordersPerBuyer?: number;
}

/** What one round did. */
export interface Round {
  readonly perSecond: number;
  /** Acknowledged in all: what the store must have. */
  readonly acknowledged: number;
  readonly flushes: number;
  /** In cores: what was used of the processor by the server, and by Postgres. */
  readonly serverBusy: number;
  readonly postgresBusy: number;
  readonly loadIdle: number;
}

const HOLD_TTL_MS = 600_000;
const SEATS_PER_ORDER = 2;
/** Buyers of one line are one holder to Usher: more than share any. */
const HOLDS_PER_HOLDER = 100;

export async function usherShop(stage: Stage): Promise<Shop> {
  const database = await stage.postgres();
  const served = await stage.usher(database, { HOLDS_PER_HOLDER: String(HOLDS_PER_HOLDER) });
  return { kind: 'usher', served, database, crew: stage.crew<SalesOrders>('sales', 1) };
}

export async function peerShop(stage: Stage): Promise<Shop> {
  const database = await stage.postgres('peer');
  const served = await startPeer(stage, 'express-postgres', database);
  return { kind: 'express-postgres', served, database, crew: stage.crew<SalesOrders>('sales', 1) };
}

/** Puts new showtimes on sale and connects the buyers to them; @returns the showtimes. */
export async function connectBuyers(shop: Shop, scale: Scale): Promise<readonly string[]> {
  const { kind, served, crew } = shop;
  const showtimes: string[] = [];
  for (let i = 0; i < scale.showtimes; i++) showtimes.push(await open(shop, scale.seats));
  const labels = rushHall(scale.seats).seats.label;
  const named = (seat: number) => (kind === 'usher' ? (labels[seat] ?? '') : seat);
  await crew.ask('connect', () => ({
    place: { host: served.url.hostname, port: Number(served.url.port) },
    of: kind,
    buyers: Array.from({ length: scale.buyers }, (_, buyer) => ({
      showtimeId: showtimes[showtimeOf(buyer, scale)] ?? '',
      line: Math.floor(buyer / scale.buyersPerLine),
      orders: ordersOf(buyer, scale).map((seats) => seats.map(named)),
    })),
  }));
  return showtimes;
}

export async function runRound(shop: Shop, order: 'holds' | 'bookings', ms: number): Promise<Round> {
  const { crew } = shop;
  const before = await countersOf(shop);
  const told = await crew.ask(order, () => ms);
  const after = await countersOf(shop);
  const wallMs = Math.max(...told.map((one) => one.wallMs));
  const sum = (of: (answer: (typeof told)[number]['answer']) => number) =>
    told.reduce((total, { answer }) => total + of(answer), 0);
  return {
    perSecond: sum(({ within, ms: lasted }) => (within / lasted) * 1_000),
    acknowledged: sum(({ all }) => all),
    flushes: after.flushes - before.flushes,
    serverBusy: (after.serverMs - before.serverMs) / wallMs,
    postgresBusy: (after.postgresMs - before.postgresMs) / wallMs,
    loadIdle: idleShare(told),
  };
}

async function open({ kind, database, served }: Shop, seats: number): Promise<string> {
  if (kind === 'usher') return await openSale(database.pool, seats, HOLD_TTL_MS);
  const showtimeId = randomUUID();
  await openPeerSale(served, showtimeId, seats);
  return showtimeId;
}

/** Those of one line buy for one showtime. */
function showtimeOf(buyer: number, { buyersPerLine, showtimes }: Scale): number {
  return Math.floor(buyer / buyersPerLine) % showtimes;
}

/** The pairs of seats of a buyer: the buyers of a showtime take turns through the house. */
function ordersOf(buyer: number, scale: Scale): number[][] {
  const { buyers, buyersPerLine, showtimes, seats, ordersPerBuyer = Number.POSITIVE_INFINITY } = scale;
  const fellows = Math.ceil(buyers / buyersPerLine / showtimes) * buyersPerLine;
  const place = Math.floor(buyer / (buyersPerLine * showtimes)) * buyersPerLine + (buyer % buyersPerLine);
  const orders: number[][] = [];
  const step = fellows * SEATS_PER_ORDER;
  for (let seat = place * SEATS_PER_ORDER; seat + 1 < seats && orders.length < ordersPerBuyer; seat += step) {
    orders.push([seat, seat + 1]);
  }
  return orders;
}

async function countersOf({ kind, served, database }: Shop) {
  const { pool } = database;
  const flushes =
    kind === 'usher' ? (await pool.query('SELECT sum(batch)::float8 AS n FROM usher.writers')).rows[0]?.n : 0;
  return { serverMs: served.program.cpuMs(), postgresMs: await postgresCpuMs(pool), flushes: Number(flushes ?? 0) };
}
