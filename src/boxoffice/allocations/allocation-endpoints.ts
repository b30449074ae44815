import { z } from 'zod';
import { CHANNELS } from '../../core/channel.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import type { ListedAllocation } from './list-allocations.js';

const RETRY_AFTER_MS = 1_000;

const allocationSchema = z
  .object({
    channel: z.enum(CHANNELS),
    until: z.int().nullable().meta({ description: 'Milliseconds since 1970; null: until somebody ends it.' }),
    reason: z.string(),
    by: z.string().meta({ description: 'The holder who allocated them.' }),
    allocatedAt: z.iso.datetime(),
    seats: z.array(z.string()),
    taken: z.array(z.string()).meta({ description: 'Those of them that somebody holds or has booked.' }),
  })
  .meta({ id: 'Allocation' });

/** @param list see `listAllocations`. */
export function allocationEndpoints(
  list: (showtimeId: string) => Promise<readonly ListedAllocation[] | undefined>,
  log: Log,
): readonly Endpoint[] {
  return [
    endpoint({
      id: 'listAllocations',
      method: 'GET',
      path: '/v1/showtimes/{showtimeId}/allocations',
      summary: 'The seats that one channel alone sells.',
      tag: 'Staff',
      access: { permission: 'seats.staff' },
      rate: 'commands',
      parameters: { showtimeId: z.uuid().toLowerCase().optional().catch(undefined) },
      reply: z.object({ allocations: z.array(allocationSchema) }),
      errors: ['unknown_showtime', 'unavailable'],
      handle: async ({ parameters: { showtimeId } }) => {
        const found = await (showtimeId ? list(showtimeId) : Promise.resolve(undefined)).catch((error: unknown) => {
          log.error({ event: 'allocations.unreadable', err: error, showtimeId }, 'Allocations could not be read.');
          return 'unavailable' as const;
        });
        if (found === 'unavailable') {
          const detail = { retryAfterMs: RETRY_AFTER_MS };
          return { ok: false, error: wireError('unavailable', 'Allocations cannot be read at the moment.', detail) };
        }
        if (!found) return { ok: false, error: wireError('unknown_showtime', 'There is no such showtime.') };
        return {
          ok: true,
          body: { allocations: found.map((one) => ({ ...one, seats: [...one.seats], taken: [...one.taken] })) },
        };
      },
    }),
  ];
}
