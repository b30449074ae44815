import type { HttpResponse } from 'uWebSockets.js';

/** A body of a media type that its endpoint reads by itself. */
export interface Upload {
  /** In lower case and without parameters: one of those that the endpoint accepts. */
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface BodyBounds {
  /** By `content-length`; 0 where the client announced nothing. */
  readonly bytesAnnounced: number;
  readonly bytesMax: number;
  /** So many bytes are kept before somebody asks for the body: of a client that may not send one, no more is read. */
  readonly unaskedBytesMax: number;
}

/**
 * The body of one request. It is received from the first turn on, because uWebSockets.js keeps nothing for a later reader.
 *
 * Invariant: until `read` is called, no more than `unaskedBytesMax` bytes and the chunk that passed them are in memory.
 * The connection is paused there, so a large body waits in the client until its sender was found to have access.
 */
export class RequestBody {
  readonly #res: HttpResponse;
  readonly #bounds: BodyBounds;
  readonly #whole: Promise<Buffer | undefined>;
  #settle: (bytes: Buffer | undefined) => void = () => {};
  #chunks: Buffer[] = [];
  #length = 0;
  #isAsked = false;
  #isPaused = false;
  #isDropped = false;

  constructor(res: HttpResponse, bounds: BodyBounds) {
    this.#res = res;
    this.#bounds = bounds;
    this.#whole = new Promise((resolve) => {
      this.#settle = resolve;
    });
    // A body that announces too many bytes is refused before it is received.
    if (bounds.bytesAnnounced > bounds.bytesMax) this.#settle(undefined);
    res.onData((chunk, isLast) => this.#receive(chunk, isLast));
  }

  /** The whole body; undefined where it is too long, or its client has gone. */
  read(): Promise<Buffer | undefined> {
    this.#isAsked = true;
    this.#resume();
    return this.#whole;
  }

  /** Must be called before the answer is sent: what still comes is received and forgotten. */
  drop(): void {
    this.#isDropped = true;
    this.#chunks = [];
    this.#resume();
    this.#settle(undefined);
  }

  /** The client has gone, and its connection must not be touched any more. */
  abort(): void {
    this.#isPaused = false;
    this.drop();
  }

  #receive(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#isDropped) return;
    this.#length += chunk.byteLength;
    if (this.#length > this.#bounds.bytesMax) {
      // Refused as soon as it is too long: a client that sends without end is not waited for.
      this.#chunks = [];
      this.#settle(undefined);
      return;
    }
    // uWebSockets.js takes the chunk away when this returns, so it is copied.
    this.#chunks.push(Buffer.from(chunk.slice(0)));
    if (isLast) this.#settle(Buffer.concat(this.#chunks));
    else if (!this.#isAsked && this.#length > this.#bounds.unaskedBytesMax) this.#pause();
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#res.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#res.resume();
  }
}
