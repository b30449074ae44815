import { lookup, Resolver } from 'node:dns/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { WebhookAnswer, WebhookRequest, WebhookSender } from '../../boxoffice/webhooks/webhook-sender-port.js';
import { isPublicAddress } from './own-network.js';

const ANSWER_MS_MAX = 15_000;
const DNS_MS_MAX = 3_000;
/** Of the answer, which nobody reads: so much is taken in, so that the connection can be used again. */
const ANSWER_BYTES_MAX = 16 * 1024;
const HEADER_BYTES_MAX = 8 * 1024;
const IDLE_MS_MAX = 4_000;

interface HttpSenderOptions {
  readonly allowPrivate: boolean;
  readonly allowHttp: boolean;
  /** All addresses of a name; for tests. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly answerMsMax?: number;
}

class PrivateAddressError extends Error {
  readonly code = 'private_address';
}

/**
 * Sends webhooks over HTTP.
 *
 * Invariant: unless private addresses are allowed, a socket is opened only to an address that was found to be public. The name
 * is resolved here, and the connection is made to what was looked at: a name that resolves to another address a moment later
 * (DNS rebinding) changes nothing. Redirects are not followed, since they could lead inside.
 */
export class HttpSender implements WebhookSender {
  readonly #options: HttpSenderOptions;
  readonly #lookup: LookupFunction;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    const { allowPrivate } = options;
    const resolve = options.resolve ?? (allowPrivate ? resolveAsTheSystem : resolveByDns);
    this.#lookup = (host, { all }, done) => {
      resolve(host).then(
        (addresses) => {
          // All of them: were one enough, the next connection could take another.
          const refused = allowPrivate ? undefined : addresses.find((address) => !isPublicAddress(address));
          const [first] = addresses;
          if (refused !== undefined) done(refusal(host), []);
          else if (first === undefined)
            done(Object.assign(new Error(`${host} has no address.`), { code: 'ENOTFOUND' }), []);
          else if (all)
            done(
              null,
              addresses.map((address) => ({ address, family: isIP(address) })),
            );
          else done(null, first, isIP(first));
        },
        (error: NodeJS.ErrnoException) => done(error, []),
      );
    };
    const agent = { keepAlive: true, timeout: IDLE_MS_MAX, maxFreeSockets: 16 };
    this.#agents = { 'http:': new http.Agent(agent), 'https:': new https.Agent(agent) };
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async send(request: WebhookRequest): Promise<WebhookAnswer> {
    const { allowHttp, allowPrivate, answerMsMax = ANSWER_MS_MAX } = this.#options;
    if (!URL.canParse(request.url)) return { ok: false, failure: 'invalid_url' };
    const url = new URL(request.url);
    if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
      return { ok: false, failure: 'not_https' };
    // A literal address is not looked up.
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) && !allowPrivate && !isPublicAddress(literal)) return { ok: false, failure: 'private_address' };
    try {
      return await this.#exchange(url, request, AbortSignal.timeout(answerMsMax));
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  }

  #exchange(url: URL, { headers, body }: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    return new Promise((resolve, reject) => {
      const isTls = url.protocol === 'https:';
      const sent = (isTls ? https : http).request(url, {
        method: 'POST',
        agent: isTls ? this.#agents['https:'] : this.#agents['http:'],
        lookup: this.#lookup,
        signal,
        maxHeaderSize: HEADER_BYTES_MAX,
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        drain(response);
        resolve(answerOf(response));
      });
      sent.end(body);
    });
  }
}

function answerOf({ statusCode: status = 0, headers }: IncomingMessage): WebhookAnswer {
  if (status >= 200 && status < 300) return { ok: true, status };
  const seconds = Number(headers['retry-after']);
  const asked = Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {};
  return { ok: false, status, failure: status >= 300 && status < 400 ? 'redirected' : 'status', ...asked };
}

/** Takes in a short answer; the socket of a long one is closed, and so is one that takes too long, by the signal. */
function drain(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) response.destroy();
  });
  response.on('error', () => {});
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timed_out';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : 'unknown';
}

function refusal(host: string): PrivateAddressError {
  return new PrivateAddressError(`${host} has an address that is not public.`);
}

/** Not by the system's call: that one takes a thread of libuv's four for as long as a slow server wants. */
async function resolveByDns(host: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: DNS_MS_MAX, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const [failed] = found.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  if (addresses.length === 0 && failed) throw failed;
  return addresses;
}

/** With the names of the own machine and network. */
async function resolveAsTheSystem(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
