/** Client frames to messages. Bad input is a value that names the fault, never an exception. */
import { Unpackr } from 'msgpackr/unpack';
import type { z } from 'zod';
import { acceptCommand } from './accept-command.js';
import {
  type ClientMessage,
  type CommandType,
  commandFields,
  commandSchema,
  helloSchema,
  pingSchema,
} from './client-messages.js';
import { type WireError, wireError } from './errors.js';
import { fieldError, quote } from './field-error.js';

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });
const utf8 = new TextDecoder('utf-8', { fatal: true });

export type ReadResult =
  | { readonly ok: true; readonly message: ClientMessage }
  /** `id` is that of the request, where it could be read: the error is then its reply. */
  | { readonly ok: false; readonly id: number | undefined; readonly error: WireError };

/** Text frames are JSON and binary ones MessagePack, on either subprotocol. */
export function readClientFrame(bytes: ArrayBuffer, isBinary: boolean): ReadResult {
  let value: unknown;
  try {
    value = isBinary ? unpackr.unpack(new Uint8Array(bytes)) : JSON.parse(utf8.decode(bytes));
  } catch {
    const encoding = isBinary ? 'MessagePack' : 'JSON in UTF-8';
    return { ok: false, id: undefined, error: wireError('bad_message', `The frame is not ${encoding}.`) };
  }
  return readClientMessage(value);
}

function readClientMessage(value: unknown): ReadResult {
  // MessagePack's extensions and its one unused byte are read as objects of classes: none of them is a message.
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return { ok: false, id: undefined, error: wireError('bad_message', 'A message is an object with a `type`.') };
  }
  const accepted = acceptCommand(value);
  if (accepted) return { ok: true, message: accepted };
  const type: unknown = 'type' in value ? value.type : undefined;
  const id = 'id' in value && Number.isSafeInteger(value.id) && Number(value.id) >= 0 ? Number(value.id) : undefined;
  const schema = schemaFor(type);
  if (!schema) {
    const message =
      typeof type === 'string' ? `There is no message type ${quote(type)}.` : 'The message has no `type`.';
    return { ok: false, id, error: wireError('unknown_type', message, { field: 'type' }) };
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? { ok: true, message: parsed.data } : { ok: false, id, error: fieldError(parsed.error) };
}

function schemaFor(type: unknown): z.ZodType<ClientMessage> | undefined {
  if (type === 'hello') return helloSchema;
  if (type === 'ping') return pingSchema;
  return typeof type === 'string' && isCommandType(type) ? commandSchema : undefined;
}

function isCommandType(type: string): type is CommandType {
  return Object.hasOwn(commandFields, type);
}
