import type { CommandMessage, CommandType } from './client-messages.js';
import { FIELD_BOUNDS } from './client-messages.js';

type Check = (value: unknown) => boolean;

/** The spelling that the schemas give UUIDs; those that they would rewrite or take for another version go the long way. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const CURRENCY = /^[A-Z]{3}$/;

const isUuid: Check = (value) => typeof value === 'string' && value.length === 36 && UUID.test(value);
const isTrue: Check = (value) => value === true;
const isRequestId: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isLabel: Check = (value) =>
  typeof value === 'string' && value.length >= 1 && value.length <= FIELD_BOUNDS.labelLength;
const isCount: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= FIELD_BOUNDS.seatsPerMessage;
const isSeats: Check = (value) => {
  if (!Array.isArray(value) || value.length < 1 || value.length > FIELD_BOUNDS.seatsPerMessage) return false;
  for (const label of value) if (!isLabel(label)) return false;
  return true;
};

/** Without a token, as nearly all come; with one it is for the schema to look at the text. */
const isPayment: Check = (value) => {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) if (name !== 'method') return false;
  return 'method' in value && value.method === 'test';
};

const isPrice: Check = (value) => {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) if (name !== 'amount' && name !== 'currency') return false;
  const { amount, currency } = value as { readonly amount?: unknown; readonly currency?: unknown };
  return isRequestId(amount) && typeof currency === 'string' && CURRENCY.test(currency);
};

/** A hold that says what its seats are sold as. */
interface Typed {
  readonly seats: readonly string[];
  readonly ticketTypes: readonly string[];
}

interface Shape {
  /** Without a prototype, so that no field that a client names is found there by inheritance. */
  readonly fields: Readonly<Record<string, Check>>;
  readonly optional: readonly string[];
  /** How many fields may not be missing. */
  readonly required: number;
}

function shape(fields: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Shape {
  const mayBe = { again: isTrue, ...optional };
  const all: Record<string, Check> = Object.assign(Object.create(null), ENVELOPE, fields, mayBe);
  const names = Object.keys(mayBe);
  return { fields: all, optional: names, required: Object.keys(all).length - names.length };
}

const ENVELOPE = { type: () => true, id: isRequestId, commandId: isUuid };

/** What buyers send by the thousand; the rest is rare, and always goes by its schema. */
const SHAPES: ReadonlyMap<unknown, Shape> = new Map<CommandType, Shape>([
  ['hold', shape({ seats: isSeats }, { holdId: isUuid, ticketTypes: isSeats })],
  ['best_available', shape({ count: isCount }, { category: isLabel, zone: isLabel })],
  ['release', shape({ holdId: isUuid }, { seats: isSeats })],
  ['extend', shape({ holdId: isUuid })],
  ['book', shape({ holdId: isUuid, payment: isPayment, price: isPrice }, { seats: isSeats })],
]);

/**
 * The message, where it is one of the commands of a rush and nothing is to be said against it; undefined where it is
 * anything else, or might be at fault: then its schema decides, and says why. A schema costs a refused hold a tenth of
 * its time. That this accepts nothing which the schemas do not, and as they would, is held by a property test.
 */
export function acceptCommand(value: object): CommandMessage | undefined {
  const { type } = value as { readonly type?: unknown };
  const known = SHAPES.get(type);
  if (!known) return undefined;
  let required = known.required;
  for (const name in value) {
    const check = known.fields[name];
    if (check === undefined || !check((value as Readonly<Record<string, unknown>>)[name])) return undefined;
    if (!known.optional.includes(name)) required--;
  }
  if (required > 0) return undefined;
  if ('ticketTypes' in value && (value as Typed).ticketTypes.length !== (value as Typed).seats.length) return undefined;
  return value as CommandMessage;
}
