/** The messages of the server as PROTOCOL.md describes them, so that what is sent can be held against it. */
import { z } from 'zod';
import { ERROR_MESSAGE_LENGTH_MAX, FIELD_LENGTH_MAX } from './echo-bounds.js';

const whole = z.number().int().nonnegative();
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const labels = z.array(z.string().min(1).max(64)).max(100);
const money = z.strictObject({ amount: whole, currency: z.string().regex(/^[A-Z]{3}$/) });
const status = z.enum(['available', 'held', 'booked', 'blocked']);

const channel = z.enum(['walk_in', 'pos', 'partner']).optional();

const hold = z.strictObject({
  id: uuid,
  seats: labels,
  expiresAt: whole,
  extensionsLeft: whole,
  price: money,
  channel,
});
const booking = z.strictObject({
  id: uuid,
  reference: z.string().regex(/^[0-9BCDEFGHJKNPRSTVX]{11}$/),
  status: z.enum(['confirmed', 'cancelled']),
  seats: labels,
  price: money,
  channel,
});
const reason = z.enum([
  'held',
  'booked',
  'blocked',
  'unknown',
  'duplicate',
  'not_in_hold',
  'single_gap',
  'pair_split',
  'companion_alone',
  'table_split',
  'distancing',
  'held_too_long',
  'unknown_type',
  'type_not_sold',
]);
export const errorShape = z.strictObject({
  code: z.string(),
  message: z.string().min(1).max(ERROR_MESSAGE_LENGTH_MAX),
  retryable: z.boolean(),
  outcome: z.enum(['not-applied', 'unknown']),
  retryAfterMs: whole.optional(),
  field: z.string().min(1).max(FIELD_LENGTH_MAX).optional(),
  conflicts: z
    .array(z.strictObject({ seat: z.string().max(64), reason, beside: labels.optional() }))
    .max(101)
    .optional(),
  price: money.optional(),
  seats: labels.optional(),
  limit: whole.optional(),
  ticketType: z.string().min(1).max(64).optional(),
  scope: z.enum(['account', 'holder', 'address']).optional(),
  of: z.enum(['seats', 'holds', 'bookings']).optional(),
});
const quality = z.enum(['adjacent', 'adjacent_leaves_gap', 'same_row', 'nearby', 'scattered']);
const own = { holds: z.array(hold).max(100), bookings: z.array(booking).max(10_000) };
const rules = z.strictObject({ singleGap: z.enum(['off', 'lenient', 'strict']), distancing: whole });
const limits = z.strictObject({
  holdTtlMs: whole,
  seatsPerHold: whole,
  holdsPerHolder: whole,
  extensionsPerHold: whole,
  messagesPerSecond: whole,
  frameBytes: whole,
  heartbeatMs: whole,
});

const terms = z.strictObject({
  version: whole,
  prices: z.array(z.strictObject({ category: z.string(), price: money })),
  salesOpen: z.boolean(),
  cancelled: z.literal(true).optional(),
  salesOpenAt: whole.optional(),
  salesCloseAt: whole.optional(),
});

const shapes = {
  welcome: z.strictObject({
    type: z.literal('welcome'),
    session: z.string().min(1),
    holder: z.string().min(1),
    serverTime: whole,
    seatMap: z.strictObject({ hash: z.string(), url: z.string().startsWith('/v1/seat-maps/'), seats: whole }),
    limits,
    terms,
    rules,
    recovered: z.boolean(),
  }),
  terms: z.strictObject({ type: z.literal('terms'), terms, limits, rules }),
  snapshot: z.strictObject({
    type: z.literal('snapshot'),
    epoch: whole,
    seq: whole,
    seats: z.union([z.string().regex(/^[.hbx]*$/), z.instanceof(Uint8Array)]),
    ...own,
  }),
  delta: z.strictObject({
    type: z.literal('delta'),
    epoch: whole,
    seq: whole,
    changes: z.array(z.tuple([whole, status])),
  }),
  own: z.strictObject({ type: z.literal('own'), ...own }),
  reply: z.discriminatedUnion('ok', [
    z.strictObject({
      type: z.literal('reply'),
      id: whole,
      ok: z.literal(true),
      hold: hold.optional(),
      booking: booking.optional(),
      seats: labels.optional(),
      quality: quality.optional(),
      serverTime: whole.optional(),
    }),
    z.strictObject({ type: z.literal('reply'), id: whole, ok: z.literal(false), error: errorShape }),
  ]),
  hold_expired: z.strictObject({ type: z.literal('hold_expired'), holdId: uuid, seats: labels }),
  hold_taken_away: z.strictObject({
    type: z.literal('hold_taken_away'),
    holdId: uuid,
    seats: labels,
    cause: z.literal('showtime_cancelled').optional(),
  }),
  heartbeat: z.strictObject({ type: z.literal('heartbeat'), epoch: whole, seq: whole, serverTime: whole }),
  moved: z.strictObject({ type: z.literal('moved'), url: z.string() }),
  error: z.strictObject({ type: z.literal('error'), error: errorShape }),
} as const;

/** What is wrong with the shape of a message of the server; undefined: nothing. */
export function faultOfShape(message: { readonly type: string }): string | undefined {
  const shape = Object.hasOwn(shapes, message.type) ? shapes[message.type as keyof typeof shapes] : undefined;
  if (!shape) return `the message type ${JSON.stringify(message.type)}`;
  const parsed = shape.safeParse(message);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return `${message.type}.${issue?.path.join('.')}: ${issue?.message}`;
}
