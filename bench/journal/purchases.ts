/** Whole purchases beside the peer's, and beside bookings without an order. All of them over HTTP, in two requests. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { How, PurchasesOrders } from '../load/programs/purchases.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import { medianPercent } from '../suite/busyness.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import { idleShare, type LoadCrew } from '../suite/load-crew.js';
import { openPeerSale, startPeer } from '../suite/peer.js';
import type { Database, Served, Stage } from '../suite/stage.js';
import { postgresCpuMs } from './postgres-cpu.js';

export interface PurchaseScale {
  /** Purchases under way. */
  readonly buyers: number;
  readonly showtimes: number;
  readonly seats: number;
}

const WARM_UP_MS = 1_500;
const ROUND_MS = 1_500;
const ROUNDS = 4;
const HOLD_TTL_MS = 600_000;
/** Prime, so that nobody meets the same showtime again for long. */
const GUESTS = 1_009;
const STAND_IN_SECRET = 'whsec_of_the_stand_in';

const PHASES = ['bare', 'test', 'stripe', 'peer'] as const satisfies readonly How[];
type Each<Value> = Record<How, Value>;

interface Round {
  readonly perSecond: number;
  readonly perCoreSecond: number;
  readonly medianMs: number;
  /** Shares of a core. */
  readonly serverBusy: number;
  readonly postgresBusy: number;
  readonly standInBusy: number;
  readonly loadIdle: number;
}

interface Asked extends Pick<PurchaseScale, 'buyers' | 'seats'> {
  readonly how: How;
  readonly ms: number;
}

interface Shop {
  readonly served: Served;
  readonly database: Database;
  readonly showtimes: readonly string[];
  readonly sessions: readonly string[];
  /** Purchases so far, of all kinds. */
  sold: number;
}

export async function comparePurchases(stage: Stage, scale: PurchaseScale): Promise<Finding[]> {
  const standIn = await openStandIn(stage);
  stage.say('opening the showtimes');
  const usher = await openUsher(stage, standIn, scale);
  const peer = await openPeer(stage, standIn, scale);
  const crew = stage.crew<PurchasesOrders>('purchases', 1);
  const sold: Each<number> = { bare: 0, test: 0, stripe: 0, peer: 0 };
  const measure = async (how: How, ms: number): Promise<Round> => {
    const shop = how === 'peer' ? peer : usher;
    const { round, all } = await buy(crew, shop, standIn, { ...scale, how, ms });
    shop.sold += all;
    sold[how] += all;
    return round;
  };
  stage.say('warming up');
  for (const how of PHASES) await measure(how, WARM_UP_MS);
  const rounds: Each<Round>[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    stage.say(`round ${round} of ${ROUNDS}`);
    rounds.push({
      bare: await measure('bare', ROUND_MS),
      test: await measure('test', ROUND_MS),
      peer: await measure('peer', ROUND_MS),
      stripe: await measure('stripe', ROUND_MS),
    });
  }
  await checkRows(usher.database.pool, USHER, sold.test + sold.stripe, sold.bare);
  await checkRows(peer.database.pool, PEER, sold.peer, 0);
  return findings(rounds);
}

/** Without webhooks, which neither side needs: Stripe says in its answer that the money is there. */
async function openStandIn(stage: Stage): Promise<Served> {
  const args = (port: number) => ['--port', String(port), '--secret', STAND_IN_SECRET];
  const standIn = await stage.standIn('stripe', args, '/ledger');
  const body = JSON.stringify({ faults: { never: 1 } });
  const answer = await fetch(new URL('/control', standIn.url), { method: 'POST', body });
  if (!answer.ok) throw new Error(`The stand-in of Stripe answered ${answer.status}.`);
  return standIn;
}

async function openUsher(stage: Stage, standIn: Served, { showtimes: count, seats }: PurchaseScale): Promise<Shop> {
  const database = await stage.postgres();
  const served = await stage.usher(database, {
    STRIPE_API_BASE: standIn.url.origin,
    STRIPE_SECRET_KEY: 'sk_test_of_the_bench',
    STRIPE_WEBHOOK_SECRETS: STAND_IN_SECRET,
    // Up to the row in the outbox, as at the peer, where nobody reads it either. `mails` asks about the rest.
    JOBS: 'false',
  });
  const showtimes: string[] = [];
  for (let i = 0; i < count; i++) showtimes.push(await openSale(database.pool, seats, HOLD_TTL_MS));
  // All at once they would wait for each other, and that is not asked here.
  for (const id of showtimes) await (await fetch(new URL(`/v1/showtimes/${id}/seats`, served.url))).arrayBuffer();
  const sessions: string[] = [];
  for (let i = 0; i < GUESTS; i++) {
    const answer = await fetch(new URL('/v1/sessions', served.url), { method: 'POST' });
    sessions.push(((await answer.json()) as { readonly session: string }).session);
  }
  return { served, database, showtimes, sessions, sold: 0 };
}

async function openPeer(stage: Stage, standIn: Served, { showtimes: count, seats }: PurchaseScale): Promise<Shop> {
  const database = await stage.postgres('peer');
  const served = await startPeer(stage, 'express-postgres', database, { STRIPE_API_BASE: standIn.url.origin });
  const showtimes = Array.from({ length: count }, () => randomUUID());
  for (const showtimeId of showtimes) await openPeerSale(served, showtimeId, seats);
  return { served, database, showtimes, sessions: [], sold: 0 };
}

async function buy(
  crew: LoadCrew<PurchasesOrders>,
  { served, database, showtimes, sessions, sold }: Shop,
  standIn: Served,
  { how, ms, buyers, seats }: Asked,
): Promise<{ readonly round: Round; readonly all: number }> {
  const target = { host: served.url.hostname, port: Number(served.url.port) };
  const cpu = async () => ({
    server: served.program.cpuMs(),
    postgres: await postgresCpuMs(database.pool),
    standIn: standIn.program.cpuMs(),
  });
  const before = await cpu();
  const labels = rushHall(seats).seats.label;
  const told = await crew.ask('buy', () => ({ ...target, how, buyers, showtimes, labels, sessions, first: sold, ms }));
  const after = await cpu();
  const [one] = told;
  if (!one || one.answer.within === 0) throw new Error(`${how}: nothing was sold in ${ms} ms.`);
  const { within, all, latencies } = one.answer;
  const serverMs = after.server - before.server;
  return {
    all,
    round: {
      perSecond: (within / ms) * 1_000,
      perCoreSecond: (all / serverMs) * 1_000,
      medianMs: spreadOf([...latencies]).median,
      serverBusy: serverMs / one.wallMs,
      postgresBusy: (after.postgres - before.postgres) / one.wallMs,
      standInBusy: (after.standIn - before.standIn) / one.wallMs,
      loadIdle: idleShare(told),
    },
  };
}

function findings(rounds: readonly Each<Round>[]): Finding[] {
  const of = (how: How, figure: (round: Round) => number) => rounds.map((round) => figure(round[how]));
  const speed = ({ perSecond }: Round) => perSecond;
  const byProcessor = ({ perCoreSecond }: Round) => perCoreSecond;
  const shares = (who: string, how: How) => {
    const percent = (figure: (round: Round) => number) => medianPercent(of(how, figure));
    const server = percent(({ serverBusy }) => serverBusy);
    const postgres = percent(({ postgresBusy }) => postgresBusy);
    const standIn = percent(({ standInBusy }) => standInBusy);
    const load = percent(({ loadIdle }) => loadIdle);
    const median = Math.round(spreadOf(of(how, ({ medianMs }) => medianMs)).median);
    return `${who}: server busy ${server}, Postgres busy ${postgres}, stand-in of Stripe busy ${standIn}, load idle ${load}; a median of ${median} ms each`;
  };
  const beside = (
    what: string,
    unit: string,
    figure: (round: Round) => number,
    [how, against]: readonly [How, How],
    more: Pick<Finding, 'goal' | 'notes'> = {},
  ): Finding => ({
    what,
    unit,
    figure: spreadOf(of(how, figure)),
    against: { what: NAMES[against], figure: spreadOf(of(against, figure)) },
    ratio: ratioOfRounds(of(how, figure), of(against, figure)),
    ...more,
  });
  return [
    beside('purchases', 'a second', speed, ['test', 'peer'], {
      goal: { atLeast: 8 },
      notes: [shares('Usher', 'test'), shares('the peer', 'peer')],
    }),
    beside('purchases by processor', 'a core second', byProcessor, ['test', 'peer']),
    beside('purchases paid by Stripe', 'a second', speed, ['stripe', 'peer'], {
      goal: { atLeast: 8 },
      notes: [shares('Usher', 'stripe')],
    }),
    beside('purchases paid by Stripe, by processor', 'a core second', byProcessor, ['stripe', 'peer']),
    beside('purchases', 'a second', speed, ['test', 'bare'], {
      goal: { atLeast: 0.5 },
      notes: [shares('bookings', 'bare')],
    }),
    beside('purchases by processor', 'a core second', byProcessor, ['test', 'bare']),
  ];
}

const NAMES: Readonly<Each<string>> = {
  bare: 'hold and booking without an order',
  test: 'purchases',
  stripe: 'purchases paid by Stripe',
  peer: 'Express + FOR UPDATE + Stripe',
};

const USHER = `SELECT (SELECT count(*)::int FROM usher.bookings) AS bookings,
       (SELECT count(*)::int FROM usher.booking_seats) AS seats,
       (SELECT count(*)::int FROM boxoffice.orders WHERE state = 'fulfilled') AS orders,
       (SELECT count(*)::int FROM boxoffice.order_lines) AS lines,
       (SELECT count(*)::int FROM boxoffice.payments WHERE state = 'succeeded') AS payments,
       (SELECT count(*)::int FROM boxoffice.tickets) AS tickets,
       (SELECT count(DISTINCT subject)::int
          FROM (SELECT topic, subject FROM boxoffice.outbox
                UNION ALL SELECT topic, subject FROM boxoffice.outbox_steps) AS told
         WHERE topic = 'order.fulfilled') AS events`;
const PEER = `SELECT (SELECT count(*)::int FROM bookings) AS bookings,
       (SELECT count(*)::int FROM seats WHERE booking_id IS NOT NULL) AS seats,
       (SELECT count(*)::int FROM orders WHERE state = 'fulfilled') AS orders,
       (SELECT count(*)::int FROM order_lines) AS lines,
       (SELECT count(*)::int FROM payments WHERE state = 'succeeded') AS payments,
       (SELECT count(*)::int FROM tickets) AS tickets,
       (SELECT count(*)::int FROM outbox) AS events`;

/** Exactly what was acknowledged, of two seats each: nothing is under way any more when a round has ended. */
async function checkRows(pool: Pool, query: string, orders: number, bare: number): Promise<void> {
  const { rows } = await pool.query(query);
  const [bookings, lines] = [orders + bare, 2 * orders];
  const expected = { bookings, seats: 2 * bookings, orders, lines, payments: orders, tickets: lines, events: orders };
  if (JSON.stringify(rows[0]) === JSON.stringify(expected)) return;
  throw new Error(`Acknowledged were ${JSON.stringify(expected)}; Postgres has ${JSON.stringify(rows[0])}.`);
}
