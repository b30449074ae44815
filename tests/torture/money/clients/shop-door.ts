import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, type MoneyTally } from './money-tally.js';

// biome-ignore lint/suspicious/noExplicitAny: an answer is read by whoever asked.
type Json = any;

export interface DoorAnswer {
  readonly status: number;
  readonly json: Json;
}

const ANSWER_MS_MAX = 5_000;
const PAUSE_MS = 250;
/** Then it is left open, as buyers do who go away. */
const GIVE_UP_MS = 20_000;

/** The HTTP API, each try at another node, with the same Idempotency-Key until there is an answer. */
export class ShopDoor {
  readonly #urls: readonly string[];
  readonly #random: () => number;
  readonly #tally: MoneyTally;
  #isClosed = false;

  constructor(urls: readonly string[], random: () => number, tally: MoneyTally) {
    this.#urls = urls;
    this.#random = random;
    this.#tally = tally;
  }

  /** Undefined: nobody knows what became of it. */
  async ask(
    session: string,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<DoorAnswer | undefined> {
    const key = randomUUID();
    const giveUpAt = performance.now() + GIVE_UP_MS;
    for (let tries = 0; performance.now() < giveUpAt && !this.#isClosed; tries++) {
      if (tries > 0) this.#tally.repeats++;
      try {
        const answer = await this.#try(
          method,
          path,
          { ...headers, authorization: `Bearer ${session}`, 'idempotency-key': key },
          body,
        );
        if (isDecided(answer)) {
          this.#tally.answers++;
          // Sometimes the answer is lost on its way: then it is asked again, and is the same.
          if (method === 'GET' || this.#random() > LOST_SHARE) return answer;
        } else count(this.#tally.refusals, `${answer.json.code} (asked again)`);
      } catch {
        this.#tally.lostAnswers++;
      }
      await sleep(PAUSE_MS * (1 + this.#random()));
    }
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #try(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: object | undefined,
  ): Promise<DoorAnswer> {
    const url = this.#urls[Math.floor(this.#random() * this.#urls.length)];
    const response = await fetch(`${url}${path}`, {
      method,
      headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return {
      status: response.status,
      json: { ...((await response.json()) as object), etag: response.headers.get('etag') },
    };
  }
}

const LOST_SHARE = 0.04;

/** Refusals are decided; what the server cannot say now (5xx), or does not want to hear now (429), is asked again. */
function isDecided({ status }: DoorAnswer): boolean {
  return status < 500 && status !== 429;
}
