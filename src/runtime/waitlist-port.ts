import type { HouseState } from '../core/house.js';
import type { WaitingAtClaim } from '../core/waitlist/waiting.js';

/** The record of who waits for seats. */
export interface Waitlist {
  /**
   * Who waits for seats of this showtime, or was offered some, as the owner under `epoch` finds it. An entry whose hold is not
   * among `holdIds`, and that is not on record as offered, has an id of a hold that no owner before can have used. Undefined: nobody
   * ever waited.
   * Rejects where the store cannot be reached or another owner has taken the showtime over.
   */
  load(showtimeId: string, epoch: number, holdIds: ReadonlySet<string>): Promise<WaitingAtClaim | undefined>;
}

/** What was claimed, with those who wait. */
export async function withWaiting(
  waitlist: Waitlist | undefined,
  showtimeId: string,
  epoch: number,
  state: HouseState,
): Promise<HouseState> {
  if (!waitlist) return state;
  const holdIds = new Set([...state.holds.map(({ id }) => id), ...state.bookings.map(({ holdId }) => holdId)]);
  const waiting = await waitlist.load(showtimeId, epoch, holdIds);
  return waiting ? { ...state, waiting } : state;
}
