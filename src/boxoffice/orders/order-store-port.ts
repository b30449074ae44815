import type { Channel } from '../../core/channel.js';
import type { PaymentReport, RefundReport, Settled } from '../payments/paid-orders-port.js';
import type { OpenedExchange } from './exchanges-port.js';
import type { Discount, Order, OrderBooking, OrderLine, OrderState, PaymentState, StaffCaller } from './order-port.js';

/** Of a booking before the order is open: its ids and reference are made before the first try. */
export type NewBooking = Omit<OrderBooking, 'status' | 'attempt'>;
export type NewLine = Omit<OrderLine, 'state' | 'refunded' | 'exchangedFor' | 'exchanged'>;

export interface NewOrder {
  readonly id: string;
  readonly reference: string;
  /** Of the request that asks for it: one request, one order. */
  readonly requestId: string;
  /** A hash of all that the request asks for. */
  readonly asked: string;
  readonly holder: string;
  readonly accountId: string | undefined;
  readonly email: string | undefined;
  readonly name: string;
  readonly locale: string;
  readonly channel: Channel;
  readonly orderedBy: string | undefined;
  readonly currency: string;
  readonly total: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly bookings: readonly NewBooking[];
}

export type Drafted =
  | { readonly ok: true; readonly isNew: true }
  /** The request came before, and made this one. */
  | { readonly ok: true; readonly isNew: false; readonly order: Order }
  /**
   * `request_reused`: another request came under the same key. `too_many`: the holder has as many orders under way as it may.
   * `hold_in_order`: one of the holds is in another order.
   */
  | { readonly ok: false; readonly fault: 'request_reused' | 'too_many' | 'hold_in_order' };

export interface OpenedOrder {
  readonly orderId: string;
  readonly lines: readonly NewLine[];
  readonly discounts: readonly Discount[];
  /** What an earlier order brings in, and the lines of it that do. */
  readonly exchange: OpenedExchange | undefined;
  /** Started together with the order, in one request. */
  readonly payment: NewPayment | undefined;
  /** Staff who made it: for the audit log, in the same transaction. */
  readonly staff?: StaffCaller | undefined;
}

export interface NewPayment {
  readonly id: string;
  readonly orderId: string;
  readonly provider: string;
  readonly amount: number;
  readonly currency: string;
  readonly createdAt: number;
}

export interface Cancelled {
  readonly orderId: string;
  /** It is cancelled from this state only. */
  readonly from: 'draft' | 'awaiting_payment';
  readonly reason: string;
  readonly now: number;
  /** When a monitor gives its holds back, after whoever cancelled it. Undefined: no house was asked for them yet. */
  readonly holdsDueAt: number | undefined;
  /** Staff who cancel somebody's order: for the audit log. */
  readonly staff?: StaffCaller | undefined;
}

export interface SettledReport {
  readonly outcome: Settled;
  /** Absent: nobody knows the payment. */
  readonly orderId?: string;
  /** The order is paid by it, and is now to be fulfilled or refunded. */
  readonly isPaid?: boolean;
}

export interface RefundDecision {
  readonly orderId: string;
  /** The booking whose seats are gone, and the attempt that was refused for good. */
  readonly number: number;
  readonly attempt: number;
  readonly reason: string;
  readonly refundId: string;
  readonly now: number;
}

/** Orders that a monitor has to look at. */
export interface DueOrders {
  /** Drafts that nobody works on any more. */
  readonly drafts: readonly string[];
  /** Paid orders that are neither fulfilled nor refunded, with the time since they were paid. */
  readonly paid: readonly { readonly orderId: string; readonly paidAt: number }[];
}

/** Money and bookings that do not go together. None of it should ever be found. */
export interface MoneyFault {
  readonly orderId: string;
  readonly reference: string;
  readonly state: OrderState;
  /** Minor units: what arrived, and what was given back or is about to be. */
  readonly received: number;
  readonly returned: number;
  /** Confirmed bookings that the journal does not have. */
  readonly bookingsMissing: number;
}

export interface OrderSearch {
  /** Of this holder, or of this account: all holders that it has been. */
  readonly holder?: string;
  readonly accountId?: string;
  readonly reference?: string;
  readonly email?: string;
  readonly showtimeId?: string;
  /** Only those made before the order with this id. */
  readonly before?: string;
  readonly limit: number;
}

/**
 * Orders and all that is paid and given back for them. Every change is a compare-and-set on the order's row: it happens once,
 * whoever asks for it, however often, and says whether it happened now. None of them waits for the house or a provider.
 *
 * Each method rejects where the store does not answer; whether it took effect is then unknown, and asking again is safe.
 */
export interface OrderStore {
  draft(order: NewOrder, underWayMax: number): Promise<Drafted>;
  /** `draft` → `awaiting_payment` with its lines. `discounts_gone`: one of them was used up meanwhile. */
  open(opened: OpenedOrder): Promise<'opened' | 'no_draft' | 'discounts_gone'>;
  /** Whether it is cancelled now because of this call. A draft's request may then make another order. */
  cancel(cancelled: Cancelled): Promise<boolean>;
  find(orderId: string): Promise<Order | undefined>;
  /** The order that a request has made, and the hash of what it asked for. */
  findRequest(requestId: string): Promise<{ readonly order: Order; readonly asked: string } | undefined>;
  /** Newest first. */
  search(search: OrderSearch): Promise<Order[]>;
  /** The account that a holder belongs to, as that of a guest who signed up does. */
  accountOf(holder: string): Promise<string | undefined>;
  /** `known`: there is a payment with this id. `closed`: the order awaits no payment. */
  addPayment(payment: NewPayment): Promise<'added' | 'known' | 'closed'>;
  /** Moves the end of an order that awaits its payment to `until`, where that is later. False: it awaits none. */
  prolong(orderId: string, until: number): Promise<boolean>;
  /** Stores the provider's answer to the start of a payment. It does not overwrite a later report. */
  noteStarted(started: {
    readonly paymentId: string;
    readonly providerRef: string | undefined;
    readonly state: PaymentState;
    readonly failure?: string | undefined;
    readonly now: number;
  }): Promise<void>;
  /**
   * `refundId`: of the refund that is made if the money is not to be kept. `staff`: who has taken the money, for the audit log.
   */
  settle(report: PaymentReport, refundId: string, now: number, staff?: StaffCaller): Promise<SettledReport>;
  /** The next attempt of a booking, before its hold is booked. False: the order was decided on, or somebody else raised it. */
  raiseAttempt(orderId: string, number: number, from: number): Promise<boolean>;
  /** Decides for the refund of a paid order, and makes it. False: decided already, or the booking has another attempt. */
  decideRefund(decision: RefundDecision): Promise<boolean>;
  /**
   * `paid` → `fulfilled` with its tickets, ids by line. False: it is not paid, or is to be refunded. The seats of an earlier order
   * that pay for it are returned by the same step. Where those were returned, used or passed on meanwhile, it decides for the refund
   * instead, and makes it.
   */
  fulfil(order: Order, ticketIds: readonly string[], now: number): Promise<boolean>;
  /** `paid` → `refunded`, once its seats were given back. */
  endRefunded(orderId: string, now: number): Promise<boolean>;
  settleRefund(report: RefundReport, now: number): Promise<'taken' | 'repeated' | 'unknown_refund'>;
  /**
   * `awaiting_payment` → `expired` of those whose time has come, at most `limit`. Gives those that expired now. Their holds are due
   * at `holdsDueAt`.
   */
  expire(now: number, holdsDueAt: number, limit: number): Promise<Order[]>;
  /** Orders whose holds are due, each for one node at a time: it is not due again before `claimedUntil`. */
  holdsDue(now: number, claimedUntil: number, limit: number): Promise<Order[]>;
  /** Their holds are due no more: every house has answered. */
  holdsGivenBack(orderIds: readonly string[]): Promise<void>;
  /** Gives each order to one node at a time: it is not due again before `claimedUntil`. */
  due(now: number, claimedUntil: number, limit: number): Promise<DueOrders>;
  /** Of orders that were last paid or ended between these times. */
  moneyFaults(from: number, until: number): Promise<MoneyFault[]>;
}
