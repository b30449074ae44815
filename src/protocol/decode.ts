/**
 * Server frames to messages, for the SDK and for tests alike. Only the reading half of msgpackr is imported: it is less
 * than half of the whole, and this module is most of what a browser downloads.
 */
import { Unpackr } from 'msgpackr/unpack';
import type { ServerMessage } from './server-messages.js';

/** Maps become plain objects; a 64-bit integer (a server time, from another encoder) becomes a number, not a bigint. */
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

/**
 * Reads one frame: text is JSON, binary is MessagePack, whichever subprotocol was agreed. Only the envelope is checked:
 * the rest is the server's word, and a newer server may add fields and whole message types, which a reader ignores.
 * Throws where the frame is neither encoding or has no `type`.
 */
export function decodeServerFrame(data: ArrayBuffer | Uint8Array | string): ServerMessage {
  const message: { readonly type?: unknown } | null | undefined =
    typeof data === 'string'
      ? JSON.parse(data)
      : unpackr.unpack(data instanceof Uint8Array ? data : new Uint8Array(data));
  if (typeof message?.type !== 'string') throw new TypeError('No message type.');
  return message as ServerMessage;
}
