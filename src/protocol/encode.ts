/** Server messages to frames: the writing half, which no browser needs. */
import { Packr } from 'msgpackr/pack';
import { packRefusal } from './pack-refusal.js';
import type { ServerMessage } from './server-messages.js';
import type { Encoding } from './version.js';

/** Plain maps that any MessagePack library reads, not msgpackr's own records; integers as integers. */
const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'number' });

export type Frame = string | Uint8Array;

/** A string is sent as a text frame, bytes as a binary one. */
export function encodeServerFrame(message: ServerMessage, encoding: Encoding): Frame {
  if (encoding === 'json') return JSON.stringify(message);
  const refusal = message.type === 'reply' && !message.ok ? packRefusal(message.id, message.error) : undefined;
  return refusal ?? packr.pack(message);
}
