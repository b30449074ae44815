import { type WireError, wireError } from '../../protocol/errors.js';
import type { Order } from '../orders/order-port.js';
import type { TermsOf, WhyNot } from './judge-return.js';

/** Why a buyer cannot return or exchange a seat, in a sentence that names it. */
export function whyNotError(order: Order, fault: WhyNot, by: TermsOf = 'cancel'): WireError {
  const done = by === 'cancel' ? 'returned' : 'exchanged';
  const field = `lines[${fault.at}]`;
  const seat = order.lines.find(({ line }) => line === fault.line)?.seat ?? '';
  switch (fault.why) {
    case 'unknown':
      return wireError('invalid_field', 'The order has no such line.', { field });
    case 'twice':
      return wireError('invalid_field', 'This line was given twice.', { field });
    case 'returned':
      return wireError('booking_cancelled', `Seat ${seat} has been returned or exchanged already.`, { field });
    case 'checked_in':
      return wireError('in_use', `Somebody has gone in with the ticket of seat ${seat}.`, { field });
    case 'passed_on':
      return wireError('in_use', `The ticket of seat ${seat} belongs to somebody else by now.`, { field });
    case 'never':
      return wireError('order_closed', `Seat ${seat} cannot be ${done}.`, { field });
    case 'too_late':
      return wireError('order_closed', `Seat ${seat} could be ${done} until ${new Date(fault.until).toISOString()}.`, {
        field,
      });
  }
}
