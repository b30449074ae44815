import type pg from 'pg';
import { expect } from 'vitest';
import { bookedSeats, committedSeats } from './committed-seats.js';
import type { SeatBuyer } from './seat-buyer.js';

export interface Sale {
  readonly pool: pg.Pool;
  readonly showtimeId: string;
  readonly labels: readonly string[];
  readonly buyers: readonly SeatBuyer[];
}

/**
 * Exactly what was acknowledged is in Postgres: nothing lost, nothing doubled, and nothing that nobody was told. To be
 * called while no buyer buys.
 */
export async function expectPromisesKept({ pool, showtimeId, labels, buyers }: Sale, when: string): Promise<void> {
  const indexOf = new Map(labels.map((label, seat) => [label, seat]));
  const promised = new Map<number, { readonly what: string; readonly buyer: SeatBuyer }>();
  const promisedBookings = new Map<number, string>();
  expect(
    buyers.flatMap(({ unknown, history }) => (unknown > 0 ? history : [])),
    `${when}: outcomes that stayed unknown`,
  ).toEqual([]);
  for (const buyer of buyers) {
    const { client, holds, bookings } = buyer;
    const { holder } = client.getSnapshot();
    const promise = (seats: readonly string[], what: string) => {
      for (const label of seats) {
        const seat = indexOf.get(label) ?? -1;
        const earlier = promised.get(seat);
        if (earlier) throw new Error(`${when}: seat ${label} was promised twice.\n${histories(earlier.buyer, buyer)}`);
        promised.set(seat, { what: `${what} ${holder}`, buyer });
      }
    };
    for (const hold of holds.values()) promise(hold.seats, `hold ${hold.id}`);
    for (const booking of bookings.values()) {
      promise(booking.seats, `booking ${booking.id}`);
      for (const label of booking.seats) promisedBookings.set(indexOf.get(label) ?? -1, booking.id);
    }
  }
  const promises = new Map([...promised].map(([seat, { what }]) => [seat, what]));
  const committed = await committedSeats(pool, showtimeId);
  const wrong = [...promised].filter(([seat, { what }]) => committed.get(seat) !== what).map(([, { buyer }]) => buyer);
  expect(inOrder(committed), `${when}\n${histories(...new Set(wrong))}`).toEqual(inOrder(promises));
  expect(inOrder(await bookedSeats(pool, showtimeId)), when).toEqual(inOrder(promisedBookings));
}

/** Every client sees the house as Postgres has it, by its own stream. */
export async function expectOneHouse({ pool, showtimeId, labels, buyers }: Sale): Promise<void> {
  const taken = await pool.query<{ seats: number }>(
    'SELECT count(*)::int AS seats FROM (SELECT FROM usher.hold_seats WHERE showtime_id = $1 UNION ALL SELECT FROM usher.booking_seats WHERE showtime_id = $1) AS taken',
    [showtimeId],
  );
  const seen = () => new Set(buyers.map(({ client }) => labels.length - client.getSnapshot().counts.available));
  await expect.poll(seen, { timeout: 15_000 }).toEqual(new Set([taken.rows[0]?.seats]));
}

function inOrder(map: ReadonlyMap<number, string>): [number, string][] {
  return [...map].sort(([a], [b]) => a - b);
}

function histories(...buyers: readonly SeatBuyer[]): string {
  return buyers.map(({ client, history }) => [client.getSnapshot().holder, ...history].join('\n  ')).join('\n');
}
