/** What a client may send. The schemas are the authority; `client-sdk/PROTOCOL.md` tells the same in words. */
import { z } from 'zod';

/** Bounds of every field, so that no message can be large in a way that its frame limit does not already stop. */
export const FIELD_BOUNDS = { labelLength: 64, seatsPerMessage: 100, tokenLength: 4096 } as const;

const requestId = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** UUIDs compare as text here and as values in Postgres: one spelling for both. */
const uuid = z.uuid().toLowerCase();
const commandId = uuid;
const label = z.string().min(1).max(FIELD_BOUNDS.labelLength);
/** Printable: Postgres stores no NUL, no control character should reach a terminal, and half a character is no text. */
const remark = z
  .string()
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has characters that are not text');
export const seatsField = z.array(label).min(1).max(FIELD_BOUNDS.seatsPerMessage);
const holdId = uuid;
const channel = z.enum(['web', 'walk_in', 'pos', 'partner']);
/** A holder, as a session names one: neither control characters nor halves of characters. */
export const holderField = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has characters that are not text');
/** Whose it is to be, where staff ask for somebody. */
const forCustomer = { customer: holderField.optional() };

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  token: z.string().max(FIELD_BOUNDS.tokenLength).optional(),
  resume: z.strictObject({ epoch: z.number().int().nonnegative(), seq: z.number().int().nonnegative() }).optional(),
});

/** The built-in test payment. `token: "decline"` is refused, as test cards of payment providers are. */
const payment = z.strictObject({ method: z.literal('test'), token: remark.optional() });

/** Ids of ticket types, one for each of `seats` in its order. */
const typesField = z.array(label).min(1).max(FIELD_BOUNDS.seatsPerMessage);
const ONE_A_SEAT = { error: 'has not one type for each of `seats`', path: ['ticketTypes'] };
function isOneASeat(fields: {
  readonly seats: readonly string[];
  readonly ticketTypes?: readonly string[] | undefined;
}) {
  return fields.ticketTypes === undefined || fields.ticketTypes.length === fields.seats.length;
}

const hold = z
  .strictObject({
    seats: seatsField,
    /** Adds the seats to this hold, whose clock runs on; absent: a new hold. */
    holdId: holdId.optional(),
    /** Of a new hold; any but `web` is for staff. */
    channel: channel.optional(),
    ...forCustomer,
    /** Absent: the first type of the showtime for all. */
    ticketTypes: typesField.optional(),
  })
  .refine(isOneASeat, ONE_A_SEAT);
const bestAvailable = z
  .strictObject({
    count: z.number().int().min(1).max(FIELD_BOUNDS.seatsPerMessage),
    category: label.optional(),
    zone: label.optional(),
    /** One wheelchair space, and the other seats beside it. */
    accessible: z.boolean().optional(),
    channel: channel.optional(),
    ...forCustomer,
    /** How many seats of each ticket type, `count` in all; absent: all of the first. */
    ticketTypes: z.record(label, z.number().int().min(1).max(FIELD_BOUNDS.seatsPerMessage)).optional(),
  })
  .refine(({ count, ticketTypes }) => ticketTypes === undefined || sumOf(ticketTypes) === count, {
    error: 'does not add up to `count`',
    path: ['ticketTypes'],
  });
/** Over HTTP the path names the hold. */
export const retypeFields = z
  .strictObject({ seats: seatsField, ticketTypes: typesField })
  .refine(isOneASeat, ONE_A_SEAT);
const retype = retypeFields.safeExtend({ holdId, ...forCustomer });
const release = z.strictObject({ holdId, seats: seatsField.optional(), ...forCustomer });
const extend = z.strictObject({ holdId, ...forCustomer });
/** Of what a buyer was shown: integer minor units of an ISO 4217 currency. */
const price = z.strictObject({
  amount: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/, 'is no currency code'),
});
/** What the buyer was shown goes with the command: where the hold costs or has something else, nothing is booked. */
const book = z.strictObject({ holdId, payment, price, seats: seatsField.optional(), ...forCustomer });
const cancel = z.strictObject({ bookingId: uuid, ...forCustomer });
const block = z.strictObject({ seats: seatsField, reason: remark.optional() });
const unblock = z.strictObject({ seats: seatsField });
/** One of the two: the hold, or seats whose holds end. */
const takeAway = z
  .strictObject({ holdId: holdId.optional(), seats: seatsField.optional(), reason: remark.optional() })
  .refine(({ holdId, seats }) => (holdId === undefined) !== (seats === undefined), {
    error: 'or `seats` is needed, and not both',
    path: ['holdId'],
  });
const reseat = z.strictObject({ bookingId: uuid, seats: seatsField, reason: remark.optional() });
const allocate = z.strictObject({
  seats: seatsField,
  channel,
  /** Milliseconds since 1970; absent: until somebody ends it. */
  until: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
  reason: remark.optional(),
});
const deallocate = z.strictObject({ seats: seatsField, reason: remark.optional() });

/** The fields of each command without its envelope; HTTP bodies carry just these. */
export const commandFields = {
  hold,
  best_available: bestAvailable,
  release,
  retype,
  extend,
  book,
  cancel,
  block,
  unblock,
  take_away: takeAway,
  reseat,
  allocate,
  deallocate,
} as const;

const envelope = {
  id: requestId,
  commandId,
  /** Not the first try: an earlier one may have taken effect, at another node too. */
  again: z.literal(true).optional(),
};

export const commandSchema = z.discriminatedUnion('type', [
  hold.safeExtend({ type: z.literal('hold'), ...envelope }),
  bestAvailable.safeExtend({ type: z.literal('best_available'), ...envelope }),
  release.extend({ type: z.literal('release'), ...envelope }),
  retype.safeExtend({ type: z.literal('retype'), ...envelope }),
  extend.extend({ type: z.literal('extend'), ...envelope }),
  book.extend({ type: z.literal('book'), ...envelope }),
  cancel.extend({ type: z.literal('cancel'), ...envelope }),
  block.extend({ type: z.literal('block'), ...envelope }),
  unblock.extend({ type: z.literal('unblock'), ...envelope }),
  takeAway.safeExtend({ type: z.literal('take_away'), ...envelope }),
  reseat.extend({ type: z.literal('reseat'), ...envelope }),
  allocate.extend({ type: z.literal('allocate'), ...envelope }),
  deallocate.extend({ type: z.literal('deallocate'), ...envelope }),
]);

/** Asks for the server's time; the reply carries `serverTime`. */
export const pingSchema = z.strictObject({ type: z.literal('ping'), id: requestId });

export type Hello = z.infer<typeof helloSchema>;
export type CommandMessage = z.infer<typeof commandSchema>;
export type CommandType = CommandMessage['type'];
export type Ping = z.infer<typeof pingSchema>;
export type Payment = z.infer<typeof payment>;
export type ClientMessage = Hello | CommandMessage | Ping;
