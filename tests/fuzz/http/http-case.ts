import {
  type CommandMessage,
  type CommandType,
  commandFields,
  commandSchema,
} from '../../../src/protocol/client-messages.js';

/** One connection, and all that is sent over it. */
export interface HttpCase {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Whether each request is a HEAD. One entry a request. */
  readonly heads: readonly boolean[];
  /** By RFC 9112 these bytes are whole requests: each is answered. Else they may be cut off as well. */
  readonly sound: boolean;
  /** Though sound, the connection may be ended in place of an answer, at once: the library has a bound of its own. */
  readonly mayBeCut?: boolean;
  /** What it commands, where that is a command at all: then, and only then, may it take effect. */
  readonly command: CommandMessage | undefined;
  /** The client goes away in the middle. */
  readonly leaves: boolean;
}

export interface Parts {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
}

/** Values go as Latin-1, one byte a character, as they would come from a client that knows no better. */
export function bytesOf({ method, path, headers, body }: Parts): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return body ? Buffer.concat([head, body]) : head;
}

/** The command that a request to one of its endpoints says; undefined: none, and it must be refused. */
export function commandOf(type: CommandType, key: string, fields: unknown): CommandMessage | undefined {
  const parsed = commandFields[type].safeParse(fields);
  if (!parsed.success) return undefined;
  return commandSchema.safeParse({ ...parsed.data, type, id: 0, commandId: key }).data;
}
