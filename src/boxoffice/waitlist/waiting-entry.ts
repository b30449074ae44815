import type { WaitingEntry } from '../../core/waitlist/waiting.js';
import type { Entry } from './waitlist-store-port.js';

/** An entry of the record as the house knows it. */
export function waitingEntry(entry: Entry, offerMs: number): WaitingEntry {
  const { id, holder, accountId, wish, holdId, place, state } = entry;
  return {
    ...{ id, holder, wish, holdId, offerMs, place },
    ...(accountId === undefined ? {} : { account: accountId }),
    ...(state === 'offered' ? { wasOffered: true } : {}),
  };
}
