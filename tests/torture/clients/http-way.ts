import { setTimeout as sleep } from 'node:timers/promises';
import { type Told, type Wish, wasDecided } from '../checker/history.js';
import type { Recorder } from './recorder.js';
import { type Answer, toldBy, UNKNOWN } from './told.js';
import type { Way } from './way.js';

const ANSWER_MS_MAX = 3_000;
const PAUSE_MS = 250;
/** Then it is left open: such histories are to be judged as well. */
const TRIES_MAX = 40;

/** By HTTP, each try at another node, with the same Idempotency-Key until there is an answer. */
export class HttpWay implements Way {
  readonly name: string;
  readonly #urls: readonly string[];
  readonly #showtime: string;
  readonly #recorder: Recorder;
  readonly #random: () => number;
  #session: string | undefined;
  #answeredBy: number | undefined;
  #isClosed = false;

  constructor(name: string, urls: readonly string[], showtime: string, recorder: Recorder, random: () => number) {
    this.name = name;
    this.#urls = urls;
    this.#showtime = showtime;
    this.#recorder = recorder;
    this.#random = random;
  }

  async perform(wish: Wish, commandId: string): Promise<Told> {
    const session = await this.#signIn();
    if (session === undefined) return { phase: 'fail', error: 'unavailable' };
    let uncertain = false;
    let told: Told = UNKNOWN;
    for (let tries = 0; tries < TRIES_MAX && !this.#isClosed; tries++) {
      const op = this.#recorder.invoke(this.name, this.#showtime, commandId, wish);
      told = await this.#try(wish, commandId, session).catch(() => UNKNOWN);
      this.#recorder.answered(this.name, op, told);
      if (wasDecided(told)) break;
      uncertain ||= told.phase === 'unknown';
      await sleep(PAUSE_MS * (1 + this.#random()));
    }
    return told.phase !== 'ok' && uncertain ? { ...told, phase: 'unknown' } : told;
  }

  /** The token of its holder, once it has one. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Which of the URLs answered last. */
  get answeredBy(): number | undefined {
    return this.#answeredBy;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #signIn(): Promise<string | undefined> {
    for (let tries = 0; tries < TRIES_MAX && !this.#isClosed && this.#session === undefined; tries++) {
      const answer = await this.#fetch('POST', '/v1/sessions').catch(() => undefined);
      if (answer?.status === 201) this.#session = ((await answer.json()) as { session: string }).session;
      else await sleep(PAUSE_MS);
    }
    return this.#session;
  }

  async #try(wish: Wish, commandId: string, session: string): Promise<Told> {
    const [method, path, body] = requestOf(wish);
    const headers = { authorization: `Bearer ${session}`, 'idempotency-key': commandId };
    const answer = await this.#fetch(method, `/v1/showtimes/${this.#showtime}${path}`, headers, body);
    const content = (await answer.json()) as NonNullable<Answer['error']> & Omit<Answer, 'ok' | 'error'>;
    return toldBy(answer.ok ? { ...content, ok: true } : { ok: false, error: content });
  }

  async #fetch(method: string, path: string, headers: Record<string, string> = {}, body?: object): Promise<Response> {
    const node = Math.floor(this.#random() * this.#urls.length);
    const answer = await fetch(`${this.#urls[node]}${path}`, {
      method,
      headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    this.#answeredBy = node;
    return answer;
  }
}

function requestOf({ f, seats, count, holdId, bookingId, price }: Wish): readonly [string, string, object?] {
  switch (f) {
    case 'hold':
    case 'hold_many':
      return ['POST', '/holds', { seats }];
    case 'best_available':
      return ['POST', '/best-available', { count }];
    case 'release':
      return ['DELETE', `/holds/${holdId}${seats ? `?seats=${seats.join(',')}` : ''}`];
    case 'extend':
      return ['POST', `/holds/${holdId}/extend`];
    case 'book':
      return ['POST', '/bookings', { holdId, payment: { method: 'test' }, price }];
    case 'cancel':
      return ['POST', `/bookings/${bookingId}/cancel`];
  }
}
