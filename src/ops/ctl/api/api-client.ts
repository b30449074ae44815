import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '../../../protocol/http.js';
import { sentenceOf } from '../../misuse.js';
import { ApiFailure, refusedBy } from './api-failure.js';

export interface ApiAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string | undefined;
}

export type QueryValue = string | number | boolean | undefined;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as it is, in place of `body`. */
  readonly file?: { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> };
  /** The version that a change is meant for. */
  readonly ifMatch?: string;
  /** The same for every try of one command. */
  readonly idempotencyKey?: string;
  /** In place of the key of the address: the session of a guest or of somebody who logged in. */
  readonly session?: string;
  /** What is asked for; JSON by default. */
  readonly accept?: string;
}

export interface ApiAnswer<Body> {
  readonly body: Body;
  /** The version of what was answered, where it has one. */
  readonly etag: string | undefined;
}

const TRIES_MAX = 6;
const RETRY_AFTER_MS = 500;
const RETRY_AFTER_MS_MAX = 10_000;
const ANSWER_MS_MAX = 120_000;

/** Sends requests to the HTTP API of a server, and tries again where the server says that this may help. */
export class ApiClient {
  readonly address: ApiAddress;

  constructor(address: ApiAddress) {
    this.address = address;
  }

  /** @throws ApiFailure */
  async ask<Body>(request: ApiRequest): Promise<ApiAnswer<Body>> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#send(request);
      if (answer.ok) {
        const text = await answer.text();
        const isJson = answer.headers.get('content-type')?.startsWith('application/json');
        const body = (isJson ? JSON.parse(text) : text) as Body;
        return { body, etag: answer.headers.get('etag') ?? undefined };
      }
      const problem = await problemOf(answer);
      // Only what certainly had no effect is sent again.
      const mayHelp = problem.retryable && problem.outcome === 'not-applied' && tries < TRIES_MAX;
      if (!mayHelp) throw refusedBy(problem, this.address.key !== undefined);
      await sleep(Math.min(problem.retryAfterMs ?? RETRY_AFTER_MS * tries, RETRY_AFTER_MS_MAX));
    }
  }

  get<Body>(path: string, query: Readonly<Record<string, QueryValue>> = {}): Promise<ApiAnswer<Body>> {
    return this.ask<Body>({ method: 'GET', path, query });
  }

  /** Every page of a list, in order: `read` picks the items of a page. @throws ApiFailure */
  async all<Page extends { readonly next?: string | undefined }, Item>(
    path: string,
    query: Readonly<Record<string, QueryValue>>,
    read: (page: Page) => readonly Item[],
  ): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | undefined; ; ) {
      const { body } = await this.get<Page>(path, { ...query, cursor });
      items.push(...read(body));
      if (body.next === undefined) return items;
      cursor = body.next;
    }
  }

  async #send(request: ApiRequest): Promise<Response> {
    const { method, path, query = {}, body, file, ifMatch, idempotencyKey, accept = 'application/json' } = request;
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ).toString();
    const session = request.session ?? this.address.key;
    const headers = {
      accept: `${accept}, application/problem+json`,
      ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(file === undefined ? {} : { 'content-type': file.type }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
    const content = file?.bytes ?? (body === undefined ? undefined : JSON.stringify(body));
    const url = `${this.address.url}${path}${search === '' ? '' : `?${search}`}`;
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    try {
      return await fetch(url, { method, headers, signal, ...(content === undefined ? {} : { body: content }) });
    } catch (error) {
      throw new ApiFailure(`${this.address.url} cannot be reached: ${causeOf(error)}. Is the server running?`, 4);
    }
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.code === 'string' && typeof problem.detail === 'string') return problem;
  } catch {
    // Told below.
  }
  const where = `HTTP ${answer.status} from ${new URL(answer.url).origin}`;
  throw new ApiFailure(`${where} is no answer of Usher. Is that the right address?`, 4);
}

/** `fetch` fails with one sentence for everything; the cause says what happened. */
function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return sentenceOf(cause ?? error).replace(/\.$/, '');
}
