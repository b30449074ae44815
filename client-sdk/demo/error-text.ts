import type { ClientError } from '../src/index.js';
import { defaultMessages } from '../src/picker/index.js';

const TEXTS: Readonly<Record<string, string>> = {
  payment_declined: 'The card was declined. Your seats are still held: try another card.',
  too_many_extensions: 'The time cannot be prolonged any more.',
  price_changed: 'Your order has changed, and nothing was charged. Look at it once more, then pay.',
  none_available: 'We found no seats like that. Try fewer seats or another category.',
  hold_in_order: 'These seats are in an order that is being paid. Pay or cancel that first.',
  booking_in_order: 'This booking belongs to an order, and is given back with it.',
  unauthorized: 'Your session has ended. Reload the page to start a new one.',
};

/** What to tell people about an error; the server's own message is for those who debug. */
export function errorText({ code }: ClientError): string {
  const { errors } = defaultMessages;
  return TEXTS[code] ?? errors[code] ?? errors.other;
}
