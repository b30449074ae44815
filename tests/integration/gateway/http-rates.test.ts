import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ HTTP_REQUESTS_PER_SECOND: '30', MESSAGES_PER_SECOND: '5', PROXY_HOPS: '1' });
});
afterAll(() => stage.close());

/** As our one proxy would pass it on, with what the client says of itself in front. */
const from = (address: string) => ({ 'x-forwarded-for': `203.0.113.250, ${address}` });

async function hold(holder: string, address: string): Promise<Response> {
  return await fetch(stage.httpUrl('/holds'), {
    method: 'POST',
    body: JSON.stringify({ seats: ['Z-1'] }),
    headers: {
      ...from(address),
      authorization: `Bearer ${await sign(holder)}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
  });
}

it('[HTTP-4] an address past its rate is told when to come again; another, and the health of the node, are not touched', async () => {
  const ask = (address: string, path = '/v1/movies') =>
    fetch(`http://127.0.0.1:${stage.port}${path}`, { headers: from(address) });
  const answers = await Promise.all(Array.from({ length: 90 }, () => ask('198.51.100.1')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(refused[0]?.headers.get('content-type')).toBe('application/problem+json');
  expect(await refused[0]?.json()).toMatchObject({ code: 'rate_limited', status: 429, retryable: true });
  expect((await ask('198.51.100.2')).status).toBe(200);
  expect((await ask('198.51.100.1', '/healthz')).status).toBe(200);
});

it('[HTTP-4] a holder past their rate is refused from whatever address, and others hold on', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => hold('greedy', `198.51.100.${10 + i}`)));
  const codes = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { code: string }).code));
  expect(codes).toContain('rate_limited');
  expect(codes).toContain('unknown_seat');
  expect(((await (await hold('modest', '198.51.100.99')).json()) as { code: string }).code).toBe('unknown_seat');
});
