import { z } from 'zod';
import { etagOf, makeDocument } from '../../http/document.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import type { AdmitParts } from './admit.js';
import { tagOf } from './ticket-code.js';
import { RETURNED, seatAt, type TicketState } from './ticket-store.js';

const CONFLICTS_MAX = 100;

const listSchema = z
  .object({
    showtimeId: z.uuid(),
    tag: z.string().meta({ description: 'What its codes have in their bytes 18–21, in hexadecimal.' }),
    title: z.string(),
    hall: z.string(),
    startsAt: z.iso.datetime(),
    admissionFrom: z.iso.datetime(),
    isCancelled: z.boolean(),
    keys: z.array(z.object({ number: z.int(), key: z.string().meta({ description: '32 bytes in base64url.' }) })).meta({
      description: 'By `number`, the first byte of a code. Secret: whoever has one can write codes of this showtime.',
    }),
    tickets: z.array(z.tuple([z.uuid(), z.int(), z.string(), z.string(), z.string()])).meta({
      description:
        'Id, generation, state (`v` valid, `a` admitted, `c` cancelled, `r` refunded), seat and ticket type or category.',
    }),
  })
  .meta({ id: 'CheckInList' });

const countsSchema = z.object({
  tickets: z.int().meta({ description: 'That let somebody in.' }),
  admitted: z.int(),
  gates: z.array(z.object({ gate: z.string(), admitted: z.int(), refused: z.int(), conflicts: z.int() })),
  conflicts: z
    .array(
      z.object({
        scanId: z.uuid(),
        ticketId: z.uuid().optional(),
        result: z.string(),
        gate: z.string(),
        device: z.string(),
        at: z.iso.datetime(),
      }),
    )
    .meta({ description: 'The newest hundred: people who went in offline and should not have.' }),
});

interface ShowtimeRow {
  readonly title: string;
  readonly hall: string;
  readonly starts_at: Date;
  readonly is_cancelled: boolean;
  readonly hash: string;
}

interface TicketRow {
  readonly id: string;
  readonly generation: number;
  readonly state: TicketState;
  readonly is_admitted: boolean;
  readonly seat_index: number;
  readonly kind: string;
  readonly first_seats: readonly number[] | null;
  readonly returned: readonly number[] | null;
  readonly seats: readonly number[] | null;
}

/** What a gate needs to go on without a network, and how many are in. */
export function checkInListEndpoints(parts: AdmitParts): readonly Endpoint[] {
  const unknown = wireError('unknown_showtime', 'There is no such showtime.');
  const given = {
    method: 'GET',
    tag: 'Tickets',
    access: { permission: 'tickets.check_in' },
    rate: 'reads',
    parameters: { showtimeId: z.uuid() },
    errors: ['unknown_showtime'],
  } as const;
  return [
    endpoint({
      ...given,
      id: 'getCheckInList',
      path: '/v1/showtimes/{showtimeId}/check-in-list',
      summary: 'The keys and tickets of a showtime, for gates that go on without a network.',
      reply: listSchema,
      handle: async ({ parameters: { showtimeId } }) => {
        const list = await listOf(parts, showtimeId.toLowerCase());
        if (!list) return { ok: false, error: unknown };
        const plain = Buffer.from(JSON.stringify(list));
        const headers = {
          'content-type': 'application/json',
          'cache-control': 'private, no-cache',
          etag: etagOf(plain),
        };
        return { ok: true, body: { document: await makeDocument(plain, 'quick'), headers } };
      },
    }),
    endpoint({
      ...given,
      id: 'getCheckInCounts',
      path: '/v1/showtimes/{showtimeId}/check-in-counts',
      summary: 'How many are in, gate by gate, and what staff have to settle.',
      reply: countsSchema,
      handle: async ({ parameters: { showtimeId } }) => {
        const body = await countsOf(parts, showtimeId);
        return body ? { ok: true, body } : { ok: false, error: unknown };
      },
    }),
  ];
}

async function listOf(parts: AdmitParts, showtimeId: string): Promise<z.infer<typeof listSchema> | undefined> {
  const { db, keys, labels, admissionMs } = parts;
  const found = await db.query<ShowtimeRow>(
    `SELECT m.title, h.name AS hall, s.starts_at, s.cancelled_at IS NOT NULL AS is_cancelled, s.seat_map_hash AS hash
       FROM boxoffice.showtimes s
       JOIN boxoffice.movies m ON m.id = s.movie_id
       JOIN boxoffice.halls h ON h.id = s.hall_id
      WHERE s.id = $1`,
    [showtimeId],
  );
  const showtime = found.rows[0];
  if (!showtime) return undefined;
  const { rows } = await db.query<TicketRow>(
    `SELECT t.id, t.generation, t.state, a.ticket_id IS NOT NULL AS is_admitted, t.seat_index,
            coalesce(nullif(t.ticket_type, ''), l.category) AS kind, b.first_seats, b.seats, ${RETURNED} AS returned
       FROM boxoffice.tickets t
       JOIN boxoffice.order_lines l ON l.order_id = t.order_id AND l.line = t.line
       LEFT JOIN usher.bookings b ON b.id = t.booking_id AND b.first_seats IS NOT NULL
       LEFT JOIN boxoffice.admissions a ON a.ticket_id = t.id
      WHERE t.showtime_id = $1
      ORDER BY t.id`,
    [showtimeId],
  );
  const names = await labels.of(showtime.hash);
  const startsAt = showtime.starts_at.getTime();
  return {
    showtimeId,
    tag: tagOf(showtimeId),
    title: showtime.title,
    hall: showtime.hall,
    startsAt: new Date(startsAt).toISOString(),
    admissionFrom: new Date(startsAt - admissionMs).toISOString(),
    isCancelled: showtime.is_cancelled,
    keys: keys.doorKeys(showtimeId),
    tickets: rows.map((row) => [
      row.id,
      row.generation,
      row.state === 'valid' && row.is_admitted ? 'a' : row.state.charAt(0),
      names[seatAt(row.seat_index, row.first_seats, row.seats, row.returned)] ?? '',
      row.kind,
    ]),
  };
}

async function countsOf({ db }: AdmitParts, showtimeId: string): Promise<z.infer<typeof countsSchema> | undefined> {
  const totals = await db.query<{ tickets: number; admitted: number }>(
    `SELECT (SELECT count(*)::int FROM boxoffice.tickets WHERE showtime_id = s.id AND state = 'valid') AS tickets,
            (SELECT count(*)::int FROM boxoffice.admissions WHERE showtime_id = s.id) AS admitted
       FROM boxoffice.showtimes s WHERE s.id = $1`,
    [showtimeId],
  );
  const total = totals.rows[0];
  if (!total) return undefined;
  const gates = await db.query<{ gate: string; admitted: number; refused: number; conflicts: number }>(
    `SELECT gate, (count(*) FILTER (WHERE result = 'admitted'))::int AS admitted,
            (count(*) FILTER (WHERE result <> 'admitted' AND NOT is_conflict))::int AS refused,
            (count(*) FILTER (WHERE is_conflict))::int AS conflicts
       FROM boxoffice.check_ins WHERE showtime_id = $1 GROUP BY gate ORDER BY gate`,
    [showtimeId],
  );
  const conflicts = await db.query<{
    readonly scan_id: string;
    readonly ticket_id: string | null;
    readonly result: string;
    readonly gate: string;
    readonly device: string;
    readonly scanned_at: Date;
  }>(
    `SELECT scan_id, ticket_id, result, gate, device, scanned_at
       FROM boxoffice.check_ins WHERE showtime_id = $1 AND is_conflict
      ORDER BY scanned_at DESC LIMIT $2`,
    [showtimeId, CONFLICTS_MAX],
  );
  return {
    ...total,
    gates: gates.rows,
    conflicts: conflicts.rows.map(({ scan_id: scanId, ticket_id: ticketId, result, gate, device, scanned_at: at }) => ({
      scanId,
      ...(ticketId === null ? {} : { ticketId }),
      ...{ result, gate, device, at: at.toISOString() },
    })),
  };
}
