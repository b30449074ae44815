import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { FrameReader } from '../../bench/load/frame-reader.js';
import { committedSeats } from '../faults/committed-seats.js';
import type { Accounts } from './accounts.js';
import type { Crowd } from './crowd.js';
import { DirectLine } from './line.js';
import type { Sale } from './programme.js';

const AVAILABLE = 0;
const HELD = 1;
const BOOKED = 2;
/** Longer than any hold of a soak: by then nothing changes any more, and what still differs has drifted. */
const AGREED_WITHIN_MS = 25_000;
const LOOK_EVERY_MS = 300;
/** A hold that ends while it is looked for is nobody's fault. */
const ENDS_SOON_MS = 1_500;

export interface QuietPoint {
  readonly pool: pg.Pool;
  readonly urls: readonly URL[];
  readonly crowd: Crowd;
  readonly accounts: Accounts;
  readonly sales: readonly Sale[];
}

/** How many views of houses were compared, and every difference that stayed. */
export interface Comparison {
  readonly views: number;
  readonly drift: readonly string[];
}

/**
 * Compares what Postgres has with what everybody else says, seat by seat: a fresh snapshot through each node, every stream
 * that is followed, the counts in Redis, the holds and bookings that visitors were told of. To be called while nobody
 * acts; holds may end meanwhile, so a house is looked at again until all agree, or until nothing can change any more.
 */
export async function compareHouses(point: QuietPoint): Promise<Comparison> {
  const drift: string[] = [];
  let views = 0;
  for (const sale of point.sales) {
    const giveUpAt = performance.now() + AGREED_WITHIN_MS;
    let found = await differences(point, sale);
    while (found.differ.length > 0 && performance.now() < giveUpAt) {
      await sleep(LOOK_EVERY_MS);
      found = await differences(point, sale);
    }
    views += found.views;
    drift.push(...found.differ.map((difference) => `${sale.id}: ${difference}`));
  }
  return { views, drift };
}

async function differences(
  point: QuietPoint,
  sale: Sale,
): Promise<{ readonly views: number; readonly differ: string[] }> {
  const { pool, urls, crowd } = point;
  const taken = await committedSeats(pool, sale.id);
  const truth = Uint8Array.from(sale.labels, (_, seat) => statusOf(taken.get(seat)));
  const differ: string[] = [];
  let views = 0;
  const compare = (who: string, house: Uint8Array | undefined) => {
    views++;
    const wrong = house ? truth.findIndex((status, seat) => house[seat] !== status) : -1;
    if (!house) differ.push(`${who} is not to be trusted`);
    else if (wrong >= 0)
      differ.push(`${who} has seat ${sale.labels[wrong]} as ${house[wrong]}, Postgres ${truth[wrong]}`);
  };
  for (const url of urls) compare(`a fresh snapshot of ${url.port}`, await freshSnapshot(url, sale));
  for (const { sale: theirs, line } of crowd.lines()) if (theirs === sale) compare('a stream', line.house());
  const available = truth.reduce((sum, status) => sum + (status === AVAILABLE ? 1 : 0), 0);
  for (const url of urls) {
    views++;
    const answer = await fetch(new URL(`/v1/showtimes/${sale.id}`, url));
    const { availability } = (await answer.json()) as { readonly availability?: { readonly available: number } };
    if (availability?.available !== available) {
      differ.push(`Redis by ${url.port} counts ${availability?.available} available, Postgres ${available}`);
    }
  }
  differ.push(...brokenPromises(point, sale, taken));
  return { views, differ };
}

function statusOf(taker: string | undefined): number {
  if (taker === undefined) return AVAILABLE;
  return taker.startsWith('hold') ? HELD : BOOKED;
}

async function freshSnapshot(url: URL, sale: Sale): Promise<Uint8Array | undefined> {
  const seat = { url, showtimeId: sale.id, seats: sale.labels.length };
  const line = new DirectLine(seat, new FrameReader(), { holdExpired: () => {}, broken: () => {} });
  await line.open();
  const house = line.house();
  line.close();
  return house;
}

/** What visitors were told, and Postgres does not have; and sold seats that nobody was told of. */
function brokenPromises({ crowd, accounts }: QuietPoint, sale: Sale, taken: ReadonlyMap<number, string>): string[] {
  const indexOf = new Map(sale.labels.map((label, seat) => [label, seat]));
  const broken: string[] = [];
  for (const { sale: theirs, holds, line } of crowd.visitors) {
    if (theirs !== sale) continue;
    for (const { id, seats, expiresAt } of holds.values()) {
      if (expiresAt < Date.now() + ENDS_SOON_MS) continue;
      const missing = seats.filter((label) => taken.get(indexOf.get(label) ?? -1) !== `hold ${id} ${line.holder}`);
      if (missing.length > 0) broken.push(`${missing} of hold ${id} is not in Postgres`);
    }
  }
  const sold = [...taken.values()].filter((taker) => taker.startsWith('booking')).length;
  const told = accounts.bookingsOf(sale.id).seats;
  if (sold !== told && !accounts.unknown.has(sale.id)) broken.push(`${told} seats were sold, Postgres has ${sold}`);
  return broken;
}
