import type { HouseState } from '../core/house.js';
import type { Playbill, Terms } from './playbill-port.js';

/**
 * What was claimed, with the accounts of those who have something of it, so that limits of accounts count on under the
 * next owner. Nobody is asked where no such limit is set or nothing is held.
 */
export async function withAccounts(playbill: Playbill, { rules }: Terms, state: HouseState): Promise<HouseState> {
  const { limits } = rules;
  if (limits === undefined) return state;
  const { seatsHeldPerAccount, holdsPerAccount, bookingsPerAccount } = limits;
  const holders = new Set<string>();
  if (seatsHeldPerAccount + holdsPerAccount > 0) for (const { holder } of state.holds) holders.add(holder);
  if (bookingsPerAccount > 0) {
    for (const { holder, status } of state.bookings) if (status === 'confirmed') holders.add(holder);
  }
  if (holders.size === 0 || !playbill.accountsOf) return state;
  return { ...state, accounts: await playbill.accountsOf([...holders]) };
}
