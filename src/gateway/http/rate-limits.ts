import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { Exchange } from './exchange.js';

export interface HttpRates {
  /** Of one address. */
  readonly requestsPerSecond: number;
  /** Of one holder, whatever the address; sockets have the same rate, each its own. */
  readonly commandsPerSecond: number;
  /** How many proxies of ours stand in front: so many entries at the end of X-Forwarded-For are theirs. */
  readonly proxyHops: number;
}

/** What one address and one holder may ask over HTTP, counted by the second. */
export class RateLimits {
  readonly #requests: RateLimiterMemory;
  readonly #commands: RateLimiterMemory;
  readonly #proxyHops: number;

  constructor({ requestsPerSecond, commandsPerSecond, proxyHops }: HttpRates) {
    this.#requests = new RateLimiterMemory({ points: requestsPerSecond, duration: 1 });
    this.#commands = new RateLimiterMemory({ points: commandsPerSecond, duration: 1 });
    this.#proxyHops = proxyHops;
  }

  /** Undefined: go on. */
  request(exchange: Exchange): Promise<WireError | undefined> {
    return consume(this.#requests, clientAddress(exchange, this.#proxyHops));
  }

  /** Undefined: go on. */
  command(holder: string): Promise<WireError | undefined> {
    return consume(this.#commands, holder);
  }
}

/**
 * The address that the outermost of our proxies saw. What stands further left in the header is the client's own word,
 * and counts for nothing: else anybody could have as many addresses as they like.
 */
function clientAddress(exchange: Exchange, proxyHops: number): string {
  if (proxyHops === 0) return exchange.peer;
  const forwarded = exchange.header('x-forwarded-for').split(',');
  return forwarded.at(-proxyHops)?.trim() || exchange.peer;
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<WireError | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return wireError('rate_limited', 'Too many requests; this one was not looked at.', {
      retryAfterMs: Math.max(1, refused.msBeforeNext),
    });
  }
}
