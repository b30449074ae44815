/** Bookings beside the peer's, for the two questions that differ in how many showtimes they are spread over. */
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { Stage } from '../suite/stage.js';
import { sharesInWords } from './shares.js';
import { connectBuyers, peerShop, type Round, runRound, type Scale, type Shop, usherShop } from './shop.js';

const WARM_UP_MS = 1_500;
const ROUND_MS = 1_500;
const ROUNDS = 4;

export interface Asked extends Scale {
  /** New showtimes for every round: one house is too small for all of them. */
  readonly anew: boolean;
  readonly goal: { readonly atLeast: number };
}

export async function compareBookings(stage: Stage, asked: Asked): Promise<Finding[]> {
  const usher = await usherShop(stage);
  const peer = await peerShop(stage);
  stage.say('opening the showtimes, warming up');
  const acknowledged = new Map<Shop, number>();
  const round = async (shop: Shop, ms: number, isFirst: boolean): Promise<Round> => {
    if (isFirst || asked.anew) await connectBuyers(shop, asked);
    const done = await runRound(shop, 'bookings', ms);
    acknowledged.set(shop, (acknowledged.get(shop) ?? 0) + done.acknowledged);
    return done;
  };
  await round(usher, WARM_UP_MS, true);
  await round(peer, WARM_UP_MS, true);
  const rounds: { readonly usher: Round; readonly peer: Round }[] = [];
  for (let i = 1; i <= ROUNDS; i++) {
    stage.say(`round ${i} of ${ROUNDS}`);
    rounds.push({ usher: await round(usher, ROUND_MS, false), peer: await round(peer, ROUND_MS, false) });
  }
  for (const shop of [usher, peer]) await checkSold(shop, acknowledged.get(shop) ?? 0);
  const ours = rounds.map((each) => each.usher);
  const theirs = rounds.map((each) => each.peer);
  const speeds = (of: readonly Round[]) => of.map(({ perSecond }) => perSecond);
  const perFlush = spreadOf(ours.map(({ acknowledged: all, flushes }) => all / flushes)).median;
  return [
    {
      what: 'bookings of two seats',
      unit: 'a second',
      figure: spreadOf(speeds(ours)),
      against: { what: 'Express + FOR UPDATE', figure: spreadOf(speeds(theirs)) },
      ratio: ratioOfRounds(speeds(ours), speeds(theirs)),
      goal: asked.goal,
      notes: [
        `${sharesInWords('Usher', ours)}; ${Math.round(perFlush)} bookings a flush, each held and then booked`,
        `${sharesInWords('the peer', theirs)}; it holds and books in one transaction`,
      ],
    },
  ];
}

const SOLD = {
  usher: `SELECT (SELECT count(*)::int FROM usher.bookings) AS bookings,
                 (SELECT count(*)::int FROM (SELECT DISTINCT showtime_id, unnest(seats) FROM usher.bookings) AS seats) AS seats,
                 (SELECT count(*)::int FROM usher.booking_seats) AS rows`,
  'express-postgres': `SELECT (SELECT count(*)::int FROM bookings) AS bookings,
                 (SELECT count(*)::int FROM (SELECT DISTINCT showtime_id, unnest(seats) FROM bookings) AS seats) AS seats,
                 (SELECT count(*)::int FROM seats WHERE booking_id IS NOT NULL) AS rows`,
} as const;

/** Exactly the bookings that were acknowledged, of two seats each, and no seat in two of them. */
async function checkSold({ kind, database }: Shop, acknowledged: number): Promise<void> {
  const { rows } = await database.pool.query<{ bookings: number; seats: number; rows: number }>(SOLD[kind]);
  const found = rows[0];
  if (found?.bookings === acknowledged && found.seats === 2 * acknowledged && found.rows === found.seats) return;
  throw new Error(`${acknowledged} bookings were acknowledged; Postgres has ${JSON.stringify(found)}.`);
}
