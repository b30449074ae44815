import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { Log } from '../kernel/log.js';
import { wireError } from '../protocol/errors.js';
import { type Document, sendDocument } from './document.js';
import type { Endpoint, Method } from './endpoint.js';
import { Exchange, type Headers } from './exchange.js';
import type { Origins } from './origins.js';
import { type RespondContext, respond } from './respond.js';
import { UploadSlots } from './upload-slots.js';

export interface RouterOptions extends RespondContext {
  readonly origins: Origins;
  /** Of an endpoint that sets no bound of its own. */
  readonly bodyBytesMax: number;
  readonly log: Log;
}

type Handler = (exchange: Exchange) => void | Promise<void>;

const SECURITY_HEADERS: Headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  // Always, or a cache would give the answer to one site to another.
  vary: 'Origin',
};
/** What a page of another site may send and read. */
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, if-match';
const EXPOSED_HEADERS = 'etag, retry-after';

/** Serves endpoints and files on a uWebSockets.js app: cross-origin rules, errors and unknown methods are the same for all. */
export class Router {
  readonly #app: TemplatedApp;
  readonly #options: RouterOptions;
  readonly #methods = new Map<string, Set<Method>>();
  readonly #uploads = new UploadSlots();

  constructor(app: TemplatedApp, options: RouterOptions) {
    this.#app = app;
    this.#options = options;
  }

  add(endpoints: readonly Endpoint[]): this {
    for (const endpoint of endpoints) {
      const { method, bodyBytesMax } = endpoint;
      const pattern = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
      const context = { ...this.#options, uploads: this.#uploads };
      this.#on(method, pattern, (exchange) => respond(exchange, endpoint, context), bodyBytesMax);
    }
    return this;
  }

  /** A file of a page: not counted against any rate, since a page is many files and many people may share an address. */
  file(path: string, headers: Headers & { readonly etag: string }, document: Document): this {
    return this.page(path, (exchange) => sendDocument(exchange, headers, document));
  }

  /** The same for a file that is made when it is first asked for. */
  page(path: string, send: Handler): this {
    this.#on('GET', path, send);
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

  #on(method: Method, pattern: string, handler: Handler, bodyBytesMax?: number): void {
    const respond = this.#taking(pattern, (exchange) => void this.#respond(exchange, handler), bodyBytesMax);
    if (method === 'GET') this.#app.get(pattern, respond).head(pattern, respond);
    else if (method === 'POST') this.#app.post(pattern, respond);
    else if (method === 'PUT') this.#app.put(pattern, respond);
    else if (method === 'PATCH') this.#app.patch(pattern, respond);
    else this.#app.del(pattern, respond);
    const methods = this.#methods.get(pattern) ?? new Set();
    this.#methods.set(pattern, methods.add(method));
  }

  /** Cuts off who sends what two programs may read in two ways: what follows may be a request that nobody made. */
  #taking(
    pattern: string,
    serve: (exchange: Exchange) => void,
    bodyBytesMax?: number,
  ): (res: HttpResponse, req: HttpRequest) => void {
    const parameterCount = pattern.split('/').filter((part) => part.startsWith(':')).length;
    return (res, req) => {
      if (hasTwoLengths(req)) res.close();
      else serve(this.#exchange(res, req, parameterCount, bodyBytesMax));
    };
  }

  async #respond(exchange: Exchange, handler: Handler): Promise<void> {
    try {
      await handler(exchange);
    } catch (error) {
      const { method, path } = exchange;
      this.#options.log.error({ event: 'http.request_failed', err: error, method, path }, 'An HTTP request failed.');
      exchange.problem(wireError('internal', 'Something went wrong on our side; it has been noted.'));
    }
  }

  #exchange(res: HttpResponse, req: HttpRequest, parameterCount: number, bodyBytesMax?: number): Exchange {
    const origin = req.getHeader('origin');
    const crossOrigin: Headers =
      origin !== '' && this.#options.origins.admits(origin, req.getHeader('host'))
        ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS }
        : {};
    const common = { ...SECURITY_HEADERS, ...crossOrigin };
    return new Exchange(res, req, {
      parameterCount,
      common,
      bodyBytesMax: bodyBytesMax ?? this.#options.bodyBytesMax,
      unaskedBytesMax: this.#options.bodyBytesMax,
    });
  }

  #preflight(exchange: Exchange, allow: string): void {
    exchange.send(204, {
      allow,
      'access-control-allow-methods': allow,
      'access-control-allow-headers': REQUEST_HEADERS,
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
