/** Server frames to messages, for the SDK and for tests alike. */
import type { ServerMessage } from './server-messages.js';
import { unpack } from './unpack.js';

/**
 * Reads one frame: text is JSON, binary is MessagePack, whichever subprotocol was agreed. Only the envelope is checked:
 * the rest is the server's word, and a newer server may add fields and whole message types, which a reader ignores.
 * Throws where the frame is neither encoding or has no `type`.
 */
export function decodeServerFrame(data: ArrayBuffer | Uint8Array | string): ServerMessage {
  const message = (
    typeof data === 'string' ? JSON.parse(data) : unpack(data instanceof Uint8Array ? data : new Uint8Array(data))
  ) as { readonly type?: unknown } | null;
  if (typeof message?.type !== 'string') throw new TypeError('No message type.');
  return message as ServerMessage;
}
