import { decodeServerFrame } from '../../../src/protocol/decode.js';
import type { ServerMessage } from '../../../src/protocol/server-messages.js';
import type { Sometimes } from '../world/census.js';

export interface WireContext {
  /** Whose connection it is. */
  readonly client: string;
  readonly count: (what: Sometimes) => void;
  readonly violate: (promise: string, what: string) => void;
}

/**
 * Reads along on one connection, before any SDK mends what it can: the updates of a showtime come without a gap, or a
 * snapshot says where they go on, and a client that missed none is never given an old one.
 */
export class WireWatch {
  readonly #context: WireContext;
  #at: { readonly epoch: number; readonly seq: number } | undefined;
  #resumesAt: { readonly epoch: number; readonly seq: number } | undefined;

  constructor(context: WireContext) {
    this.#context = context;
  }

  /** What the client says as it comes. */
  asked(text: string): void {
    const message = JSON.parse(text) as { type: string; resume?: { epoch: number; seq: number } };
    if (message.type === 'hello') this.#resumesAt = message.resume;
  }

  /** What the node sends, in its order. */
  sent(data: string | ArrayBuffer): void {
    const message = decodeServerFrame(data);
    if (message.type === 'welcome') this.#welcomed(message.recovered);
    else if (message.type === 'snapshot') this.#snapshot(message);
    else if (message.type === 'delta') this.#delta(message);
    else if (message.type === 'reply' && !message.ok && message.error.code === 'outcome_unknown') {
      this.#context.count('an outcome was unknown at first');
    }
  }

  #welcomed(recovered: boolean): void {
    if (!recovered) return;
    this.#context.count('a client resumed');
    this.#at = this.#resumesAt;
  }

  #snapshot({ epoch, seq }: ServerMessage & { type: 'snapshot' }): void {
    const { client, count, violate } = this.#context;
    if (this.#at) {
      count('a client was given a snapshot in the stream');
      if (epoch < this.#at.epoch || (epoch === this.#at.epoch && seq < this.#at.seq)) {
        violate(
          'everyone sees one house',
          `${client} was sent snapshot ${epoch}.${seq} after ${this.#at.epoch}.${this.#at.seq}`,
        );
      }
    }
    this.#at = { epoch, seq };
  }

  #delta({ epoch, seq }: ServerMessage & { type: 'delta' }): void {
    const at = this.#at;
    if (epoch !== at?.epoch || seq !== at.seq + 1) {
      const { client, violate } = this.#context;
      violate('updates come without a gap', `${client} was sent delta ${epoch}.${seq} after ${at?.epoch}.${at?.seq}`);
    }
    this.#at = { epoch, seq };
  }
}
