/**
 * What can happen, with what a row of the outbox says about it. Payloads name things by their ids: what a handler tells about them
 * it reads when it does so.
 */
export interface OutboxPayloads {
  readonly 'order.fulfilled': { readonly orderId: string };
  readonly 'order.expired': { readonly orderId: string };
  readonly 'order.cancelled': { readonly orderId: string };
  readonly 'order.refunded': { readonly orderId: string; readonly refundId: string; readonly reason: string };
  readonly 'order.exchanged': { readonly orderId: string; readonly newOrderId: string };
  readonly 'refund.settled': { readonly refundId: string; readonly orderId: string };
  readonly 'payment.disputed': { readonly paymentId: string; readonly orderId: string; readonly disputeId: string };
  /** A link by which a ticket is taken over is to be mailed. It is no secret: see src/boxoffice/tickets/transfer-links.ts. */
  readonly 'ticket.offered': { readonly ticketId: string; readonly linkId: string };
  readonly 'ticket.passed_on': { readonly ticketId: string; readonly [more: string]: unknown };
  readonly 'ticket.checked_in': { readonly ticketId: string; readonly gate: string };
  readonly 'showtime.changed': { readonly showtimeId: string };
  readonly 'showtime.cancelled': { readonly showtimeId: string };
  readonly 'showtime.reminder': { readonly orderId: string };
  readonly 'hold.ending': { readonly orderId: string };
  readonly 'waitlist.offered': { readonly offerId: string };
  readonly 'webhook.endpoint_disabled': { readonly endpointId: string };
  /** Somebody signed up. The link has no secret in it: see src/boxoffice/accounts/mailed-links.ts. */
  readonly 'account.sign_up': { readonly email: string; readonly linkId: string; readonly locale: string };
  readonly 'account.password_asked': { readonly email: string; readonly linkId: string; readonly locale: string };
  readonly 'account.password_changed': { readonly email: string; readonly locale: string };
  /** An administrator made an account. */
  readonly 'account.invited': {
    readonly email: string;
    readonly linkId: string;
    readonly withinMs: number;
    readonly locale: string;
  };
}

export type OutboxTopic = keyof OutboxPayloads;

/** Row by row of the table of src/boxoffice/outbox/README.md. A topic that nobody handles is here too: its rows are dropped. */
export const OUTBOX_TOPICS: readonly OutboxTopic[] = [
  'order.fulfilled',
  'order.expired',
  'order.cancelled',
  'order.refunded',
  'order.exchanged',
  'refund.settled',
  'payment.disputed',
  'ticket.offered',
  'ticket.passed_on',
  'ticket.checked_in',
  'showtime.changed',
  'showtime.cancelled',
  'showtime.reminder',
  'hold.ending',
  'waitlist.offered',
  'webhook.endpoint_disabled',
  'account.sign_up',
  'account.password_asked',
  'account.password_changed',
  'account.invited',
];
