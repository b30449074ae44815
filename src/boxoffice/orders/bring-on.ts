/** From a paid order to seats or a refund. Any node may repeat any step: see decision 0038. */
import type { Outcome } from '../house-desk-port.js';
import { commandIdOf, holdIdOf } from './derived-ids.js';
import { LATE_PAYMENT } from './judge-report.js';
import type { OrderParts } from './order-parts.js';
import type { Order, OrderBooking } from './order-port.js';
import { ORDER_TIMES } from './order-times.js';

/** Each ended before it could be booked: then the house is not the place to try on. */
const ATTEMPTS_MAX = 5;

type Parts = Pick<OrderParts, 'store' | 'desk' | 'clock' | 'ids' | 'log' | 'wakeOutbox' | 'times'>;

/** `later`: a house did not answer; whoever asks again goes on where this stopped. The order, where this fulfilled it: as it is now. */
export type BroughtOn = 'ended' | 'later' | Order;

/**
 * Books all holds of a paid order, or takes ended ones again and books those; where seats are gone, refunds all of it.
 *
 * Invariant: the row of the order decides. It is fulfilled only while nobody has decided for the refund, and the refund is decided
 * only while the attempt whose booking was refused for good is still the newest. So both never happen. And as long as neither has,
 * the order is `paid`, and the monitor finds it.
 */
export async function bringOn(parts: Parts, from: Order): Promise<BroughtOn> {
  for (let order: Order | undefined = from; ; order = await parts.store.find(from.id)) {
    if (order?.state !== 'paid') return 'ended';
    if (order.decision === 'refund') return await undo(parts, order);
    const steps = await Promise.all(order.bookings.map((booking) => bookOne(parts, order as Order, booking)));
    if (steps.includes('later')) return 'later';
    if (steps.some((step) => step !== 'booked')) continue;
    const ticketIds = order.lines.map(() => parts.ids.uuid());
    const now = parts.clock.now();
    if (await parts.store.fulfil(order, ticketIds, now)) {
      parts.wakeOutbox();
      return fulfilled(order, now);
    }
  }
}

function fulfilled(order: Order, now: number): Order {
  const bookings = order.bookings.map((booking) => ({ ...booking, status: 'confirmed' as const }));
  return { ...order, state: 'fulfilled', decision: 'fulfil', fulfilledAt: now, bookings };
}

/** `changed`: the order is not what it was; look at it again. */
type Step = 'booked' | 'changed' | 'later';

async function bookOne(parts: Parts, order: Order, booking: OrderBooking): Promise<Step> {
  const { number, showtimeId, attempt } = booking;
  const command = {
    type: 'book',
    holder: order.holder,
    holdId: holdIdOf(order.id, booking, attempt),
    price: priceOf(order, number),
    newBookingId: booking.bookingId,
    newReference: booking.bookingReference,
    orderId: order.id,
    paymentMethod: order.payments.find(({ state }) => state === 'succeeded')?.provider ?? 'none',
  } as const;
  const outcome = await parts.desk.ask(showtimeId, command, commandIdOf(order.id, 'book', number, attempt));
  if (outcome.ok) return 'booked';
  return isLast(outcome) ? await retake(parts, order, booking) : 'later';
}

/** The hold has ended, and does not come back: its seats are taken again, or the money goes back. */
async function retake(parts: Parts, order: Order, booking: OrderBooking): Promise<Step> {
  const { number, showtimeId, attempt } = booking;
  const next = attempt + 1;
  const lines = order.lines.filter((line) => line.booking === number);
  const hasTypes = lines.some(({ ticketType }) => ticketType !== '');
  const command = {
    type: 'retake',
    holder: order.holder,
    seats: lines.map(({ seat }) => seat),
    prices: lines.map(({ price }) => price),
    ...(hasTypes ? { ticketTypes: lines.map(({ ticketType }) => ticketType) } : {}),
    newHoldId: holdIdOf(order.id, booking, next),
    orderId: order.id,
    until: parts.clock.now() + (parts.times ?? ORDER_TIMES).retakenMs,
    channel: order.channel,
  } as const;
  const outcome =
    next > ATTEMPTS_MAX
      ? undefined
      : await parts.desk.ask(showtimeId, command, commandIdOf(order.id, 'retake', number, next));
  if (outcome?.ok || isEndedHold(outcome)) {
    // Whether or not this raised it: the order is read again, and says which hold is to be booked.
    await parts.store.raiseAttempt(order.id, number, attempt);
    return 'changed';
  }
  if (outcome && !isLast(outcome)) return 'later';
  const reason = LATE_PAYMENT;
  const refundId = parts.ids.uuid();
  const now = parts.clock.now();
  const isDecided = await parts.store.decideRefund({ orderId: order.id, number, attempt, reason, refundId, now });
  if (isDecided) {
    const fields = { event: 'order.late_money', orderId: order.id, reference: order.reference, showtimeId };
    parts.log.info(fields, 'The seats of an order were gone when its money came. It is refunded.');
  }
  return 'changed';
}

/** The hold was taken again, and has ended since. */
function isEndedHold(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && !outcome.ok && 'refusal' in outcome && outcome.refusal.code === 'hold_expired';
}

/** Gives back what an order has that is to be refunded. Holds first: what is released cannot be booked behind our back. */
async function undo(parts: Parts, order: Order): Promise<BroughtOn> {
  const isDone = await Promise.all(order.bookings.map((booking) => giveBack(parts, order, booking)));
  if (isDone.includes(false)) return 'later';
  if (await parts.store.endRefunded(order.id, parts.clock.now())) parts.wakeOutbox();
  return 'ended';
}

async function giveBack({ desk, ids }: Parts, order: Order, booking: OrderBooking): Promise<boolean> {
  const { number, showtimeId, attempt, bookingId } = booking;
  const { id: orderId, holder } = order;
  // The next attempt may have been taken by somebody who did not get to say so.
  for (const at of [attempt, attempt + 1]) {
    const holdId = holdIdOf(orderId, booking, at);
    const release = { type: 'release', holder, holdId, orderId } as const;
    // Under a new id each time: a house repeats its refusals, and a slow node may have taken the seats since the last one.
    const outcome = await desk.ask(showtimeId, release, ids.uuid());
    if (!outcome.ok && !isLast(outcome)) return false;
  }
  const cancel = { type: 'cancel', holder, bookingId, asStaff: true, orderId } as const;
  const outcome = await desk.ask(showtimeId, cancel, commandIdOf(orderId, 'cancel', number));
  return outcome.ok || isLast(outcome);
}

/** A refusal is the house's word; anything else may have taken effect or not. */
function isLast(outcome: Extract<Outcome, { ok: false }>): boolean {
  return 'refusal' in outcome;
}

/** What the house has of the seats: their prices, without the fees. */
function priceOf({ lines, currency }: Order, number: number) {
  const amount = lines.reduce((sum, { booking, price }) => (booking === number ? sum + price : sum), 0);
  return { amount, currency };
}
