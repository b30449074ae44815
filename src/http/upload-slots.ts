import { type WireError, wireError } from '../protocol/errors.js';

/** Each may hold the largest body that an endpoint takes, so this bounds the memory of a node. */
const AT_ONCE_MAX = 4;
const RETRY_AFTER_MS = 2_000;

/** How many large bodies one node receives and handles at one time. */
export class UploadSlots {
  #taken = 0;

  /** Runs `work` in a slot; without a free one it answers with an error at once. */
  async within<Result>(
    work: () => Promise<Result>,
  ): Promise<Result | { readonly ok: false; readonly error: WireError }> {
    if (this.#taken >= AT_ONCE_MAX) {
      const message = 'This server is receiving other large files. Send yours again.';
      return { ok: false, error: wireError('overloaded', message, { retryAfterMs: RETRY_AFTER_MS }) };
    }
    this.#taken++;
    try {
      return await work();
    } finally {
      this.#taken--;
    }
  }
}
