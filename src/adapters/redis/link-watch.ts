import type { Redis } from 'ioredis';
import { pack } from 'msgpackr';
import type { Subscriptions } from './subscriptions.js';

export interface LinkWatchOptions {
  readonly publisher: Redis;
  readonly subscriber: Redis;
  readonly subscriptions: Subscriptions;
  /** Of this link only. */
  readonly channel: string;
}

/**
 * A subscriber hears nothing when nothing is said, and nothing when it is cut off: it must find out which. Two ways:
 * - something is asked over both connections, so that their `socketTimeout` finds one that died without a word;
 * - what this link publishes must come back to it. It does not, though both connections live, where they lead to two
 *   servers: after a failover that one of them has not noticed. Then the one that receives is made anew.
 */
export class LinkWatch {
  readonly #options: LinkWatchOptions;
  #sent = 0;
  /** Echoes sent up to this one were lost with their connection, and prove nothing. */
  #lost = 0;
  #answered = 0;
  #heard = 0;
  /** Was answered before the last look: it must have been heard by this one. */
  #due = 0;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
    options.subscriptions.listen(options.channel, (echo) => {
      this.#heard = Number(echo);
    });
    options.subscriber.on('close', () => {
      this.#lost = this.#sent;
      this.#answered = 0;
      this.#due = 0;
    });
  }

  /** To be called at regular intervals. */
  look(): void {
    // After what has come in meanwhile was read: a process that stood still must not blame the connection for it.
    setImmediate(() => {
      const { publisher, subscriber, subscriptions, channel } = this.#options;
      if (this.#due > this.#heard) {
        this.#due = 0;
        subscriptions.reconnect('what we publish does not come back');
        return;
      }
      this.#due = this.#answered;
      subscriber.ping().catch(() => {});
      const isListening = subscriptions.isConfirmed(channel);
      const echo = ++this.#sent;
      publisher.publish(channel, pack(echo)).then(
        () => {
          if (isListening && echo > this.#lost) this.#answered = echo;
        },
        () => {},
      );
    });
  }
}
