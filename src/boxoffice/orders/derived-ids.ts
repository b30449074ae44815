/**
 * Ids that follow from an order and what is done to it: any node that repeats a step asks with the same id, and the house knows
 * the repeat by it.
 */
import crypto from 'node:crypto';

/** In hex. In one call where this Node has it: a purchase makes six ids, and an object for each hash is most of their cost. */
const sha1: (bytes: Buffer) => string =
  typeof crypto.hash === 'function'
    ? (bytes) => crypto.hash('sha1', bytes)
    : (bytes) => crypto.createHash('sha1').update(bytes).digest('hex');

/** UUID version 5 (RFC 9562, section 5.5) of a name within a namespace that is itself a UUID. */
export function uuidV5(namespace: string, name: string): string {
  const hex = sha1(Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]));
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type Step = 'check_out' | 'keep' | 'return' | 'book' | 'retake' | 'release' | 'cancel';

/** The id of the command by which a step is done to one booking of an order. */
export function commandIdOf(orderId: string, step: Step, number: number, attempt = 0): string {
  return uuidV5(orderId, `${step}:${number}:${attempt}`);
}

/** The hold that an attempt books: the first is the buyer's, those after it are taken again by the order. */
export function holdIdOf(
  orderId: string,
  { number, holdId }: { readonly number: number; readonly holdId: string },
  attempt: number,
): string {
  return attempt === 0 ? holdId : uuidV5(orderId, `hold:${number}:${attempt}`);
}

/** Requests under one Idempotency-Key of one caller are the same request. */
export function requestIdOf(holder: string, key: string): string {
  return uuidV5(key, holder);
}

/** The return of old seats, in the row of their order, that goes with the order that they pay for. */
export function exchangeReturnIdOf(ofOrderId: string, orderId: string): string {
  return uuidV5(ofOrderId, `exchange:${orderId}`);
}

/** The refund of a paid order whose old seats were gone. */
export function goneRefundIdOf(orderId: string): string {
  return uuidV5(orderId, 'exchange_gone');
}

/** The payment that a request of a caller makes, however often it is sent. */
export function paymentIdOf(orderId: string, key: string): string {
  return uuidV5(orderId, `payment:${key}`);
}
