/** What webhooks tell: every topic with what its message has. The OpenAPI document shows the same schemas under `webhooks`. */
import { z } from 'zod';
import { text } from '../catalogue/edit-parts.js';

const time = z.iso.datetime();
const reference = z.string();
const minorUnits = z.int().min(0).meta({ description: 'In the minor unit of the currency.' });
const seats = z.array(z.string()).meta({ description: 'Labels of the seat map.' });
const channel = z.string().meta({ description: '`web`, `walk_in`, `pos` or `partner`.' });

const hold = z.object({ showtimeId: z.uuid(), holdId: z.uuid(), seats, channel });
const booking = z.object({
  showtimeId: z.uuid(),
  reference,
  seats,
  channel,
  orderId: z.uuid().optional().meta({ description: 'Absent: the booking belongs to no order.' }),
});
const order = z.object({ orderId: z.uuid(), reference, channel, state: z.string() });
const showtime = z.object({ showtimeId: z.uuid() });

/** No message names a person: a receiver that needs to know more asks the API. */
export const WEBHOOK_EVENTS = {
  'hold.created': hold,
  'hold.ended': hold.extend({
    cause: z
      .enum(['released', 'expired', 'taken_away'])
      .meta({ description: 'A hold that is booked does not end: `booking.created` follows.' }),
  }),
  'booking.created': booking,
  'booking.cancelled': booking,
  'booking.reseated': booking,
  'order.fulfilled': order.extend({
    currency: z.string(),
    total: minorUnits,
    credit: minorUnits
      .optional()
      .meta({ description: 'What seats of an earlier order brought in, besides the total.' }),
    bookings: z.array(z.object({ showtimeId: z.uuid(), reference, seats })),
  }),
  'order.cancelled': order,
  'order.refunded': order.extend({ reason: z.string(), currency: z.string(), refunded: minorUnits }),
  'order.exchanged': order.extend({
    seats,
    newOrderId: z.uuid(),
    newReference: reference,
    currency: z.string(),
    credit: minorUnits.meta({ description: 'What the seats brought in for the new order, in the minor unit.' }),
    refund: minorUnits.meta({ description: 'What goes back because the new seats cost less, in the minor unit.' }),
  }),
  'refund.settled': z.object({
    refundId: z.uuid(),
    orderId: z.uuid(),
    state: z.enum(['pending', 'succeeded', 'failed']),
    currency: z.string(),
    amount: minorUnits,
    reason: z.string(),
  }),
  'payment.disputed': z.object({
    disputeId: z.string().meta({ description: 'Of the provider.' }),
    paymentId: z.uuid(),
    orderId: z.uuid(),
    provider: z.string(),
    reason: z.string().meta({ description: 'A code of the provider, such as `fraudulent`.' }),
    status: z.string().meta({ description: 'A code of the provider, such as `needs_response`, `won` or `lost`.' }),
    currency: z.string(),
    amount: minorUnits.nullable().meta({ description: 'Null: a part of a minor unit.' }),
  }),
  'ticket.checked_in': z.object({ ticketId: z.uuid(), orderId: z.uuid(), showtimeId: z.uuid(), gate: z.string() }),
  'showtime.changed': showtime,
  'showtime.cancelled': showtime,
  'webhook_endpoint.disabled': z.object({ endpointId: z.uuid(), reason: z.string() }),
  'webhook_endpoint.test': z.object({ endpointId: z.uuid() }),
} as const;

export type WebhookTopic = keyof typeof WEBHOOK_EVENTS;
export type WebhookData<Topic extends WebhookTopic> = z.input<(typeof WEBHOOK_EVENTS)[Topic]>;

export const WEBHOOK_TOPICS = Object.keys(WEBHOOK_EVENTS) as [WebhookTopic, ...WebhookTopic[]];
/** Made from the history of seats. The others come from the outbox. */
export const SEAT_TOPICS = [
  'hold.created',
  'hold.ended',
  'booking.created',
  'booking.cancelled',
  'booking.reseated',
] as const satisfies readonly WebhookTopic[];
export type SeatTopic = (typeof SEAT_TOPICS)[number];
/** The topics of a subscription. A test needs none: the endpoint that asks for it gets it. */
export const SUBSCRIBED_TOPICS = WEBHOOK_TOPICS.filter((topic) => topic !== 'webhook_endpoint.test') as [
  WebhookTopic,
  ...WebhookTopic[],
];

/** The body of a message, by the Standard Webhooks specification 1.0. */
export function messageSchema(topic: WebhookTopic) {
  return z.object({
    type: z.literal(topic),
    timestamp: time.meta({ description: 'When it happened.' }),
    data: WEBHOOK_EVENTS[topic],
  });
}

export interface WebhookMessage {
  /** The header `webhook-id`: the same at every try, and for every endpoint. */
  readonly id: string;
  readonly topic: WebhookTopic;
  /** The body, as it is signed and sent. */
  readonly body: string;
}

export function writeMessage<Topic extends WebhookTopic>(
  id: string,
  topic: Topic,
  at: Date,
  data: WebhookData<Topic>,
): WebhookMessage {
  return { id, topic, body: JSON.stringify({ type: topic, timestamp: at.toISOString(), data }) };
}

/** What people may write about an endpoint. */
export const endpointFields = {
  topics: z
    .array(z.enum(SUBSCRIBED_TOPICS))
    .min(1)
    .max(SUBSCRIBED_TOPICS.length)
    .refine((all) => new Set(all).size === all.length, 'has a topic twice'),
  description: text(300),
  email: z.email().max(254).meta({ description: 'Is told when the endpoint is switched off because it fails.' }),
};
