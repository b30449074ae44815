import type { Pool, PoolClient } from 'pg';
import { readAct, type SeatAct, type SpeltAct } from '../../core/seat-act.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { Reads } from '../catalogue/reads.js';
import type { SeatLabels } from '../catalogue/seat-labels.js';
import { inTransaction } from '../halls/hall-store.js';
import { repeat } from '../repeat.js';
import { type DatedMessage, fileMessages, messageId, readSubscribers, type Subscriber } from './file-messages.js';
import { SEAT_TOPICS, type SeatTopic, writeMessage } from './webhook-events.js';

const EVERY_MS = 500;
/** Flushes of showtimes, read at once. */
const ROWS_MAX = 300;
/** A transaction that is open for longer is not waited for. */
const OPEN_MAX = '1 minute';

interface FollowerOptions {
  readonly pool: Pool;
  readonly labels: SeatLabels;
  readonly uuid: () => string;
  readonly timers: Timers;
  /** Called when there may be messages to send. */
  readonly onFiled: () => void;
  readonly log: Log;
}

/** The acts of one flush of one showtime. */
interface ActRow {
  readonly showtimeId: string;
  readonly epoch: string;
  readonly number: number;
  readonly createdAt: Date;
  /** The same, to the microsecond. */
  readonly at: string;
  readonly acts: string;
}

interface Names {
  seats(showtimeId: string, indexes: readonly number[]): string[];
  orderOf(reference: string): string | undefined;
}

const TOPIC_OF: Partial<Record<SeatAct['act'], SeatTopic>> = {
  held: 'hold.created',
  released: 'hold.ended',
  expired: 'hold.ended',
  taken_away: 'hold.ended',
  booked: 'booking.created',
  cancelled: 'booking.cancelled',
  reseated: 'booking.reseated',
};

/**
 * Turns the history of seats into messages, while somebody subscribes to them: holding and booking write nothing for it.
 *
 * Invariant: nothing is passed over. Rows become visible in another order than their times, so only those are read that are
 * older than every transaction that still runs and has written something. What is read twice is filed once.
 */
export class SeatFollower {
  readonly #options: FollowerOptions;
  readonly #stop: () => Promise<void>;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#stop = repeat(options.timers, EVERY_MS, () => this.#run());
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  async #run(): Promise<void> {
    const { pool, log } = this.#options;
    try {
      const subscribers = await readSubscribers(pool, SEAT_TOPICS);
      if (subscribers.length > 0) while (await this.#follow(subscribers));
    } catch (err) {
      const message = 'The history of seats could not be turned into webhooks. It is tried again.';
      log.warn({ event: 'webhooks.not_followed', err }, message);
    }
  }

  /** Resolves with whether there is more. */
  async #follow(subscribers: readonly Subscriber[]): Promise<boolean> {
    const { pool, uuid, onFiled, log } = this.#options;
    const { full, filed, more } = await inTransaction(pool, async (client) => {
      const rows = await readOn(client, subscribers);
      if (!rows) return { result: { full: new Set<string>(), filed: 0, more: false }, commit: false };
      const messages = await this.#messagesOf(client, rows, subscribers);
      const passedOver = await fileMessages(client, subscribers, messages, uuid);
      const result = { full: passedOver, filed: messages.length, more: rows.length === ROWS_MAX };
      return { result, commit: true };
    });
    for (const endpointId of full) {
      const message = 'A webhook endpoint is too far behind. It is not told of seats until it has caught up.';
      log.warn({ event: 'webhooks.endpoint_behind', endpointId }, message);
    }
    if (filed > 0) onFiled();
    return more;
  }

  async #messagesOf(db: Reads, rows: readonly ActRow[], subscribers: readonly Subscriber[]): Promise<DatedMessage[]> {
    const wanted = new Set(subscribers.flatMap(({ topics }) => topics));
    const acts = rows.flatMap((row) =>
      (JSON.parse(row.acts) as SpeltAct[]).flatMap((spelt, index) => {
        const act = readAct(spelt);
        const topic = TOPIC_OF[act.act];
        return topic !== undefined && wanted.has(topic) ? [{ row, act, topic, number: row.number + index }] : [];
      }),
    );
    const names = await readNames(
      db,
      this.#options.labels,
      acts.map(({ row }) => row.showtimeId),
      acts.flatMap(({ act }) => act.reference ?? []),
    );
    return acts.map(({ row, act, topic, number }) => {
      const id = messageId('seat act', row.showtimeId, row.epoch, number);
      return { message: messageOf(id, topic, row.showtimeId, act, names), at: row.createdAt };
    });
  }
}

/** The next rows, and notes that they were read; undefined: another node does that now. */
async function readOn(client: PoolClient, subscribers: readonly Subscriber[]): Promise<ActRow[] | undefined> {
  const begin = new Date(Math.min(...subscribers.map(({ subscribedAt }) => subscribedAt.getTime())));
  const { rows: locked } = await client.query<{ from: string; horizon: string }>(
    `SELECT greatest(followed_until, $1)::text AS from,
            (SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
              WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                AND xact_start > clock_timestamp() - $2::interval)::text AS horizon
       FROM boxoffice.webhook_follower FOR UPDATE SKIP LOCKED`,
    [begin, OPEN_MAX],
  );
  const [span] = locked;
  if (!span) return undefined;
  // Another statement, which sees all that had been committed when the oldest open transaction was looked for.
  const { rows } = await client.query<ActRow>(
    `SELECT showtime_id AS "showtimeId", epoch, number, created_at AS "createdAt", created_at::text AS at, acts
       FROM usher.seat_acts WHERE created_at >= $1::timestamptz AND created_at < $2::timestamptz
      ORDER BY created_at LIMIT $3`,
    [span.from, span.horizon, ROWS_MAX],
  );
  // Of the time of the last one there may be more rows: they are read again.
  const until = rows.length === ROWS_MAX ? (rows.at(-1)?.at ?? span.horizon) : span.horizon;
  await client.query(
    'UPDATE boxoffice.webhook_follower SET followed_until = greatest(followed_until, $1::timestamptz)',
    [until],
  );
  return rows;
}

async function readNames(
  db: Reads,
  labels: SeatLabels,
  showtimeIds: readonly string[],
  references: readonly string[],
): Promise<Names> {
  const { rows } = await db.query<{ id: string; hash: string }>(
    'SELECT id, seat_map_hash AS hash FROM boxoffice.showtimes WHERE id = ANY ($1)',
    [[...new Set(showtimeIds)]],
  );
  const byShowtime = new Map<string, readonly string[]>();
  for (const { id, hash } of rows) byShowtime.set(id, await labels.of(hash));
  const orders = new Map<string, string>();
  if (references.length > 0) {
    const { rows: booked } = await db.query<{ reference: string; orderId: string }>(
      `SELECT booking_reference AS reference, order_id AS "orderId" FROM boxoffice.order_bookings
        WHERE showtime_id = ANY ($1) AND booking_reference = ANY ($2)`,
      [[...byShowtime.keys()], references],
    );
    for (const { reference, orderId } of booked) orders.set(reference, orderId);
  }
  return {
    seats: (showtimeId, indexes) => indexes.map((index) => byShowtime.get(showtimeId)?.[index] ?? `#${index}`),
    orderOf: (reference) => orders.get(reference),
  };
}

function messageOf(id: string, topic: SeatTopic, showtimeId: string, act: SeatAct, names: Names) {
  const about = { showtimeId, seats: names.seats(showtimeId, act.seats), channel: act.channel ?? 'web' };
  const at = new Date(act.at);
  const { hold: holdId = '', reference = '' } = act;
  switch (topic) {
    case 'hold.created':
      return writeMessage(id, topic, at, { ...about, holdId });
    case 'hold.ended':
      return writeMessage(id, topic, at, { ...about, holdId, cause: causeOf(act) });
    default: {
      const orderId = names.orderOf(reference);
      return writeMessage(id, topic, at, { ...about, reference, ...(orderId === undefined ? {} : { orderId }) });
    }
  }
}

function causeOf({ act }: SeatAct): 'released' | 'expired' | 'taken_away' {
  return act === 'expired' || act === 'taken_away' ? act : 'released';
}
