import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';
import { wireError } from '../../protocol/errors.js';
import type { Log } from '../../runtime/ports.js';
import type { Origins } from '../origins.js';
import { Exchange, type Headers } from './exchange.js';
import type { RateLimits } from './rate-limits.js';

export type Method = 'GET' | 'POST' | 'DELETE';
export type Handler = (exchange: Exchange) => void | Promise<void>;

export interface RouterOptions {
  readonly origins: Origins;
  readonly rates: RateLimits;
  readonly bodyBytesMax: number;
  readonly log: Log;
}

const SECURITY_HEADERS: Headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  // Always, or a cache would give the answer to one site to another.
  vary: 'Origin',
};

/** Our routes on a uWebSockets.js app: cross-origin rules, errors and unknown methods are the same for all of them. */
export class Router {
  readonly #app: TemplatedApp;
  readonly #options: RouterOptions;
  readonly #methods = new Map<string, Set<Method>>();

  constructor(app: TemplatedApp, options: RouterOptions) {
    this.#app = app;
    this.#options = options;
  }

  /** `pattern` as uWebSockets.js has it: `/v1/showtimes/:showtimeId`. Counts against the rate of who asks. */
  on(method: Method, pattern: string, handler: Handler): this {
    return this.always(method, pattern, async (exchange) => {
      const refused = await this.#options.rates.request(exchange);
      if (refused) exchange.problem(refused);
      else await handler(exchange);
    });
  }

  /** Whatever the rate: for what operates the node, and must not be locked out by who misuses it. */
  always(method: Method, pattern: string, handler: Handler): this {
    const respond = this.#taking(pattern, (exchange) => void this.#respond(exchange, handler));
    if (method === 'GET') this.#app.get(pattern, respond).head(pattern, respond);
    else if (method === 'POST') this.#app.post(pattern, respond);
    else this.#app.del(pattern, respond);
    const methods = this.#methods.get(pattern) ?? new Set();
    this.#methods.set(pattern, methods.add(method));
    return this;
  }

  /** To be called when all routes are there: preflights, 405 for their other methods, and 404 for the rest. */
  close(): void {
    for (const [pattern, methods] of this.#methods) {
      const allow = ['OPTIONS', ...(methods.has('GET') ? ['HEAD'] : []), ...methods].join(', ');
      const preflight = this.#taking(pattern, (exchange) => this.#preflight(exchange, allow));
      const other = this.#taking(pattern, (exchange) => {
        exchange.problem(wireError('method_not_allowed', `This resource answers ${allow}.`), { allow });
      });
      this.#app.options(pattern, preflight).any(pattern, other);
    }
    const nothing = this.#taking('', (exchange) => {
      exchange.problem(wireError('not_found', 'There is nothing at this address.'));
    });
    this.#app.any('/*', nothing);
  }

  /** Cuts off who sends what two programs may read in two ways: what follows may be a request that nobody made. */
  #taking(pattern: string, take: (exchange: Exchange) => void): (res: HttpResponse, req: HttpRequest) => void {
    return (res, req) => {
      if (hasTwoLengths(req)) res.close();
      else take(this.#exchange(res, req, pattern));
    };
  }

  async #respond(exchange: Exchange, handler: Handler): Promise<void> {
    try {
      await handler(exchange);
    } catch (error) {
      this.#options.log.error({ err: error, method: exchange.method, path: exchange.path }, 'a request failed');
      exchange.problem(wireError('internal', 'Something went wrong on our side; it has been noted.'));
    }
  }

  #exchange(res: HttpResponse, req: HttpRequest, pattern: string): Exchange {
    const parameterCount = pattern.split('/').filter((part) => part.startsWith(':')).length;
    const origin = req.getHeader('origin');
    const crossOrigin: Headers =
      origin !== '' && this.#options.origins.allows(origin, req.getHeader('host'))
        ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' }
        : {};
    const common = { ...SECURITY_HEADERS, ...crossOrigin };
    return new Exchange(res, req, { parameterCount, common, bodyBytesMax: this.#options.bodyBytesMax });
  }

  #preflight(exchange: Exchange, allow: string): void {
    exchange.send(204, {
      allow,
      'access-control-allow-methods': allow,
      'access-control-allow-headers': 'authorization, content-type, idempotency-key',
      'access-control-max-age': '600',
    });
  }
}

/** RFC 9112 section 6.3: uWebSockets.js goes by the first of several, and a proxy in front of it perhaps by the last. */
function hasTwoLengths(req: HttpRequest): boolean {
  if (req.getHeader('content-length') === '') return false;
  let lengths = 0;
  req.forEach((name) => {
    if (name === 'content-length') lengths++;
  });
  return lengths > 1;
}
