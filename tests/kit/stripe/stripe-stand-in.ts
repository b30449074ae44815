import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispute, type Intent, StripeLedger } from './stripe-ledger.js';
import { type Form, type Ruled, StripeRules, stripeError } from './stripe-rules.js';
import { StripeWebhooks, type WebhookWays } from './stripe-webhooks.js';

const FAULTS = [
  ...(['slow', 'lost_answer', 'no_answer', 'error', 'busy'] as const),
  ...(['late', 'twice', 'never', 'other_sum'] as const),
] as const;
export type Fault = (typeof FAULTS)[number];

export interface StandInOptions {
  /** That webhooks are signed with. */
  readonly secret: string;
  /** Absent: no webhook is sent before `control` says where to. */
  readonly webhookUrl?: string;
  readonly port?: number;
  /** Keeps the state over a crash. */
  readonly file?: string;
  readonly random?: () => number;
}

export interface Control {
  readonly webhookUrl?: string;
  /** In its place: each event goes to one of them, at random. */
  readonly webhookUrls?: readonly string[];
  /** Events wait for up to so long, and so overtake each other. */
  readonly webhookDelayMsMax?: number;
  /** The share of requests that have each fault. */
  readonly faults?: Readonly<Partial<Record<Fault, number>>>;
  /** Of the next requests that change something, one each. */
  readonly next?: readonly Fault[];
  readonly lateMs?: number;
  readonly settleRefunds?: 'succeeded' | 'failed';
  /** A first one opens a dispute about the payment, a second one closes it. */
  readonly dispute?: { readonly intent: string; readonly status: Dispute['status'] };
  /** Asks for refunds are turned away for now. */
  readonly refundsBusy?: boolean;
}

const SLOW_MS = 2_400;

/** A server that answers as Stripe's does, remembers, tells, and lies when it is told to. */
export class StripeStandIn {
  readonly ledger: StripeLedger;
  readonly #rules: StripeRules;
  readonly #options: StandInOptions;
  readonly #ways: WebhookWays;
  readonly #webhooks: StripeWebhooks;
  readonly #server: Server;
  readonly #underWay = new Set<string>();
  /** The faults of what an event is about. */
  readonly #faultsOf = new Map<string, ReadonlySet<Fault>>();
  #current: ReadonlySet<Fault> = new Set();
  #control: Control = {};
  #next: Fault[] = [];
  #isClosed = false;

  private constructor(options: StandInOptions) {
    this.#options = options;
    this.ledger = new StripeLedger(options.file);
    this.#ways = { urls: options.webhookUrl === undefined ? [] : [options.webhookUrl], delayMsMax: 0 };
    this.#webhooks = new StripeWebhooks(this.ledger, options.secret, this.#ways, options.random ?? Math.random);
    this.#rules = new StripeRules(this.ledger, (type, object, of) => this.#tell(type, object, of));
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(options: StandInOptions): Promise<StripeStandIn> {
    const standIn = new StripeStandIn(options);
    await new Promise<void>((resolve) => standIn.#server.listen(options.port ?? 0, '127.0.0.1', resolve));
    standIn.#webhooks.resume();
    for (const intent of standIn.ledger.intents.values()) {
      if (intent.status === 'processing') standIn.#rules.pay(intent, new Set());
    }
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  control(control: Control): void {
    this.#control = { ...this.#control, ...control };
    if (control.webhookUrl !== undefined) this.#ways.urls = [control.webhookUrl];
    if (control.webhookUrls) this.#ways.urls = control.webhookUrls;
    if (control.webhookDelayMsMax !== undefined) this.#ways.delayMsMax = control.webhookDelayMsMax;
    if (control.next) this.#next.push(...control.next);
    if (control.settleRefunds) this.#rules.settleRefunds(control.settleRefunds);
    if (control.dispute) this.#rules.dispute(control.dispute.intent, control.dispute.status);
  }

  /** An event as it would be sent, signed now or at another time. */
  signed(event: object, atMs?: number): { readonly body: string; readonly signature: string } {
    return this.#webhooks.signed(event, atMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#webhooks.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stripe');
    if (pathname === '/ledger') return answer(response, { status: 200, body: this.ledger.read() });
    if (pathname === '/control') {
      this.control(JSON.parse(text) as Control);
      return answer(response, { status: 200, body: {} });
    }
    if (!this.#mayAsk(request, pathname, new URLSearchParams(text))) {
      return answer(response, stripeError(401, 'invalid_request_error', 'api_key_invalid'));
    }
    if (request.method !== 'POST') return answer(response, this.#read(pathname, searchParams));
    const form = Object.fromEntries(new URLSearchParams(text));
    const faults = this.#drawFaults();
    // It does nothing, and remembers nothing: the same request can be sent again.
    if (faults.has('busy') || (this.#control.refundsBusy && pathname === '/v1/refunds')) {
      return answer(response, stripeError(429, 'invalid_request_error', 'rate_limit'));
    }
    const ruled = this.ledger.together(() =>
      this.#once(request.headers['idempotency-key'], `${pathname}?${text}`, () => this.#change(pathname, form, faults)),
    );
    if (faults.has('no_answer')) return;
    if (faults.has('slow')) await sleep(SLOW_MS);
    if (faults.has('lost_answer')) {
      response.writeHead(ruled.status, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{');
      response.socket?.destroy();
    } else answer(response, ruled);
  }

  /** A secret key may do everything. A publishable one, which browsers have, confirms the payment whose secret it shows. */
  #mayAsk({ method, headers: { authorization = '' } }: IncomingMessage, path: string, form: URLSearchParams): boolean {
    if (/^Bearer [sr]k_test_/.test(authorization)) return true;
    const [, intent] = /^\/v1\/payment_intents\/(\w+)\/confirm$/.exec(path) ?? [];
    if (!authorization.startsWith('Bearer pk_test_') || method !== 'POST' || intent === undefined) return false;
    return this.ledger.intents.get(intent)?.client_secret === form.get('client_secret');
  }

  #drawFaults(): ReadonlySet<Fault> {
    const next = this.#next.shift();
    if (next !== undefined) return new Set([next]);
    const random = this.#options.random ?? Math.random;
    return new Set(FAULTS.filter((fault) => random() < (this.#control.faults?.[fault] ?? 0)));
  }

  /** docs.stripe.com/api/idempotent_requests: the first answer is kept, also a declined one and a 500; of a conflict none is. */
  #once(key: string | string[] | undefined, params: string, change: () => Ruled): Ruled {
    if (typeof key !== 'string') return change();
    const kept = this.ledger.answers.get(key);
    if (kept && kept.params !== params) return stripeError(400, 'idempotency_error', 'idempotency_key_in_use');
    if (kept) return kept;
    if (this.#underWay.has(key)) return stripeError(409, 'idempotency_error', 'idempotency_key_in_use');
    this.#underWay.add(key);
    const ruled = change();
    this.#underWay.delete(key);
    this.ledger.put('answer', { key, params, status: ruled.status, body: structuredClone(ruled.body) });
    return ruled;
  }

  #change(path: string, form: Form, faults: ReadonlySet<Fault>): Ruled {
    const [, , resource, id = '', verb] = path.split('/');
    this.#current = faults;
    const ruled = this.#ruledBy(`${resource}/${verb ?? (id === '' ? 'create' : 'other')}`, id, form, faults);
    const { id: of, status } = ruled.body as Partial<Intent>;
    if (faults.has('late') && status === 'processing' && of !== undefined) this.#payLater(of, faults);
    // It is done all the same.
    return faults.has('error') ? stripeError(500, 'api_error', 'internal') : ruled;
  }

  #ruledBy(what: string, id: string, form: Form, faults: ReadonlySet<Fault>): Ruled {
    if (what === 'payment_intents/create') return this.#rules.create(form, faults);
    if (what === 'payment_intents/confirm') return this.#rules.confirm(id, form, faults);
    if (what === 'payment_intents/cancel') return this.#rules.cancel(id);
    if (what === 'payment_intents/buyer') return this.#rules.buyer(id, form);
    if (what === 'refunds/create') return this.#rules.refund(form);
    return stripeError(404, 'invalid_request_error', 'resource_missing');
  }

  #payLater(id: string, faults: ReadonlySet<Fault>): void {
    setTimeout(() => {
      const intent = this.ledger.intents.get(id);
      this.#current = faults;
      if (intent?.status === 'processing' && !this.#isClosed) this.#rules.pay(intent, faults);
    }, this.#control.lateMs ?? 5_000).unref();
  }

  #read(path: string, query: URLSearchParams): Ruled {
    const [, , resource, id] = path.split('/');
    const list = (data: readonly object[], object: string) => ({
      status: 200,
      body: { object, data, has_more: false, url: path },
    });
    if (resource === 'payment_intents' && id === 'search') {
      const [, name = '', value] = /^metadata\['(\w+)'\]:'([^']*)'$/.exec(query.get('query') ?? '') ?? [];
      return list(
        [...this.ledger.intents.values()].filter(({ metadata }) => metadata[name] === value),
        'search_result',
      );
    }
    if (resource === 'refunds' && id === undefined) {
      const of = query.get('payment_intent');
      return list(
        [...this.ledger.refunds.values()].filter((refund) => refund.payment_intent === of),
        'list',
      );
    }
    const body = (resource === 'refunds' ? this.ledger.refunds : this.ledger.intents).get(id ?? '');
    return body ? { status: 200, body } : stripeError(404, 'invalid_request_error', 'resource_missing');
  }

  #tell(type: string, object: object, of: string): void {
    const faults = new Set([...this.#current, ...(this.#faultsOf.get(of) ?? [])]);
    this.#faultsOf.set(of, faults);
    this.#webhooks.tell(type, object, faults.has('never') ? 0 : faults.has('twice') ? 2 : 1);
  }
}

function answer(response: ServerResponse, { status, body }: Ruled): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': `req_${randomUUID().slice(0, 8)}` });
  response.end(JSON.stringify(body));
}
