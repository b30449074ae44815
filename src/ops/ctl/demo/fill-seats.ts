import { randomUUID } from 'node:crypto';
import type { HoldView } from '../../../protocol/server-messages.js';
import type { ApiClient } from '../api/api-client.js';
import { ApiFailure } from '../api/api-failure.js';

/** What was done to one showtime. Seats and bookings are those of this run. */
export interface SeatsFilled {
  readonly seats: number;
  readonly bookings: number;
  /** Taken off sale by staff, where the server takes no test payments. */
  readonly blocked: number;
}

interface Counts {
  readonly counts: {
    readonly available: number;
    readonly held: number;
    readonly booked: number;
    readonly blocked: number;
  };
}

/** How many go to the cinema together, over and over. */
const PARTIES = [2, 4, 2, 3, 6, 2, 5, 2, 8, 4];
/** Bookings of one guest: as many as the rate of one holder lets through in a second. */
const BOOKINGS_OF_GUEST = 8;
/** From this share of taken seats on a showtime counts as nearly sold out. */
const FULL_SHARE = 0.85;

/**
 * Books seats of a showtime as guests do, until about `left` are left. A showtime that is nearly sold out stays as it is.
 * @throws ApiFailure
 */
export async function fillSeats(api: ApiClient, showtimeId: string, left: number): Promise<SeatsFilled> {
  const path = `/v1/showtimes/${showtimeId}`;
  const { counts } = (await api.get<Counts>(`${path}/seats`)).body;
  const all = counts.available + counts.held + counts.booked + counts.blocked;
  let { available } = counts;
  let [bookings, blocked, seats, session] = [0, 0, 0, ''];
  // The search may be refused larger parties while single seats are left.
  let partyMax = Number.POSITIVE_INFINITY;
  if (all - available >= all * FULL_SHARE) return { seats, bookings, blocked };
  for (let turn = 0; available > left && partyMax > 0; turn++) {
    if (turn % BOOKINGS_OF_GUEST === 0) session = await newGuest(api);
    const count = Math.min(PARTIES[turn % PARTIES.length] ?? 1, available - left, partyMax);
    const hold = await holdBest(api, path, session, count);
    if (hold === undefined) {
      partyMax = count - 1;
      continue;
    }
    if (await book(api, path, session, hold)) bookings++;
    else {
      await block(api, path, session, hold);
      blocked += hold.seats.length;
    }
    seats += hold.seats.length;
    available -= hold.seats.length;
  }
  return { seats, bookings, blocked };
}

async function newGuest(api: ApiClient): Promise<string> {
  return (await api.ask<{ readonly session: string }>({ method: 'POST', path: '/v1/sessions' })).body.session;
}

/** Undefined: there are no such seats. */
async function holdBest(api: ApiClient, path: string, session: string, count: number): Promise<HoldView | undefined> {
  const request = { method: 'POST', path: `${path}/best-available`, body: { count }, session } as const;
  try {
    return (await api.ask<{ hold: HoldView }>({ ...request, idempotencyKey: randomUUID() })).body.hold;
  } catch (error) {
    if (isRefusal(error, 'none_available', 'too_many_seats')) return undefined;
    throw error;
  }
}

/** False where the server takes no test payments. */
async function book(api: ApiClient, path: string, session: string, hold: HoldView): Promise<boolean> {
  const body = { holdId: hold.id, price: hold.price, payment: { method: 'test' } };
  const request = { method: 'POST', path: `${path}/bookings`, body, session } as const;
  try {
    await api.ask({ ...request, idempotencyKey: randomUUID() });
    return true;
  } catch (error) {
    if (isRefusal(error, 'payment_required')) return false;
    throw error;
  }
}

async function block(api: ApiClient, path: string, session: string, { id, seats }: HoldView): Promise<void> {
  const key = () => ({ idempotencyKey: randomUUID() });
  await api.ask({ method: 'DELETE', path: `${path}/holds/${id}`, session, ...key() });
  const body = { seats, reason: 'Demo: sold elsewhere' };
  await api.ask({ method: 'POST', path: `${path}/blocks`, body, ...key() });
}

function isRefusal(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ApiFailure && codes.includes(error.problem?.code ?? '');
}
