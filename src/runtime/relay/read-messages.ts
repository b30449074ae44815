/**
 * What came over the link, looked at before it is believed: another version of a node, or rubbish in Redis, must break
 * nothing here. Only as deep as that takes: what a node of ours says is true. Each throws Unreadable.
 */
import type { Change } from '../../core/change.js';
import type { Command } from '../../core/command.js';
import type { EndReason } from '../audience.js';
import type { Outcome, Submission } from '../outcome.js';
import type {
  CommandAnswer,
  CommandCall,
  FollowAnswer,
  FollowCall,
  KeepCast,
  MarkAnswer,
  StreamFrame,
} from './messages.js';

export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

type Name =
  | ('kind' | 'method' | 'id' | 'body' | 'to' | 'until' | 'showtimeId' | 'session' | 'holder' | 'watchers')
  | ('epoch' | 'n' | 'at' | 'events' | 'seq' | 'statuses' | 'holds' | 'bookings' | 'refused' | 'outcome')
  | ('type' | 'change' | 'by' | 'delta' | 'changes' | 'reason' | 'url' | 'ok' | 'failure' | 'refusal')
  | ('isReplay' | 'again' | 'submission' | 'requestId' | 'commandId' | 'command' | 'payment' | 'seats' | 'count')
  | ('terms' | 'version' | 'mapHash' | 'rules' | 'prices' | 'currency' | 'salesOpen' | 'price' | 'amount')
  | ('newHoldId' | 'holdId' | 'newBookingId' | 'newReference' | 'bookingId' | 'asStaff' | 'account' | 'address')
  | ('ticketTypes' | 'channel' | 'until' | 'entries' | 'entryId' | 'wish' | 'place' | 'offerMs')
  | ('orderId' | 'expiresAt' | 'paymentMethod');
/** Whatever it is, these can be looked for in it. */
type Fields = { readonly [name in Name]?: unknown } & { readonly from?: unknown };

/** Of each command that may be forwarded, what the core takes for granted. */
const COMMANDS: Readonly<Record<Exclude<Command['type'], 'expire'>, (fields: Fields) => boolean>> = {
  hold: ({ holder, newHoldId, seats, ticketTypes, channel, from, until }) =>
    areTexts(holder, newHoldId) &&
    isCountOrAbsent(until) &&
    isTexts(seats) &&
    (ticketTypes === undefined || areAsMany(seats, ticketTypes)) &&
    isTextOrAbsent(channel) &&
    isOrigin(from),
  best_available: ({ holder, newHoldId, count, ticketTypes, channel, from, until }) =>
    areTexts(holder, newHoldId) &&
    isCountOrAbsent(until) &&
    isCount(count) &&
    (ticketTypes === undefined || isTexts(ticketTypes)) &&
    isTextOrAbsent(channel) &&
    isOrigin(from),
  release: ({ holder, holdId, seats, orderId }) =>
    areTexts(holder, holdId) && (seats === undefined || isTexts(seats)) && isTextOrAbsent(orderId),
  retype: ({ holder, holdId, seats, ticketTypes }) =>
    areTexts(holder, holdId) && isTexts(seats) && areAsMany(seats, ticketTypes),
  extend: ({ holder, holdId }) => areTexts(holder, holdId),
  book: ({ holder, holdId, newBookingId, newReference, price, seats, from, orderId, paymentMethod }) =>
    areTexts(holder, holdId, newBookingId, newReference) &&
    isTextOrAbsent(orderId) &&
    isTextOrAbsent(paymentMethod) &&
    isPrice(price) &&
    (seats === undefined || isTexts(seats)) &&
    isOrigin(from),
  cancel: ({ holder, bookingId, asStaff, orderId, seats, amount }) =>
    areTexts(holder, bookingId) &&
    typeof asStaff === 'boolean' &&
    isTextOrAbsent(orderId) &&
    (seats === undefined || (isTexts(seats) && isCount(amount))),
  check_out: ({ holder, holdId, orderId, until, price, seats, from }) =>
    areTexts(holder, holdId, orderId) &&
    isCount(until) &&
    (price === undefined || isPrice(price)) &&
    (seats === undefined || isTexts(seats)) &&
    isOrigin(from),
  return_hold: ({ holder, holdId, orderId, expiresAt }) => areTexts(holder, holdId, orderId) && isCount(expiresAt),
  retake: ({ holder, newHoldId, orderId, seats, prices, until, ticketTypes, channel, from }) =>
    areTexts(holder, newHoldId, orderId) &&
    isTexts(seats) &&
    isCount(until) &&
    areCounts(prices, seats as unknown[]) &&
    (ticketTypes === undefined || areAsMany(seats, ticketTypes)) &&
    isTextOrAbsent(channel) &&
    isOrigin(from),
  block: ({ seats, reason }) => isTexts(seats) && areTexts(reason),
  unblock: ({ seats }) => isTexts(seats),
  take_away: ({ holdId, seats, reason }) => areTexts(reason) && (isTexts(seats) || areTexts(holdId)),
  reseat: ({ bookingId, seats, reason }) => areTexts(bookingId, reason) && isTexts(seats),
  allocate: ({ seats, channel, until, reason, by }) =>
    isTexts(seats) && areTexts(channel, reason, by) && isCountOrAbsent(until),
  deallocate: ({ seats, reason }) => isTexts(seats) && areTexts(reason),
  wait: ({ entries }) => Array.isArray(entries) && entries.every(isWaitingEntry),
  stop_waiting: ({ entryId }) => areTexts(entryId),
};

const CHANGES: readonly unknown[] = [
  'hold_put',
  'hold_dropped',
  'hold_taken_away',
  'booked',
  'cancelled',
  'partly_cancelled',
  'reseated',
  'blocked',
  'unblocked',
  'allocated',
  'deallocated',
] satisfies Change['type'][];

const EVENTS: Readonly<Record<string, (event: Fields) => boolean>> = {
  change: ({ change, by }) => isFields(change) && CHANGES.includes(change.type) && isTextOrAbsent(by),
  delta: ({ delta }) => isFields(delta) && isCount(delta.seq) && Array.isArray(delta.changes),
  terms: ({ terms }) => isTerms(terms),
  ended: ({ reason, url }) => isEndReason(reason) && isTextOrAbsent(url),
};

const REFUSALS: readonly unknown[] = ['not_owner', 'moving', 'unavailable', 'overloaded', 'unknown_showtime'];
const END_REASONS: readonly unknown[] = ['lost', 'passivated', 'drained', 'moved'] satisfies EndReason[];

export function readFields(value: unknown): Fields {
  if (!isFields(value)) throw new Unreadable('An object was expected.');
  return value;
}

export function readText(value: unknown): string {
  if (typeof value !== 'string') throw new Unreadable('A text was expected.');
  return value;
}

export function readFrame(value: unknown): StreamFrame {
  const { epoch, n, events } = readFields(value);
  const isFrame = isCount(epoch) && isCount(n) && Array.isArray(events) && events.every(isEvent);
  return checked<StreamFrame>(isFrame, value, 'a frame of a stream');
}

export function readFollowCall(value: unknown): FollowCall {
  const { showtimeId, from } = readFields(value);
  return { showtimeId: readText(showtimeId), from: readText(from) };
}

/** `seats`: how many the house has by our seat map; another map is another house. */
export function readFollowAnswer(value: unknown, seats: number): FollowAnswer {
  const { refused, epoch, n, seq, statuses, holds, bookings, terms } = readFields(value);
  const isSnapshot =
    [epoch, n, seq].every(isCount) &&
    statuses instanceof Uint8Array &&
    statuses.length === seats &&
    [holds, bookings].every(Array.isArray) &&
    isTerms(terms);
  return checked<FollowAnswer>(REFUSALS.includes(refused) || isSnapshot, value, 'an answer to who follows');
}

export function readKeepCast(value: unknown): KeepCast {
  const { showtimeId, from, watchers } = readFields(value);
  return checked<KeepCast>(areTexts(showtimeId, from) && isCount(watchers), value, 'a sign of a relay');
}

export function readCommandCall(value: unknown): CommandCall {
  const { showtimeId, session, holder, until, submission } = readFields(value);
  return checked<CommandCall>(
    areTexts(showtimeId, session, holder) && isCount(until) && isSubmission(submission),
    value,
    'a command that this node knows',
  );
}

export function readCommandAnswer(value: unknown): CommandAnswer {
  const { refused, epoch, at, outcome, isReplay } = readFields(value);
  const isDone = isCount(epoch) && isCount(at) && isOutcome(outcome) && typeof isReplay === 'boolean';
  const isAnswer = refused === 'not_owner' || isDone;
  return checked<CommandAnswer>(isAnswer, value, 'an answer to a command');
}

export function readMarkAnswer(value: unknown): MarkAnswer {
  const { refused, epoch, at } = readFields(value);
  const isAnswer = refused === 'not_owner' || refused === 'moving' || (isCount(epoch) && isCount(at));
  return checked<MarkAnswer>(isAnswer, value, 'an answer to how far a stream is');
}

function checked<Message>(isSo: boolean, value: unknown, what: string): Message {
  if (!isSo) throw new Unreadable(`This is not ${what}.`);
  return value as Message;
}

function isSubmission(value: unknown): value is Submission {
  if (!isFields(value)) return false;
  const { requestId, commandId, command, payment, again } = value;
  const isPaid = payment === undefined || (isFields(payment) && areTexts(payment.method));
  const isFlag = again === undefined || again === true;
  return isCount(requestId) && areTexts(commandId) && isPaid && isFlag && isCommand(command);
}

function isCommand(value: unknown): value is Command {
  if (!isFields(value) || typeof value.type !== 'string' || !Object.hasOwn(COMMANDS, value.type)) return false;
  return COMMANDS[value.type as keyof typeof COMMANDS](value);
}

function isOutcome(value: unknown): value is Outcome {
  if (!isFields(value)) return false;
  return value.ok === true ? areTexts(value.type) : areTexts(value.failure) || isFields(value.refusal);
}

function isEvent(value: unknown): boolean {
  if (!isFields(value) || typeof value.type !== 'string' || !Object.hasOwn(EVENTS, value.type)) return false;
  return EVENTS[value.type]?.(value) ?? false;
}

function isTerms(value: unknown): boolean {
  if (!isFields(value) || !isFields(value.rules)) return false;
  const { prices, currency, ticketTypes } = value.rules;
  if (ticketTypes !== undefined && !Array.isArray(ticketTypes)) return false;
  if (!isTextOrAbsent(value.mapHash)) return false;
  return isCount(value.version) && typeof value.salesOpen === 'boolean' && Array.isArray(prices) && areTexts(currency);
}

/** Who is counted where limits are by account and address; absent of those who are exempt. */
function isOrigin(value: unknown): boolean {
  return value === undefined || (isFields(value) && isTextOrAbsent(value.account) && isTextOrAbsent(value.address));
}

function isWaitingEntry(value: unknown): boolean {
  if (!isFields(value) || !isFields(value.wish)) return false;
  const { id, holder, holdId, place, offerMs, account, wish } = value;
  const isWish = wish.seats === undefined ? isCount(wish.count) : isTexts(wish.seats);
  return areTexts(id, holder, holdId) && isCount(place) && isCount(offerMs) && isTextOrAbsent(account) && isWish;
}

function isPrice(value: unknown): boolean {
  return isFields(value) && isCount(value.amount) && areTexts(value.currency);
}

function isEndReason(value: unknown): boolean {
  return END_REASONS.includes(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCountOrAbsent(value: unknown): boolean {
  return value === undefined || isCount(value);
}

/** A number for each of the others. */
function areCounts(values: unknown, others: readonly unknown[]): boolean {
  return Array.isArray(values) && values.length === others.length && values.every(isCount);
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && areTexts(...value);
}

/** A text for each of the others. */
function areAsMany(others: unknown, texts: unknown): boolean {
  return isTexts(texts) && (texts as unknown[]).length === (others as unknown[]).length;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
