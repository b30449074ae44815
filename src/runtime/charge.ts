import { findBookable } from '../core/commands/book.js';
import { isRefusal } from '../core/find-hold.js';
import type { House } from '../core/house.js';
import type { Log } from '../kernel/log.js';
import type { Submission } from './outcome.js';
import type { Till } from './till-port.js';

/**
 * Takes the payment of a `book`. A command that the house refuses, such as one that came too late, is not charged; nor is one of
 * an order, which was paid for before it came.
 */
export function charge(
  { till, log }: { till: Till; log: Log },
  { payment, command }: Submission,
  house: House,
  now: number,
) {
  if (command.type === 'book' && command.orderId !== undefined) {
    return { ok: true, method: command.paymentMethod ?? 'none' } as const;
  }
  const isRefused = command.type === 'book' && isRefusal(findBookable(house, command, now));
  if (!payment || isRefused) return { ok: true, method: 'none' } as const;
  try {
    return till.charge(payment);
  } catch (error) {
    log.error({ event: 'till.failed', err: error }, 'The till failed. Nothing was booked.');
    return { ok: false, failure: 'internal' } as const;
  }
}
