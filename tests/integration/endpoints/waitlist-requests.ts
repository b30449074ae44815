import { randomUUID } from 'node:crypto';
import { sign } from '../gateway/sign.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** Somebody who waits for the seats of another. */
async function waiting(cinema: Cinema) {
  const { showtimeId, hold } = await cinema.held();
  const session = await sign(`guest:${randomUUID()}`);
  const body = { wish: { seats: hold.seats }, email: `${randomUUID()}@test.example` };
  const { entry } = await cinema.post<{ entry: { id: string } }>(`/v1/showtimes/${showtimeId}/waitlist`, body, session);
  return { showtimeId, session, entryId: entry.id };
}

/** A right request of each endpoint of the waitlist. */
export const waitlistRequests: Requests = {
  joinWaitlist: async (cinema) => {
    const { showtimeId, hold } = await cinema.held();
    return { path: { showtimeId }, body: { wish: { seats: hold.seats }, email: 'wendy@test.example', locale: 'de' } };
  },
  listOwnWaitlist: async (cinema) => ({ session: (await waiting(cinema)).session }),
  leaveWaitlist: async (cinema) => {
    const { session, entryId } = await waiting(cinema);
    return { path: { entryId }, session };
  },
  listWaitlist: async (cinema) => ({ path: { showtimeId: (await waiting(cinema)).showtimeId } }),
};
