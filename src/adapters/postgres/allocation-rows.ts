import type { Allocation } from '../../core/allocations/allocation.js';
import type { Channel } from '../../core/channel.js';

/** As usher.write_allocations and usher.restore_allocations read them; `channel` null: the seats have none any more. */
interface WrittenRow {
  readonly showtime: number;
  readonly seats: number[];
  readonly channel: Channel | null;
  readonly until_ms: number | null;
  readonly reason: string;
  readonly allocated_by: string;
}

/** One row an allocation, not one a seat. `showtime`: its ordinal in the batch. */
export function allocationRows(
  allocations: ReadonlyMap<number, Allocation | undefined>,
  showtime: number,
): readonly WrittenRow[] {
  const rows = new Map<Allocation | undefined, WrittenRow>();
  for (const [seat, allocation] of allocations) {
    const known = rows.get(allocation);
    if (known) {
      known.seats.push(seat);
      continue;
    }
    const { channel = null, until = null, reason = '', by = '' } = allocation ?? {};
    rows.set(allocation, { showtime, seats: [seat], channel, until_ms: until, reason, allocated_by: by });
  }
  return [...rows.values()];
}

/** A row of usher.seat_allocations as it is read. */
export interface AllocationRow {
  readonly seat_index: number;
  readonly channel: Channel;
  readonly until_ms: number | null;
  readonly reason: string;
  readonly allocated_by: string;
}

/** Seats to their allocations; what is alike is one value again. */
export function readAllocations(rows: readonly AllocationRow[]): readonly (readonly [number, Allocation])[] {
  const known = new Map<string, Allocation>();
  return rows.map(({ seat_index, channel, until_ms, reason, allocated_by: by }) => {
    const key = JSON.stringify([channel, until_ms, reason, by]);
    const until = until_ms === null ? {} : { until: Math.round(until_ms) };
    const allocation = known.get(key) ?? { channel, reason, by, ...until };
    known.set(key, allocation);
    return [seat_index, allocation] as const;
  });
}
