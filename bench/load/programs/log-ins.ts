/** People who log in again and again, each with one request under way and an address of their own. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveOrders } from '../serve-orders.js';
import { sourceAddress } from '../source-address.js';

export interface LogIns {
  readonly host: string;
  readonly port: number;
  /** One person each. */
  readonly emails: readonly string[];
  readonly password: string;
  readonly ms: number;
}

export interface LoggedIn {
  readonly granted: number;
  /** Refused for now, since too many were logging in. */
  readonly refused: number;
  /** Milliseconds of each that was granted. */
  readonly latencies: Float64Array;
}

/** So that each person comes from an address of their own: `sourceAddress` gives 200 of them the same one. */
const PEOPLE_APART = 200;

const orders = {
  async logIn({ emails, ms, ...target }: LogIns): Promise<LoggedIn> {
    const latencies: number[] = [];
    const until = performance.now() + ms;
    let refused = 0;
    await Promise.all(
      emails.map(async (email, i) => {
        const agent = new Agent({ keepAlive: true, ...sourceAddress(target.host, i * PEOPLE_APART) });
        while (performance.now() < until) {
          const sentAt = performance.now();
          const retryAfterMs = await logIn({ ...target, email, agent });
          if (retryAfterMs === undefined) latencies.push(performance.now() - sentAt);
          else {
            refused++;
            await sleep(Math.min(retryAfterMs, Math.max(0, until - performance.now())));
          }
        }
        agent.destroy();
      }),
    );
    return { granted: latencies.length, refused, latencies: Float64Array.from(latencies) };
  },
};

export type LogInsOrders = typeof orders;
serveOrders(orders);

type One = Pick<LogIns, 'host' | 'port' | 'password'> & { readonly email: string; readonly agent: Agent };

/** Undefined: in. Else after how many milliseconds to try again. @throws Error for every other answer. */
async function logIn({ host, port, password, email, agent }: One): Promise<number | undefined> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ host, port, agent, headers, method: 'POST', path: '/v1/log-ins' }, resolve);
    asked.once('error', reject);
    asked.end(JSON.stringify({ email, password }));
  });
  const body = JSON.parse(await text(answer)) as { readonly accessToken?: string; readonly retryAfterMs?: number };
  if (answer.statusCode === 201 && body.accessToken !== undefined) return undefined;
  if (answer.statusCode === 429) return body.retryAfterMs ?? 0;
  throw new Error(`A log-in was answered by ${answer.statusCode}: ${JSON.stringify(body)}.`);
}
