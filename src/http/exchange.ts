import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { ERRORS, type ErrorCode, type WireError, wireError } from '../protocol/errors.js';
import type { Problem } from '../protocol/http.js';
import { forwardedFor } from './client-address.js';
import { RequestBody, type Upload } from './request-body.js';

const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type Headers = Readonly<Record<string, string>>;

const JSON_HEADERS: Headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** The headers that our handlers read. uWebSockets.js takes the request away when the handler returns. */
const KEPT_HEADERS = [
  'accept-encoding',
  'authorization',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'origin',
  'stripe-signature',
  'transfer-encoding',
] as const;

export interface ExchangeOptions {
  /** Of the pattern that matched. */
  readonly parameterCount: number;
  /** Headers that every answer carries, where it has no others of these names. */
  readonly common: Headers;
  readonly bodyBytesMax: number;
  /** So much of a body is received before its sender was found to have access; absent: all of it. */
  readonly unaskedBytesMax?: number;
}

type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: WireError };

/**
 * One request and its answer. Everything of the request is copied at once; the answer is sent once, corked, and not at
 * all to a client that has gone.
 */
export class Exchange {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly string[];
  /** The address at the other end of the connection: a proxy's, where there is one. */
  readonly peer: string;
  /** Through whom it came, as those say; see client-address.ts. */
  readonly forwardedFor: string;
  readonly #query: string;
  readonly #headers: readonly string[];
  readonly #res: HttpResponse;
  readonly #common: Headers;
  readonly #bodyBytesMax: number;
  /** Undefined: of a method that has none. */
  readonly #body: RequestBody | undefined;
  #done = false;

  /** Must be made in the turn in which the request came. */
  constructor(res: HttpResponse, req: HttpRequest, options: ExchangeOptions) {
    const { parameterCount, common, bodyBytesMax, unaskedBytesMax = bodyBytesMax } = options;
    this.#res = res;
    this.#common = common;
    this.#bodyBytesMax = bodyBytesMax;
    this.peer = Buffer.from(res.getRemoteAddressAsText()).toString('latin1');
    this.forwardedFor = forwardedFor(req);
    this.method = req.getMethod().toUpperCase();
    this.path = req.getUrl();
    this.#query = req.getQuery() ?? '';
    this.parameters = Array.from({ length: parameterCount }, (_, i) => req.getParameter(i) ?? '');
    this.#headers = KEPT_HEADERS.map((name) => req.getHeader(name));
    res.onAborted(() => {
      this.#done = true;
      this.#body?.abort();
    });
    const hasBody = this.method !== 'GET' && this.method !== 'HEAD';
    const bytesAnnounced = Number(this.header('content-length'));
    const bounds = { bytesAnnounced, bytesMax: bodyBytesMax, unaskedBytesMax };
    this.#body = hasBody ? new RequestBody(res, bounds) : undefined;
  }

  /** Empty where it was not sent. */
  header(name: (typeof KEPT_HEADERS)[number]): string {
    return this.#headers[KEPT_HEADERS.indexOf(name)] ?? '';
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query);
  }

  get hasQuery(): boolean {
    return this.#query !== '';
  }

  /** Whether the client announced a body, of whatever method. */
  get announcesBody(): boolean {
    return !['', '0'].includes(this.header('content-length')) || this.header('transfer-encoding') !== '';
  }

  get answered(): boolean {
    return this.#done;
  }

  send(status: number, headers: Headers, body?: string | Uint8Array): void {
    if (this.#done) return;
    this.#done = true;
    const res = this.#res;
    res.cork(() => {
      this.#body?.drop();
      res.writeStatus(`${status} ${REASONS[status] ?? ''}`.trim());
      for (const name in this.#common) if (!(name in headers)) res.writeHeader(name, this.#common[name] ?? '');
      for (const name in headers) res.writeHeader(name, headers[name] ?? '');
      if (body !== undefined && this.method !== 'HEAD') {
        res.end(body);
        return;
      }
      // Not by endWithoutBody(length): uWebSockets.js then waits for that many bytes, and cuts the next request.
      if (body !== undefined) res.writeHeader('content-length', String(Buffer.byteLength(body)));
      res.endWithoutBody();
    });
  }

  json(status: number, value: unknown, headers: Headers = {}): void {
    this.send(status, { ...JSON_HEADERS, ...headers }, JSON.stringify(value));
  }

  /** RFC 9457. */
  problem(error: WireError, headers: Headers = {}): void {
    const { message, ...rest } = error;
    const { status } = ERRORS[error.code];
    const title = error.code.charAt(0).toUpperCase() + error.code.slice(1).replaceAll('_', ' ');
    const problem: Problem = { type: `/problems/${error.code}`, title, status, detail: message, ...rest };
    const retry: Headers =
      error.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))) };
    const type = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
    // RFC 9110 section 15.5.2 wants it with every 401.
    const challenge: Headers = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
    this.send(status, { ...type, ...retry, ...challenge, ...headers }, JSON.stringify(problem));
  }

  /** The body, which is a JSON object or absent, or the error that it deserves. */
  async readJson(): Promise<Read<object>> {
    const bytes = await this.#readBytes();
    if (!bytes.ok) return bytes;
    if (bytes.value.length === 0) return { ok: true, value: {} };
    if (!/^application\/json\b/i.test(this.header('content-type'))) {
      return refuse('unsupported_media_type', 'Send the body as application/json.');
    }
    let value: unknown;
    try {
      value = JSON.parse(utf8.decode(bytes.value));
    } catch {
      return refuse('bad_message', 'The body is not JSON in UTF-8.');
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ok: true, value };
    return refuse('bad_message', 'The body is not a JSON object.');
  }

  /** The body as it came, of one of these media types, or the error that it deserves. */
  async readUpload(accepts: readonly string[]): Promise<Read<Upload>> {
    const bytes = await this.#readBytes();
    if (!bytes.ok) return bytes;
    const [mediaType = ''] = this.header('content-type').toLowerCase().split(';');
    if (!accepts.includes(mediaType.trim())) {
      return refuse('unsupported_media_type', `Send the body as one of: ${accepts.join(', ')}.`);
    }
    if (bytes.value.length === 0) return refuse('bad_message', 'The body is empty.');
    return { ok: true, value: { mediaType: mediaType.trim(), bytes: bytes.value } };
  }

  async #readBytes(): Promise<Read<Buffer>> {
    if (this.#body === undefined) {
      if (!this.announcesBody) return { ok: true, value: Buffer.alloc(0) };
      const error = wireError('invalid_field', 'This request takes no body.', { field: 'body' });
      return { ok: false, error };
    }
    const value = await this.#body.read();
    if (value !== undefined) return { ok: true, value };
    return refuse('frame_too_large', `A body may have at most ${this.#bodyBytesMax} bytes.`);
  }
}

function refuse(code: ErrorCode, message: string): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError(code, message) };
}
