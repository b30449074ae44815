import type { Channel } from '../../core/channel.js';

/** Where an order can go from each is in order-states.ts. */
export type OrderState =
  | 'draft'
  | 'awaiting_payment'
  | 'paid'
  | 'fulfilled'
  | 'expired'
  | 'cancelled'
  | 'refunded'
  | 'partly_refunded';

/** What a paid order comes to. Once decided it stays decided. */
export type Decision = 'fulfil' | 'refund';

/** Of one booking of an order. */
export type BookingStatus = 'pending' | 'confirmed' | 'failed' | 'cancelled';

/** One hold of an order, and the booking that it becomes. */
export interface OrderBooking {
  /** From 0. */
  readonly number: number;
  readonly showtimeId: string;
  readonly holdId: string;
  /** When the hold would have ended had it not gone into the order. Milliseconds since 1970. */
  readonly holdExpiresAt: number;
  readonly bookingId: string;
  readonly bookingReference: string;
  readonly status: BookingStatus;
  /** Which hold is booked: 0 is `holdId`, 1 the first that was taken again after that had ended, and so on. */
  readonly attempt: number;
}

/** One seat. All amounts are minor units of the order's currency. */
export interface OrderLine {
  readonly line: number;
  readonly booking: number;
  readonly showtimeId: string;
  readonly seatIndex: number;
  readonly seat: string;
  readonly category: string;
  /** The id of its ticket type; empty: it was sold as none. */
  readonly ticketType: string;
  readonly price: number;
  readonly fee: number;
  readonly discount: number;
  /** A part of price + fee − discount, and not added to it. */
  readonly tax: number;
  /** In hundredths of a percent. */
  readonly taxRate: number;
  readonly state: 'sold' | 'returned';
  readonly refunded: number;
  /** The order that it was exchanged for, and how much of what was paid for it went into that. */
  readonly exchangedFor: string | undefined;
  readonly exchanged: number;
}

/** A line of an earlier order that pays for a new one. */
export interface ExchangedLine {
  readonly line: number;
  /** What was paid for it, and had not been given back, when the exchange was asked for. */
  readonly paid: number;
  /** Of that, what the house keeps. */
  readonly kept: number;
}

/** What an order is to be exchanged for: seats of an earlier one. It has no effect before the order is fulfilled. */
export interface Exchange {
  readonly ofOrderId: string;
  readonly lines: readonly ExchangedLine[];
  /** What goes back to whoever paid for the earlier order, because this one costs less. */
  readonly refund: number;
  /** Staff exchange whatever the terms. */
  readonly byStaff: boolean;
}

/** What lowers an order; the lines have their shares of it. */
export interface Discount {
  readonly kind: 'voucher' | 'points';
  readonly code?: string | undefined;
  readonly points?: number | undefined;
  readonly amount: number;
}

export type PaymentState = 'created' | 'requires_action' | 'processing' | 'succeeded' | 'failed' | 'cancelled';

export interface OrderPayment {
  readonly id: string;
  readonly provider: string;
  readonly providerRef: string | undefined;
  readonly amount: number;
  readonly state: PaymentState;
  readonly failure: string | undefined;
  readonly received: number | undefined;
  /** Absent: the order's. */
  readonly receivedCurrency?: string | undefined;
  /** Absent: none. */
  readonly disputes?: readonly PaymentDispute[] | undefined;
}

/** That the buyer disputes a payment at the bank. Reason and status are codes of the provider. */
export interface PaymentDispute {
  readonly id: string;
  /** Absent: a part of a minor unit. */
  readonly amount?: number | undefined;
  readonly currency: string;
  readonly reason: string;
  readonly status: string;
}

export interface OrderRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  /** Of the payment that it gives back; absent: the order's. */
  readonly currency?: string | undefined;
  /** A code, such as late_payment. */
  readonly reason: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly lines: readonly number[];
}

export interface Order {
  readonly id: string;
  readonly reference: string;
  readonly holder: string;
  readonly accountId: string | undefined;
  readonly email: string | undefined;
  readonly name: string;
  readonly locale: string;
  readonly channel: Channel;
  readonly orderedBy: string | undefined;
  readonly state: OrderState;
  readonly reason: string | undefined;
  readonly decision: Decision | undefined;
  readonly currency: string;
  /** What is to be paid for it: price + fee − discount of its lines, less the credit. */
  readonly total: number;
  /** What an earlier order brings in; once it is fulfilled, as good as paid. */
  readonly credit: number;
  /** What went on into later orders. */
  readonly exchanged: number;
  readonly refunded: number;
  /** Milliseconds since 1970, here and below. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly paidAt: number | undefined;
  readonly fulfilledAt: number | undefined;
  readonly exchange: Exchange | undefined;
  readonly bookings: readonly OrderBooking[];
  /** Empty while it is a draft. */
  readonly lines: readonly OrderLine[];
  readonly discounts: readonly Discount[];
  readonly payments: readonly OrderPayment[];
  readonly refunds: readonly OrderRefund[];
}

/** Staff who do something with orders, as the audit log has them. */
export interface StaffCaller {
  readonly holder: string;
  readonly role: string;
  readonly accountId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly address?: string | undefined;
}
