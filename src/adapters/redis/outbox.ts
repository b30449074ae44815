import type { Redis } from 'ioredis';
import type { Log } from '../../kernel/log.js';

interface Message {
  readonly channel: string;
  /** All of one payload: these go out together or not at all. */
  readonly frames: readonly Buffer[];
  readonly bytes: number;
}

export interface OutboxOptions {
  /** A connection of its own, that rejects at once what was in flight when it broke. */
  readonly client: Redis;
  readonly log: Log;
  /** Bounds of what is not answered yet: past either, messages are dropped. */
  readonly bytesMax: number;
  readonly framesMax: number;
}

/**
 * Publishes what is sent within one turn of the event loop as one write, in order. What does not fit, or finds no
 * connection, is dropped and counted: a message that waits for a connection would arrive too late to be true. A message
 * counts against the bounds until Redis has answered it or its connection is gone, so that memory is bounded while Redis
 * hangs.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #waiting: Message[] = [];
  #bytes = 0;
  #frames = 0;
  #dropped = 0;
  #droppedBefore = 0;
  #isDropping = false;
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Messages that were not sent, or not answered: most of these were lost. */
  get dropped(): number {
    return this.#dropped;
  }

  send(channel: string, frames: readonly Buffer[]): void {
    const { client, bytesMax, framesMax } = this.#options;
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (client.status !== 'ready') this.#drop('Redis is away');
    else if (this.#bytes + bytes > bytesMax || this.#frames + frames.length > framesMax) {
      this.#drop('too much is not answered yet');
    } else {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ channel, frames, bytes });
      this.#bytes += bytes;
      this.#frames += frames.length;
    }
  }

  /** To be called now and then: says when dropping is over. */
  note(): void {
    if (this.#isDropping && this.#dropped === this.#droppedBefore && this.#options.client.status === 'ready') {
      this.#isDropping = false;
      this.#options.log.info(
        { event: 'link.sending', dropped: this.#dropped },
        'Messages to other nodes are sent again.',
      );
    }
    this.#droppedBefore = this.#dropped;
  }

  /** What is lost from now on is nothing to tell. */
  close(): void {
    this.#isClosed = true;
  }

  #flush(): void {
    const sent = this.#waiting;
    this.#waiting = [];
    const pipeline = this.#options.client.pipeline();
    for (const { channel, frames } of sent) for (const frame of frames) pipeline.publish(channel, frame);
    const settle = (errors: readonly (Error | null)[]) => {
      let place = 0;
      for (const { frames, bytes } of sent) {
        this.#bytes -= bytes;
        this.#frames -= frames.length;
        const error = errors.slice(place, place + frames.length).find((error) => error !== null);
        if (error) this.#drop(error.message);
        place += frames.length;
      }
    };
    pipeline.exec().then(
      (results) => settle((results ?? []).map(([error]) => error)),
      (error: Error) => settle(sent.flatMap(({ frames }) => frames.map(() => error))),
    );
  }

  #drop(reason: string): void {
    this.#dropped++;
    if (this.#isDropping || this.#isClosed) return;
    this.#isDropping = true;
    this.#options.log.warn({ event: 'link.dropping', reason }, 'Messages to other nodes are dropped.');
  }
}
