import { type WireError, wireError } from '../protocol/errors.js';
import { clientAddress } from './client-address.js';
import type { Exchange } from './exchange.js';
import type { Rate, Rates } from './rates-port.js';

/** What one address and one holder may ask over HTTP. Each method gives undefined for: go on. */
export class RateLimits {
  readonly #rates: Rates;
  readonly #proxyHops: number;

  constructor(rates: Rates, proxyHops: number) {
    this.#rates = rates;
    this.#proxyHops = proxyHops;
  }

  request(exchange: Exchange): Promise<WireError | undefined> {
    return this.#consume('requests', this.address(exchange));
  }

  session(exchange: Exchange): Promise<WireError | undefined> {
    return this.#consume('sessions', this.address(exchange));
  }

  command(holder: string): Promise<WireError | undefined> {
    return this.#consume('commands', holder);
  }

  async #consume(rate: Rate, key: string): Promise<WireError | undefined> {
    const retryAfterMs = await this.#rates.consume(rate, key);
    if (retryAfterMs === undefined) return undefined;
    return wireError('rate_limited', 'Too many requests; this one was not looked at.', { retryAfterMs });
  }

  /** What a request of this client is counted against. */
  address(exchange: Exchange): string {
    return clientAddress(exchange.peer, exchange.forwardedFor, this.#proxyHops);
  }
}
