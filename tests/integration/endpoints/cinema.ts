import { randomUUID } from 'node:crypto';
import type { BookingView, HoldView } from '../../../src/protocol/server-messages.js';
import { openSite, PASSWORD, type Site, tokenIn } from '../accounts/people.js';
import { sign } from '../gateway/sign.js';
import type { Stage } from '../gateway/stage.js';
import type { Operation } from './read-operations.js';

/** A request but for its address and its session. */
export interface Sent {
  readonly query?: string;
  readonly body?: object | string | undefined;
  readonly type?: string;
  readonly ifMatch?: string | undefined;
  readonly key?: string;
  /** Of a webhook of Stripe. */
  readonly signature?: string;
}

/** What a request needs besides: who sends it, and what its path names. */
export interface Right extends Sent {
  readonly path?: Readonly<Record<string, string>>;
  /** Of the sender; absent: a session with the access that the endpoint asks for. */
  readonly session?: string;
}

export interface Answered {
  readonly status: number;
  /** Empty where the answer has no body, or is no JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly etag: string;
}

export const WEBHOOK_SECRET = 'whsec_of_the_tests';
const STRIPE = { STRIPE_SECRET_KEY: 'sk_test_of_the_tests', STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET };

/** A cinema with one showtime, and ways to put more into it over HTTP. */
export class Cinema {
  readonly site: Site;
  readonly stage: Stage;
  readonly origin: string;
  #made = 0;

  private constructor(site: Site) {
    this.site = site;
    this.stage = site.stage;
    this.origin = `http://127.0.0.1:${site.stage.port}`;
  }

  static async open(environment: Record<string, string> = {}): Promise<Cinema> {
    const mails = { MAILS_PER_ADDRESS: '10000', LOG_IN_FAILURES_PER_ADDRESS: '10000' };
    return new Cinema(await openSite({ MESSAGES_PER_SECOND: '5000', ...mails, ...STRIPE, ...environment }));
  }

  async close(): Promise<void> {
    await this.site.close();
  }

  /** An id that nothing has yet. */
  newId(): string {
    return `made-${++this.#made}`;
  }

  async send(method: string, path: string, session: string | undefined, sent: Sent = {}): Promise<Answered> {
    const { query = '', body, type = 'application/json', ifMatch, key, signature } = sent;
    const response = await fetch(`${this.origin}${path}${query}`, {
      method,
      headers: {
        ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(signature === undefined ? {} : { 'stripe-signature': signature }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      json: isJson ? (JSON.parse(text) as Answered['json']) : {},
      etag: response.headers.get('etag') ?? '',
    };
  }

  /** The same for an operation: by the right sender, with a new Idempotency-Key and any If-Match where it needs these. */
  async call(
    operation: Operation,
    { path = {}, session, ...sent }: Right,
    change: Sent & { session?: string | null } = {},
  ) {
    const at = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(path[name] ?? 'nothing'),
    );
    const needs = (header: string) => operation.parameters.some(({ name }) => name === header);
    const { session: by = session ?? (await this.sessionFor(operation.access)), ...changed } = change;
    return await this.send(operation.method, at, by ?? undefined, {
      ...(needs('Idempotency-Key') ? { key: randomUUID() } : {}),
      ...(needs('If-Match') ? { ifMatch: '*' } : {}),
      ...sent,
      ...changed,
    });
  }

  async sessionFor(access: string): Promise<string | null> {
    if (access === 'public') return null;
    return await (access === 'session' ? sign(`guest:${randomUUID()}`) : sign('user:admin', { role: 'admin' }));
  }

  async post<Body>(path: string, body: object | string, session?: string, sent: Sent = {}): Promise<Body> {
    const by = session ?? (await sign('user:admin', { role: 'admin' }));
    const { status, json } = await this.send('POST', path, by, { body, key: randomUUID(), ...sent });
    if (status >= 300) throw new Error(`POST ${path} answered ${status} ${JSON.stringify(json)}`);
    return json as Body;
  }

  async movie(): Promise<string> {
    const id = this.newId();
    await this.post('/v1/movies', { id, title: 'A movie', year: 2001, runtimeMinutes: 90 });
    return id;
  }

  async venue(): Promise<string> {
    const id = this.newId();
    await this.post('/v1/venues', { id, name: 'A venue', city: 'C', timeZone: 'Europe/Berlin' });
    return id;
  }

  async hall(): Promise<string> {
    const plan = { type: 'text/plain', query: `?name=${this.newId()}` };
    const { hall } = await this.post<{ hall: { id: string } }>(
      `/v1/venues/v/halls`,
      'A: 6 | 6\nB: 6 | 6',
      undefined,
      plan,
    );
    return hall.id;
  }

  /** A new hall, and a price for each category of it. */
  async pricedHall() {
    const hallId = await this.hall();
    const { seatMap } = (await this.send('GET', `/v1/halls/${hallId}`, undefined)).json as { seatMap: { url: string } };
    const map = (await this.send('GET', seatMap.url, undefined)).json as { categories: { name: string }[] };
    const prices = Object.fromEntries(map.categories.map(({ name }) => [name, 1_000]));
    return { hallId, prices };
  }

  async showtime(hallId = 'h', prices: object = { Front: 1_200, Back: 900 }): Promise<string> {
    // Each on a day of its own: two showtimes of a hall do not overlap.
    const startsAt = new Date(Date.now() + ++this.#made * 86_400_000).toISOString();
    const { showtimes } = await this.post<{ showtimes: [{ id: string }] }>('/v1/showtimes', {
      movieId: 'm',
      hallId,
      currency: 'EUR',
      prices,
      startsAt,
    });
    return showtimes[0].id;
  }

  newEmail(): string {
    return `${this.newId()}@example.org`;
  }

  /** Somebody new who has an account and has just logged in. */
  async person() {
    const email = this.newEmail();
    const { accountId, accessToken: session, refreshToken } = await this.site.join(email);
    return { email, accountId, session, refreshToken };
  }

  /** Somebody who has signed up, and the token of the link that they were mailed. */
  async signedUp(): Promise<{ readonly token: string }> {
    const email = this.newEmail();
    await this.site.ask('POST', '/v1/accounts', { email, password: PASSWORD });
    return { token: tokenIn(await this.site.mail(email)) };
  }

  /** Two seats of a new showtime, held by a new guest where no session is given. */
  async held(by?: string) {
    const [showtimeId, session] = [await this.showtime(), by ?? (await sign(`guest:${randomUUID()}`))];
    const { hold } = await this.post<{ hold: HoldView }>(
      `/v1/showtimes/${showtimeId}/holds`,
      { seats: ['R1-1', 'R1-2'] },
      session,
    );
    return { showtimeId, session, hold };
  }

  async booked(by?: string) {
    const { showtimeId, session, hold } = await this.held(by);
    const order = { holdId: hold.id, payment: { method: 'test' }, price: hold.price };
    const { booking } = await this.post<{ booking: BookingView }>(
      `/v1/showtimes/${showtimeId}/bookings`,
      order,
      session,
    );
    return { showtimeId, session, booking };
  }
}
