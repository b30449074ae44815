const REMEMBERED = 8;

/**
 * What thousands of clients of one process are sent is mostly the same bytes: decoded once here, and found again by
 * comparing. Decoding them for each client would measure the load and not the server.
 */
export class RecentFrames<T> {
  readonly #recent: { readonly bytes: Buffer; readonly decoded: T }[] = [];
  #next = 0;
  readonly #decode: (payload: Buffer) => T;

  constructor(decode: (payload: Buffer) => T) {
    this.#decode = decode;
  }

  /** The result is shared: read only. @throws what decoding does. */
  read(payload: Buffer): T {
    for (const { bytes, decoded } of this.#recent) if (bytes.equals(payload)) return decoded;
    // Copied, because the payload is a view of what the next read overwrites.
    const bytes = Buffer.from(payload);
    const decoded = this.#decode(bytes);
    this.#recent[this.#next] = { bytes, decoded };
    this.#next = (this.#next + 1) % REMEMBERED;
    return decoded;
  }
}
