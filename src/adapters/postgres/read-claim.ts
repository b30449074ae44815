import type { ClientBase, Pool } from 'pg';
import type { OtherChannel } from '../../core/channel.js';
import { firstOutcome } from '../../core/first-outcome.js';
import type { Booking, StoredHold } from '../../core/house.js';
import { type Claim, type CommandResult, JournalBehind, JournalRecovering } from '../../runtime/journal-port.js';
import { type AllocationRow, readAllocations } from './allocation-rows.js';
import { type ReplayBounds, readRecorded } from './recorded-results.js';

interface HoldRow {
  hold_id: string;
  holder: string;
  expires_ms: number;
  extensions: number;
  seats: number[];
  prices: (number | null)[];
  types: string[] | null;
  channel: OtherChannel | null;
  order_id: string | null;
}

interface BookingRow {
  id: string;
  reference: string;
  holder: string;
  hold_id: string;
  command_id: string;
  seats: number[];
  amount: number;
  currency: string;
  status: 'confirmed' | 'cancelled';
  channel: OtherChannel | null;
  asked_by: string | null;
  first_seats: number[] | null;
  ticket_types: string[] | null;
  order_id: string | null;
  first_amount: number | null;
  first_ticket_types: string[] | null;
}

/** In one query with the allocations. */
interface BlockedRow {
  readonly seat_index: number;
  readonly channel: null;
}

interface ClaimRow {
  readonly claimed: string | null;
  readonly present: number;
  readonly behind: string | null;
  readonly wait_ms: number | null;
}

/** Who claims what. */
export interface Claimer {
  readonly showtimeId: string;
  readonly writerId: string;
  readonly nodeName: string;
  /** See `Batch`. */
  readonly after: number;
}

/** What is sorted here sorts in memory; and none of these plans is worth being compiled. */
const READING = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL work_mem = '16MB'; SET LOCAL jit = off`;

/**
 * Takes a showtime over and reads all that was committed under the epochs before. First the epoch, in a transaction of
 * one statement that keeps no lock; nobody but us can write from then on, so the snapshot that is read next is the whole
 * truth. Unless somebody claimed after us: the snapshot says so, and they are the owner.
 * @param confirmed throws where the epoch is on this server only, and a failover may give it to another node again.
 */
export async function readClaim(
  client: ClientBase,
  pool: Pool,
  claimer: Claimer,
  replays: ReplayBounds,
  confirmed: () => void,
): Promise<Claim> {
  const { showtimeId } = claimer;
  const { epoch, timeline } = await claim(client, claimer);
  confirmed();
  await client.query(READING);
  const owner = await client.query<{ epoch: string }>(
    'SELECT epoch FROM usher.showtime_owners WHERE showtime_id = $1',
    [showtimeId],
  );
  if (Number(owner.rows[0]?.epoch) !== epoch) {
    throw new Error(`Showtime ${showtimeId} was taken over by another node while it was loaded.`);
  }
  const holds = await client.query<HoldRow>(
    `SELECT hold_id, min(holder) AS holder, extract(epoch FROM min(expires_at))::float8 * 1000 AS expires_ms,
            min(extensions) AS extensions, min(channel) AS channel,
            min(order_id::text) AS order_id, array_agg(seat_index ORDER BY seat_index) AS seats,
            array_agg(amount::float8 ORDER BY seat_index) AS prices,
            CASE WHEN count(ticket_type) > 0
                 THEN array_agg(coalesce(ticket_type, '') ORDER BY seat_index) END AS types
       FROM usher.hold_seats WHERE showtime_id = $1 GROUP BY hold_id ORDER BY hold_id`,
    [showtimeId],
  );
  const bookings = await client.query<BookingRow>(
    `SELECT id, reference, holder, hold_id, command_id, seats, amount::float8 AS amount, currency, status, channel,
            asked_by, first_seats, ticket_types, order_id, first_amount::float8 AS first_amount, first_ticket_types
       FROM usher.bookings WHERE showtime_id = $1 ORDER BY id`,
    [showtimeId],
  );
  const blocked = await client.query<BlockedRow | AllocationRow>(
    `SELECT seat_index, NULL AS channel, NULL AS until_ms, NULL AS reason, NULL AS allocated_by
       FROM usher.blocked_seats WHERE showtime_id = $1
      UNION ALL
     SELECT seat_index, channel, extract(epoch FROM until)::float8 * 1000, reason, allocated_by
       FROM usher.seat_allocations WHERE showtime_id = $1 ORDER BY 1`,
    [showtimeId],
  );
  const recorded = await readRecorded(client, pool, showtimeId, replays);
  await client.query('COMMIT');
  return {
    epoch,
    timeline,
    state: {
      holds: holds.rows.map(toHold),
      bookings: bookings.rows.map(toBooking),
      blocked: blocked.rows.filter((row) => row.channel === null).map((row) => row.seat_index),
      allocations: readAllocations(blocked.rows.filter((row) => row.channel !== null)),
    },
    results: bookings.rows.map(toBookingResult),
    recorded,
  };
}

async function claim(
  client: ClientBase,
  { showtimeId, writerId, nodeName, after }: Claimer,
): Promise<{ readonly epoch: number; readonly timeline: number }> {
  const { rows } = await client.query<ClaimRow>(
    'SELECT claimed, present, behind, wait_ms FROM usher.claim_showtime($1, $2, $3, $4)',
    [showtimeId, writerId, nodeName, after],
  );
  const [row] = rows;
  if (row?.behind != null) throw new JournalBehind(Number(row.behind));
  if (row?.wait_ms != null) throw new JournalRecovering(row.wait_ms);
  return { epoch: Number(row?.claimed), timeline: Number(row?.present) };
}

function toHold(row: HoldRow): StoredHold {
  return {
    id: row.hold_id,
    holder: row.holder,
    seats: row.seats,
    prices: row.prices,
    expiresAt: Math.round(row.expires_ms),
    extensions: row.extensions,
    ...(row.channel === null ? {} : { channel: row.channel }),
    ...(row.types === null ? {} : { ticketTypes: row.types }),
    ...(row.order_id === null ? {} : { orderId: row.order_id }),
  };
}

function toBooking(row: BookingRow): Booking {
  return {
    id: row.id,
    reference: row.reference,
    holder: row.holder,
    holdId: row.hold_id,
    seats: row.seats,
    price: { amount: row.amount, currency: row.currency },
    status: row.status,
    ...(row.channel === null ? {} : { channel: row.channel }),
    ...(row.first_seats === null ? {} : { firstSeats: row.first_seats }),
    ...(row.ticket_types === null ? {} : { ticketTypes: row.ticket_types }),
    ...(row.order_id === null ? {} : { orderId: row.order_id }),
    ...(row.first_amount === null ? {} : { firstAmount: row.first_amount }),
    ...(row.first_ticket_types === null ? {} : { firstTicketTypes: row.first_ticket_types }),
  };
}

/** The first outcome of the command that booked, whatever became of the booking since. */
function toBookingResult(row: BookingRow): CommandResult {
  return {
    holder: row.asked_by ?? row.holder,
    commandId: row.command_id,
    command: 'book',
    reply: { ok: true, type: 'booking', booking: firstOutcome(toBooking(row)) },
  };
}
