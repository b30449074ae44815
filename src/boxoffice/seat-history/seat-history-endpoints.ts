import { z } from 'zod';
import { CHANNELS } from '../../core/channel.js';
import type { SeatMap } from '../../core/seat-map.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { Playbill } from '../../runtime/playbill-port.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import type { Reads } from '../catalogue/reads.js';
import { type ActAt, readActs, readBlocks } from './read-acts.js';

const ACTS_PER_PAGE = 100;
const RETRY_AFTER_MS = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const labels = z.array(z.string());
const actSchema = z
  .object({
    act: z
      .enum([
        ...([
          'held',
          'released',
          'expired',
          'taken_away',
          'booked',
          'cancelled',
          'reseated',
          'blocked',
          'unblocked',
        ] as const),
        ...(['allocated', 'deallocated', 'allocation_ended'] as const),
      ])
      .meta({ description: '`reseated`: the booking moved from the seats in `from` to those in `seats`.' }),
    at: z.iso.datetime(),
    seats: labels.meta({ description: 'All that the act changed.' }),
    from: labels.optional(),
    holder: z.string().optional().meta({ description: 'Whose hold or booking it is.' }),
    by: z.string().optional().meta({ description: 'Who asked, where that is not the holder. Absent of `expired`.' }),
    holdId: z.uuid().optional(),
    reference: z.string().optional().meta({ description: 'Of the booking.' }),
    channel: z.enum(CHANNELS).optional(),
    reason: z.string().optional(),
    to: z.enum(CHANNELS).optional().meta({ description: 'Of `allocated`: the channel that alone sells the seats.' }),
    until: z.iso.datetime().optional().meta({ description: 'Of `allocated`; absent: until somebody ends it.' }),
  })
  .meta({ id: 'SeatAct' });
const blockSchema = z
  .object({ seat: z.string(), reason: z.string().optional(), since: z.iso.datetime() })
  .meta({ id: 'BlockedSeat' });

export interface SeatHistoryParts {
  readonly db: Reads;
  readonly playbill: Pick<Playbill, 'terms'>;
  readonly log: Log;
}

type MapOf = { readonly ok: true; readonly showtimeId: string; readonly map: SeatMap } | Refused;
interface Refused {
  readonly ok: false;
  readonly error: WireError;
}

/** What staff read about the seats of a showtime, from Postgres. */
export function seatHistoryEndpoints({ db, playbill, log }: SeatHistoryParts): readonly Endpoint[] {
  const showtimeId = z.string().meta({ override: { type: 'string', format: 'uuid' } });
  const reading = { method: 'GET', tag: 'Staff', rate: 'reads' } as const;
  const errors = ['unknown_showtime', 'unavailable'] as const;
  const mapOf = async (id: string): Promise<MapOf> => {
    const terms = UUID.test(id) ? await playbill.terms(id.toLowerCase()) : undefined;
    if (!terms) return { ok: false, error: wireError('unknown_showtime', 'There is no such showtime.') };
    return { ok: true, showtimeId: id.toLowerCase(), map: terms.map };
  };
  return [
    endpoint({
      ...reading,
      id: 'getSeatHistory',
      path: '/v1/showtimes/{showtimeId}/seats/{label}/history',
      summary: `What happened to a seat, the newest first, ${ACTS_PER_PAGE} acts a page.`,
      access: { permission: 'bookings.read' },
      parameters: { showtimeId, label: z.string().min(1).max(64).meta({ description: 'Of a seat.', example: 'K-12' }) },
      query: { cursor: pageCursor(z.tuple([z.int(), z.int()])).optional() },
      reply: z.object({ acts: z.array(actSchema), next: z.string().optional() }),
      errors: [...errors, 'unknown_seat'],
      handle: async ({ parameters, query: { cursor } }) => {
        try {
          const found = await mapOf(parameters.showtimeId);
          if (!found.ok) return found;
          const seat = found.map.indexOf.get(parameters.label);
          if (seat === undefined) return { ok: false, error: unknownSeat(parameters.label) };
          const before = cursor && { epoch: cursor[0], number: cursor[1] };
          // One more, by which `pageOf` sees that there is a next page.
          const acts = await readActs(db, found.showtimeId, seat, before, ACTS_PER_PAGE + 1);
          const { items, next } = pageOf(
            acts,
            ACTS_PER_PAGE,
            ({ epoch, number }) => [epoch, number],
            viewOn(found.map),
          );
          return { ok: true, body: { acts: items, ...(next === undefined ? {} : { next }) } };
        } catch (error) {
          return unreadable(error, log);
        }
      },
    }),
    endpoint({
      ...reading,
      id: 'listBlocks',
      path: '/v1/showtimes/{showtimeId}/blocks',
      summary: 'The seats that are blocked, each with its reason and since when.',
      access: { permission: 'seats.staff' },
      parameters: { showtimeId },
      reply: z.object({ blocks: z.array(blockSchema) }),
      errors,
      handle: async ({ parameters }) => {
        try {
          const found = await mapOf(parameters.showtimeId);
          if (!found.ok) return found;
          const blocked = await readBlocks(db, found.showtimeId);
          const blocks = blocked.map(({ seat, reason, since }) => ({
            seat: labelOf(found.map, seat),
            ...(reason === '' ? {} : { reason }),
            since: since.toISOString(),
          }));
          return { ok: true, body: { blocks } };
        } catch (error) {
          return unreadable(error, log);
        }
      },
    }),
  ];
}

function viewOn(map: SeatMap) {
  const named = (seats: readonly number[]) => seats.map((seat) => labelOf(map, seat));
  return ({ act: { act, at, seats, from, hold, until, ...rest } }: ActAt) => ({
    act,
    at: new Date(at).toISOString(),
    seats: named(seats),
    ...(from ? { from: named(from) } : {}),
    ...(hold ? { holdId: hold } : {}),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...rest,
  });
}

function labelOf(map: SeatMap, seat: number): string {
  return map.data.seats.label[seat] ?? '';
}

function unknownSeat(label: string): WireError {
  // Half of a character could not be told in UTF-8.
  const seat = label.replace(/\p{Cs}/gu, '\ufffd');
  return wireError('unknown_seat', 'There is no such seat in this hall.', { conflicts: [{ seat, reason: 'unknown' }] });
}

function unreadable(error: unknown, log: Log): Refused {
  log.error(
    { event: 'seats.history_unreadable', err: error },
    'The history of a seat, or what is blocked, could not be read.',
  );
  const detail = { retryAfterMs: RETRY_AFTER_MS };
  return { ok: false, error: wireError('unavailable', 'The history of seats cannot be read at the moment.', detail) };
}
