/** What mails tell: the values of their templates. Amounts are minor units; times are milliseconds since 1970. */
import type { Money } from '../../protocol/money.js';

export interface ShowFacts {
  readonly showtimeId: string;
  readonly movie: string;
  readonly startsAt: number;
  readonly timeZone: string;
  readonly venue: string;
  readonly address: string;
  readonly hall: string;
}

/** The seats of an order at one showtime. */
export interface ShowLines {
  readonly show: ShowFacts;
  readonly bookingReferences: readonly string[];
  readonly lines: readonly LineFacts[];
}

export interface LineFacts {
  readonly seat: string;
  /** The ticket type, or else the category of the seat. */
  readonly kind: string;
  readonly price: number;
  readonly fee: number;
  readonly discount: number;
  readonly tax: number;
  /** In hundredths of a percent. */
  readonly taxRate: number;
}

export interface OrderFacts {
  readonly orderId: string;
  readonly reference: string;
  readonly name: string;
  readonly currency: string;
  readonly total: number;
  readonly shows: readonly ShowLines[];
}

export type RefundReason = 'late_payment' | 'returned' | 'showtime_cancelled' | 'wrong_sum' | 'exchange_gone' | 'other';

/** What each template is told. */
export interface MailData {
  readonly orderConfirmation: { readonly order: OrderFacts; readonly hasTickets: boolean };
  readonly orderExpired: { readonly order: OrderFacts; readonly url?: string };
  readonly refund: {
    readonly order: OrderFacts;
    readonly amount: Money;
    readonly reason: RefundReason;
    /** To the nearest free seats, for late_payment. */
    readonly url?: string;
  };
  /** The provider has given the money back. */
  readonly refundSettled: { readonly reference: string; readonly name: string; readonly amount: Money };
  /** Seats went back, and no money: nothing was paid for them, or the terms keep it. */
  readonly seatsReturned: { readonly order: OrderFacts; readonly isShowtimeCancelled: boolean };
  /** For staff. */
  readonly refundRefused: {
    readonly reference: string;
    readonly amount: Money;
    readonly provider: string;
    /** A code of the provider. */
    readonly failure: string;
  };
  /** For staff. Reason and status are codes of the provider. */
  readonly paymentDisputed: {
    readonly reference: string;
    readonly amount: Money;
    readonly provider: string;
    readonly reason: string;
    readonly status: string;
    /** Absent: there is nothing to answer. */
    readonly answerBy?: number;
    readonly timeZone: string;
  };
  readonly orderExchanged: {
    /** The new order. */
    readonly order: OrderFacts;
    /** The earlier one, with the seats that were given up. */
    readonly old: OrderFacts;
    /** What these bring in, and what goes back because the new ones cost less. */
    readonly credit: number;
    readonly refund: number;
    readonly hasTickets: boolean;
  };
  readonly ticketPassedOn: {
    readonly show: ShowFacts;
    readonly name: string;
    readonly seat: string;
    readonly hasTicket: boolean;
    readonly url?: string;
  };
  readonly ticketOffered: {
    readonly show: ShowFacts;
    /** Who offers it; empty: they gave no name. */
    readonly from: string;
    readonly seat: string;
    readonly until: number;
    readonly url: string;
  };
  readonly waitlistOffer: {
    readonly show: ShowFacts;
    readonly name: string;
    readonly seats: readonly string[];
    readonly until: number;
    readonly url: string;
  };
  readonly showtimeReminder: { readonly order: OrderFacts };
  readonly holdEnding: { readonly order: OrderFacts; readonly until: number; readonly url?: string };
  readonly signUp: LinkFacts;
  readonly signUpKnown: LinkFacts;
  readonly passwordReset: LinkFacts;
  readonly noAccount: object;
  readonly passwordChanged: object;
  readonly invitation: LinkFacts;
  readonly endpointDisabled: { readonly url: string };
}

export interface LinkFacts {
  readonly url: string;
  /** For how long it works. */
  readonly withinMs: number;
}

export type MailTemplate = keyof MailData;
