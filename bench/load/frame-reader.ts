import { decodeServerFrame } from '../../src/protocol/decode.js';
import type { ServerMessage } from '../../src/protocol/server-messages.js';

const REMEMBERED = 8;

/**
 * Decodes frames for all clients of a process, those that the server sends to everyone once: the bytes that thousands
 * of clients get are the same, and decoding them thousands of times over would measure us and not the server.
 */
export class FrameReader {
  readonly #recent: { readonly bytes: Buffer; readonly message: ServerMessage }[] = [];
  #next = 0;

  /** Binary data in the message is a view of `payload`; messages may be shared between clients: read only. */
  read(payload: Buffer, binary: boolean): ServerMessage {
    if (!binary) return decodeServerFrame(payload.toString('utf8'));
    for (const { bytes, message } of this.#recent) if (bytes.equals(payload)) return message;
    const message = decodeServerFrame(payload);
    if (message.type === 'delta' || message.type === 'heartbeat') {
      this.#recent[this.#next] = { bytes: Buffer.from(payload), message };
      this.#next = (this.#next + 1) % REMEMBERED;
    }
    return message;
  }
}
