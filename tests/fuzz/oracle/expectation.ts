import { Unpackr } from 'msgpackr/unpack';
import { type CommandMessage, commandSchema, helloSchema, pingSchema } from '../../../src/protocol/client-messages.js';
import { FRAME_BYTES_MAX, type Frame, READABLE_BYTES_MAX } from '../frames/frame.js';

export type Phase = 'greeting' | 'joining' | 'live';

/** What PROTOCOL.md allows as the answer to one frame. */
export interface Expectation {
  /** The answer is a reply with this id; undefined: it is an `error`. */
  readonly id: number | undefined;
  /** The codes that an error may have; undefined: any but those that say that the frame could not be read. */
  readonly codes: ReadonlySet<string> | undefined;
  readonly mayBeOk: boolean;
  /** It may come too early, and be told so. */
  readonly early: boolean;
  /** Readers of MessagePack differ in whether a byte order mark at the start of a text belongs to it, and so in its length. */
  readonly unsure: boolean;
  /** After the answer the socket is closed with this; undefined: it stays open. */
  readonly close: number | undefined;
  /** Codes with which it may be closed in place of an answer. */
  readonly cut: readonly number[];
  /** In place of an answer there may be a welcome, or what follows a token that is not taken. */
  readonly hello: boolean;
  readonly command: CommandMessage | undefined;
}

/** A frame that could not be read or taken for what it is. Whoever understood it answers otherwise. */
export const UNREADABLE: ReadonlySet<string> = new Set([
  'bad_message',
  'unknown_type',
  'invalid_field',
  'hello_expected',
  'frame_too_large',
]);

/** Fields by type, as the tables of PROTOCOL.md have them; a frame with any other is refused. */
const ENVELOPE = ['type', 'id', 'commandId'];
const FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['hello', ['type', 'token', 'resume']],
  ['ping', ['type', 'id']],
  ['hold', [...ENVELOPE, 'seats', 'holdId', 'channel', 'customer', 'ticketTypes']],
  ['best_available', [...ENVELOPE, 'count', 'category', 'zone', 'accessible', 'channel', 'customer', 'ticketTypes']],
  ['retype', [...ENVELOPE, 'holdId', 'seats', 'ticketTypes', 'customer']],
  ['release', [...ENVELOPE, 'holdId', 'seats', 'customer']],
  ['extend', [...ENVELOPE, 'holdId', 'customer']],
  ['book', [...ENVELOPE, 'holdId', 'payment', 'price', 'seats', 'customer']],
  ['cancel', [...ENVELOPE, 'bookingId', 'customer']],
  ['block', [...ENVELOPE, 'seats', 'reason']],
  ['unblock', [...ENVELOPE, 'seats']],
  ['take_away', [...ENVELOPE, 'holdId', 'seats', 'reason']],
  ['reseat', [...ENVELOPE, 'bookingId', 'seats', 'reason']],
  ['allocate', [...ENVELOPE, 'seats', 'channel', 'until', 'reason']],
  ['deallocate', [...ENVELOPE, 'seats', 'reason']],
]);

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });
const utf8 = new TextDecoder('utf-8', { fatal: true });

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

const NOTHING = {
  id: undefined,
  mayBeOk: false,
  early: false,
  unsure: false,
  close: undefined,
  cut: [],
  hello: false,
  command: undefined,
} as const;

export function expectationOf(frame: Frame, phase: Phase): Expectation {
  const { payload, binary } = frame;
  const close = phase === 'greeting' ? 4000 : undefined;
  if (payload.length > READABLE_BYTES_MAX) return { ...NOTHING, codes: new Set(), cut: [1006, 1009] };
  if (payload.length > FRAME_BYTES_MAX) return { ...NOTHING, codes: new Set(['frame_too_large']), close: 1009 };
  // RFC 6455, 8.1: text that is not UTF-8 fails the connection.
  if (!binary && !isUtf8(payload)) return { ...NOTHING, codes: new Set(), cut: [1006, 1007] };
  const value = read(payload, binary);
  if (value === undefined || Object.getPrototypeOf(value) !== Object.prototype) {
    return { ...NOTHING, codes: new Set(['bad_message']), close };
  }
  const said = understand(value);
  if (phase === 'greeting') {
    // What is no command has its own word, and any of them ends it.
    const codes = new Set(['hello_expected', 'invalid_field', 'unknown_type', 'bad_message']);
    return said === 'hello' ? { ...NOTHING, codes: new Set(), hello: true } : { ...NOTHING, codes, close };
  }
  if (said === 'hello') return { ...NOTHING, codes: new Set(['bad_message']), close: 4000 };
  const id = idOf(value);
  if (said === undefined) return { ...NOTHING, id, codes: new Set(['invalid_field', 'unknown_type']) };
  const command = said === 'ping' ? undefined : said;
  const unsure = binary && payload.includes(BYTE_ORDER_MARK);
  return { ...NOTHING, unsure, id, codes: undefined, mayBeOk: true, early: phase === 'joining', command };
}

function isUtf8(payload: Buffer): boolean {
  try {
    utf8.decode(payload);
    return true;
  } catch {
    return false;
  }
}

/** The object that the frame says, or undefined where it says none. */
function read(payload: Buffer, binary: boolean): object | undefined {
  try {
    const value: unknown = binary ? unpackr.unpack(new Uint8Array(payload)) : JSON.parse(utf8.decode(payload));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By the schemas, which are the authority, and by the table above, which is not written from them. */
function understand(value: object): CommandMessage | 'hello' | 'ping' | undefined {
  const { type } = value as { readonly type?: unknown };
  const fields = Object.hasOwn(value, 'type') ? FIELDS.get(type) : undefined;
  if (!fields || Object.keys(value).some((name) => !fields.includes(name))) return undefined;
  if (type === 'hello') return helloSchema.safeParse(value).success ? 'hello' : undefined;
  if (type === 'ping') return pingSchema.safeParse(value).success ? 'ping' : undefined;
  return commandSchema.safeParse(value).data;
}

function idOf(value: object): number | undefined {
  const { id } = value as { readonly id?: unknown };
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}
