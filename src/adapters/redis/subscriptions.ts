import type { Redis } from 'ioredis';
import type { Log } from '../../kernel/log.js';
import { RedisFailure } from './redis-failure.js';

export type Handler = (payload: unknown) => void;

interface Subscription {
  readonly handlers: Set<Handler>;
  /** Resolves those who joined, once Redis has confirmed it. */
  readonly waiting: Set<() => void>;
  state: 'wanted' | 'asked' | 'confirmed';
}

export interface SubscriptionsOptions {
  /** A connection of its own. */
  readonly client: Redis;
  readonly log: Log;
  readonly confirmMsMax: number;
  /** Frame to payload, or undefined where there is nothing to hand on yet. Throws for what is no frame. */
  readonly read: (channel: string, frame: Buffer) => { readonly payload: unknown } | undefined;
}

/** Channels that one command subscribes to. */
const ASKED_AT_ONCE = 500;

/**
 * Who listens to what over one connection. All that is wanted is asked for anew on every connection; in between, messages
 * are lost, which those who follow a topic must find out by themselves.
 */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #byChannel = new Map<string, Subscription>();
  #sawGarbage = false;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    const { client } = options;
    client.on('ready', () => this.ask());
    client.on('close', () => {
      for (const subscription of this.#byChannel.values()) subscription.state = 'wanted';
    });
    client.on('messageBuffer', (channel: Buffer, frame: Buffer) => this.#deliver(channel.toString(), frame));
  }

  isConfirmed(channel: string): boolean {
    return this.#byChannel.get(channel)?.state === 'confirmed';
  }

  /** Hands on what comes in on this channel whenever Redis delivers it. Returns the end of it. */
  listen(channel: string, handler: Handler): () => void {
    const subscription = this.#byChannel.get(channel) ?? this.#add(channel);
    // The same function may listen twice: each time is one of its own.
    const own: Handler = (payload) => handler(payload);
    subscription.handlers.add(own);
    return () => this.#leave(channel, subscription, own);
  }

  /** Listens, and resolves when Redis has confirmed it; rejects after `confirmMsMax`, and does not listen then. */
  join(channel: string, handler: Handler): Promise<() => void> {
    const leave = this.listen(channel, handler);
    const subscription = this.#byChannel.get(channel);
    if (!subscription || subscription.state === 'confirmed') return Promise.resolve(leave);
    return new Promise((resolve, reject) => {
      const confirmed = () => {
        clearTimeout(timer);
        resolve(leave);
      };
      const timer = setTimeout(() => {
        subscription.waiting.delete(confirmed);
        const wasAsked = subscription.state === 'asked';
        leave();
        // A connection that is open and does not answer is not to be trusted with anything else either.
        if (wasAsked) this.reconnect('a subscription was not confirmed');
        reject(new RedisFailure(`Redis did not confirm a subscription in ${this.#options.confirmMsMax} ms`));
      }, this.#options.confirmMsMax);
      subscription.waiting.add(confirmed);
    });
  }

  /** Asks for everything that is wanted and was not asked for on this connection. */
  ask(): void {
    const { client } = this.#options;
    if (client.status !== 'ready') return;
    const wanted = [...this.#byChannel].filter(([, subscription]) => subscription.state === 'wanted');
    for (let from = 0; from < wanted.length; from += ASKED_AT_ONCE) {
      const some = wanted.slice(from, from + ASKED_AT_ONCE);
      for (const [, subscription] of some) subscription.state = 'asked';
      client.subscribe(...some.map(([channel]) => channel)).then(
        () => {
          for (const [, subscription] of some) confirm(subscription);
        },
        // Refused, or cut off in between; it is asked again before long.
        (error: Error) => {
          this.#options.log.debug(
            { event: 'redis.not_subscribed', reason: error.message },
            'Redis refused a subscription.',
          );
          for (const [, subscription] of some) subscription.state = 'wanted';
        },
      );
    }
  }

  reconnect(reason: string): void {
    if (this.#options.client.status !== 'ready') return;
    this.#options.log.warn(
      { event: 'link.reconnecting', reason },
      'The connection that receives messages from other nodes reconnects.',
    );
    this.#options.client.disconnect(true);
  }

  #add(channel: string): Subscription {
    const subscription: Subscription = { handlers: new Set(), waiting: new Set(), state: 'wanted' };
    this.#byChannel.set(channel, subscription);
    this.ask();
    return subscription;
  }

  #leave(channel: string, subscription: Subscription, handler: Handler): void {
    subscription.handlers.delete(handler);
    if (subscription.handlers.size > 0 || this.#byChannel.get(channel) !== subscription) return;
    this.#byChannel.delete(channel);
    const { client } = this.#options;
    // Should it not get through, the messages that still come find no handler.
    if (client.status === 'ready') client.unsubscribe(channel).catch(() => {});
  }

  #deliver(channel: string, frame: Buffer): void {
    const subscription = this.#byChannel.get(channel);
    if (!subscription) return;
    const message = this.#read(channel, frame);
    if (!message) return;
    for (const handler of [...subscription.handlers]) {
      // One that was called before it may have ended this one.
      if (!subscription.handlers.has(handler)) continue;
      try {
        handler(message.payload);
      } catch (error) {
        this.#options.log.error(
          { event: 'link.receiver_failed', err: error, channel },
          'A message from another node made its receiver throw an error.',
        );
      }
    }
  }

  #read(channel: string, frame: Buffer): { readonly payload: unknown } | undefined {
    try {
      return this.#options.read(channel, frame);
    } catch (error) {
      // Once: whoever writes to our channels by mistake does it often.
      if (!this.#sawGarbage)
        this.#options.log.warn({ event: 'link.garbage', err: error, channel }, 'A message in Redis is not from Usher.');
      this.#sawGarbage = true;
      return undefined;
    }
  }
}

function confirm(subscription: Subscription): void {
  // Cut off in the meantime: the next connection is asked anew.
  if (subscription.state !== 'asked') return;
  subscription.state = 'confirmed';
  for (const confirmed of subscription.waiting) confirmed();
  subscription.waiting.clear();
}
