import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { MailInbox, Received } from '../load/programs/mail-inbox.js';
import type { PurchasesOrders } from '../load/programs/purchases.js';
import type { RelayCommands } from '../load/programs/relay-commands.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { medianPercent } from '../suite/busyness.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { LoadCrew } from '../suite/load-crew.js';
import type { Database, Served, Stage } from '../suite/stage.js';

const MAILS = 10_000;
/** Who holds seats meanwhile, each so often. */
const HOLDERS = { people: 64, everyMs: 100 };
const SEATS = 1_000;
const SHOWTIMES = 40;
const BUYERS = 100;
const GUESTS = 211;
const SELL_MS = 1_000;
const WARM_UP_MS = 3_000;
const ROUND_MS = 5_000;
const ROUNDS = 4;
const HOLD_TTL_MS = 600_000;
/** Mails are on their way when so many have arrived. */
const FLOWING = 20;
const FLOWING_MS_MAX = 60_000;
const GOAL = { atMost: 1.2 };

/**
 * Whether mails disturb those who buy. Each mail of a purchase has a PDF with its tickets, and draws and sends cost milliseconds
 * of a processor; the node has one core for all of it. Rounds with ten thousand such mails in the queue, and with none.
 */
export const mails: Benchmark = {
  name: 'mails',
  question: `holds while ${MAILS} mails with tickets are queued and sent, beside the same without mails`,
  async run(stage) {
    const database = await stage.postgres();
    await sellOrders(stage, database);
    const inbox = stage.crew<MailInbox>('mail-inbox', 1);
    const [port] = await inbox.ask('open', () => undefined as never);
    const served = await stage.usher(database, { SMTP_URL: `smtp://127.0.0.1:${port?.answer}` });
    const holders = await enter(stage, served, await openSale(database.pool, SEATS, HOLD_TTL_MS));
    const queue = new Queue(database.pool, inbox);
    const withMails = async (ms: number) => {
      await queue.fill();
      const before = await queue.received();
      const measured = await measure(served, holders, ms);
      const { mails: sent, withTickets } = await queue.received();
      if (withTickets !== sent) throw new Error(`Of ${sent} mails ${withTickets} had tickets.`);
      await queue.empty();
      return { ...measured, mailsPerSecond: ((sent - before.mails) / ms) * 1_000 };
    };
    stage.say('warming up');
    await measure(served, holders, WARM_UP_MS);
    await withMails(WARM_UP_MS);
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const without = await measure(served, holders, ROUND_MS);
      rounds.push({ without, with: await withMails(ROUND_MS) });
    }
    return [finding(rounds)];
  },
};

interface Measured {
  readonly p99Ms: number;
  readonly medianMs: number;
  readonly serverBusy: number;
}

interface Round {
  readonly without: Measured;
  readonly with: Measured & { readonly mailsPerSecond: number };
}

/** By a node that mails nothing; then it is gone. */
async function sellOrders(stage: Stage, database: Database): Promise<void> {
  stage.say(`selling ${MAILS} orders`);
  const { url, program } = await stage.usher(database, { JOBS: 'false' });
  const showtimes: string[] = [];
  for (let i = 0; i < SHOWTIMES; i++) showtimes.push(await openSale(database.pool, SEATS, HOLD_TTL_MS));
  const sessions: string[] = [];
  for (let i = 0; i < GUESTS; i++) {
    const answer = await fetch(new URL('/v1/sessions', url), { method: 'POST' });
    sessions.push(((await answer.json()) as { readonly session: string }).session);
  }
  const crew = stage.crew<PurchasesOrders>('purchases', 1);
  const target = { host: url.hostname, port: Number(url.port) };
  const labels = rushHall(SEATS).seats.label;
  const common = { ...target, how: 'test', buyers: BUYERS, showtimes, labels, sessions, ms: SELL_MS } as const;
  for (let first = 0; first < MAILS; ) {
    const [told] = await crew.ask('buy', () => ({ ...common, email: 'buyer@example.com', first }));
    first += told?.answer.all ?? 0;
  }
  crew.dismiss();
  await program.stop();
}

/** The mails that wait, and those that have arrived. */
class Queue {
  readonly #pool: Pool;
  readonly #inbox: LoadCrew<MailInbox>;

  constructor(pool: Pool, inbox: LoadCrew<MailInbox>) {
    this.#pool = pool;
    this.#inbox = inbox;
  }

  async received(): Promise<Received> {
    const [told] = await this.#inbox.ask('received', () => undefined as never);
    return told?.answer ?? { mails: 0, withTickets: 0 };
  }

  /** As the sales wrote them. Resolves when mails arrive. */
  async fill(): Promise<void> {
    const { mails: before } = await this.received();
    const { rowCount } = await this.#pool.query(
      `INSERT INTO boxoffice.outbox (topic, subject, payload)
       SELECT 'order.fulfilled', 'order:' || id, jsonb_build_object('orderId', id)
         FROM boxoffice.orders WHERE state = 'fulfilled' ORDER BY id LIMIT $1`,
      [MAILS],
    );
    if (rowCount !== MAILS) throw new Error(`There are ${rowCount} orders to mail about.`);
    await this.#until(async () => (await this.received()).mails >= before + FLOWING);
  }

  /** Takes back what waits. Resolves when no mail has arrived for a second. */
  async empty(): Promise<void> {
    await this.#until(async () => {
      await this.#pool.query('DELETE FROM boxoffice.outbox');
      await this.#pool.query('DELETE FROM boxoffice.outbox_steps');
      await this.#pool.query('DELETE FROM usher_jobs._private_jobs WHERE locked_at IS NULL');
      const { mails: before } = await this.received();
      await sleep(1_000);
      return (await this.received()).mails === before;
    });
  }

  async #until(is: () => Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + FLOWING_MS_MAX;
    while (!(await is())) {
      if (performance.now() > giveUpAt) throw new Error('The mails do not move as they should.');
      await sleep(50);
    }
  }
}

async function enter(stage: Stage, { url }: Served, showtimeId: string): Promise<LoadCrew<RelayCommands>> {
  const crew = stage.crew<RelayCommands>('relay-commands', 1);
  const target = { host: url.hostname, port: Number(url.port) };
  const moved = { kind: 'usher', target, showtimeId, labels: rushHall(SEATS).seats.label } as const;
  await crew.ask('enter', () => ({ moved, people: HOLDERS.people }));
  return crew;
}

async function measure({ program }: Served, crew: LoadCrew<RelayCommands>, ms: number): Promise<Measured> {
  const before = program.cpuMs();
  const told = await crew.ask('run', () => ({ ms, everyMs: HOLDERS.everyMs }));
  const latencies = told.flatMap(({ answer }) => [...answer]).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { p99Ms: at(0.99), medianMs: at(0.5), serverBusy: (program.cpuMs() - before) / ms };
}

function finding(rounds: readonly Round[]): Finding {
  const p99With = rounds.map((round) => round.with.p99Ms);
  const p99Without = rounds.map(({ without }) => without.p99Ms);
  const busy = (of: (round: Round) => Measured) => medianPercent(rounds.map((round) => of(round).serverBusy));
  const median = (of: (round: Round) => number) => spreadOf(rounds.map(of)).median;
  const perSecond = Math.round(median((round) => round.with.mailsPerSecond));
  return {
    what: `p99 of a hold or release while ${MAILS} mails wait`,
    unit: 'ms',
    figure: spreadOf(p99With),
    against: { what: 'without mails', figure: spreadOf(p99Without) },
    ratio: ratioOfRounds(p99With, p99Without),
    goal: GOAL,
    notes: [
      `${perSecond} mails a second, each with the tickets of two seats as a PDF; ${HOLDERS.people} people, a hold and a release each ${HOLDERS.everyMs} ms`,
      `server busy ${busy((round) => round.with)}, without mails ${busy(({ without }) => without)}; ` +
        `medians ${median((round) => round.with.medianMs).toFixed(1)} and ${median(({ without }) => without.medianMs).toFixed(1)} ms`,
    ],
  };
}
