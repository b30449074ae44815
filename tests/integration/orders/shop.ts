import { randomUUID } from 'node:crypto';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

export interface Answer {
  readonly status: number;
  readonly json: ReturnType<typeof JSON.parse>;
}

/** A node whose showtime is bought from over HTTP. */
export class Shop {
  readonly stage: Stage;

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  /** @param through see `StageOptions` */
  static async open(
    environment: Record<string, string> = {},
    through?: (databaseUrl: string) => Promise<string>,
  ): Promise<Shop> {
    const settings = { MESSAGES_PER_SECOND: '5000', SINGLE_GAP: 'off', ...environment };
    return new Shop(await openStage(settings, through ? { through } : {}));
  }

  async close(): Promise<void> {
    await this.stage.close();
  }

  async guest(): Promise<string> {
    return await sign(`guest:${randomUUID()}`);
  }

  async staff(): Promise<string> {
    return await sign('user:staff', { role: 'admin' });
  }

  async send(
    method: string,
    path: string,
    session: string,
    body?: object,
    key: string = randomUUID(),
  ): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.stage.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${session}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, json: await response.json() };
  }

  /** Holds seats; those of the hall are R1-1 … R4-20. */
  async hold(session: string, seats: readonly string[], showtimeId = this.stage.showtimeId) {
    const { json } = await this.send('POST', `/v1/showtimes/${showtimeId}/holds`, session, { seats });
    if (!json.hold) throw new Error(JSON.stringify(json));
    return { showtimeId, holdId: json.hold.id as string };
  }

  /** An order of seats that nobody has yet. */
  async order(session: string, seats: readonly string[], more: object = {}, key?: string): Promise<Answer> {
    const hold = await this.hold(session, seats);
    const quote = await this.send('POST', '/v1/orders/quote', session, { holds: [hold] });
    return await this.send('POST', '/v1/orders', session, { holds: [hold], total: quote.json.total, ...more }, key);
  }

  async seat(label: string): Promise<string> {
    const { json } = await this.send('GET', `/v1/showtimes/${this.stage.showtimeId}/seats`, await this.guest());
    return json.seats?.[label] ?? JSON.stringify(json).slice(0, 200);
  }
}

/** Repeats until it holds. */
export async function eventually<Value>(
  ask: () => Promise<Value | undefined | false>,
  withinMs = 15_000,
): Promise<Value> {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== false) return value as Value;
    if (Date.now() > until) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
