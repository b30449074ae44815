import type { Log } from '../../kernel/log.js';

type Handler = (payload: unknown) => void;

/** Who listens to what on this node. */
export class Handlers {
  readonly #log: Log;
  readonly #byChannel = new Map<string, Set<Handler>>();

  constructor(log: Log) {
    this.#log = log;
  }

  has(channel: string): boolean {
    return this.#byChannel.has(channel);
  }

  *topics(): Generator<string> {
    for (const channel of this.#byChannel.keys()) if (channel.startsWith('on:')) yield channel.slice('on:'.length);
  }

  /** Returns the end of it. */
  add(channel: string, handler: Handler): () => void {
    const handlers = this.#byChannel.get(channel) ?? new Set();
    this.#byChannel.set(channel, handlers);
    // The same function may listen twice: each time is one of its own.
    const own: Handler = (payload) => handler(payload);
    handlers.add(own);
    return () => {
      handlers.delete(own);
      if (handlers.size === 0 && this.#byChannel.get(channel) === handlers) this.#byChannel.delete(channel);
    };
  }

  deliver(channel: string, payload: unknown): void {
    const handlers = this.#byChannel.get(channel);
    for (const handler of [...(handlers ?? [])]) {
      // One that was called before it may have ended this one.
      if (!handlers?.has(handler)) continue;
      try {
        handler(payload);
      } catch (error) {
        this.#log.error(
          { event: 'link.receiver_failed', err: error, channel },
          'A message from another node made its receiver throw an error.',
        );
      }
    }
  }
}
