import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSite, type Site } from '../accounts/people.js';
import { LiveClient } from '../gateway/live-client.js';
import { sign } from '../gateway/sign.js';
import { type Received, Receiver } from './receiver.js';

interface Added {
  readonly id: string;
  readonly secret: string;
}
interface Shown {
  readonly enabled: boolean;
  readonly disabledReason: string | null;
}
interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly state: string;
  readonly tries: number;
  readonly lastStatus: number | null;
  readonly lastFailure: string | null;
}

let site: Site;
let receiver: Receiver;
let token: string;

async function open(environment: Record<string, string> = {}): Promise<void> {
  site = await openSite({ WEBHOOKS_ALLOW_PRIVATE: 'true', ...environment });
}
beforeEach(async () => {
  receiver = await Receiver.open();
  token = await sign('user:admin', { role: 'admin' });
});
afterEach(async () => {
  await site.close();
  await receiver.close();
});

async function add(topics: readonly string[], url = receiver.url): Promise<Added> {
  const body = { url, topics, email: 'ops@example.org' };
  const { status, json } = await site.ask<Added>('POST', '/v1/webhook-endpoints', body, { token });
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
}

async function deliveries(endpointId: string, query = ''): Promise<readonly Delivery[]> {
  const path = `/v1/webhook-endpoints/${endpointId}/deliveries${query}`;
  return (await site.ask<{ deliveries: Delivery[] }>('GET', path, undefined, { token })).json.deliveries;
}

async function until<Value>(read: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`It stayed ${JSON.stringify(value)}.`);
    await sleep(20);
  }
}

/** By the library of the specification, as a receiver does it. */
function verify(secret: string, { headers, body }: Received): { type: string; data: Record<string, unknown> } {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as never;
}

async function holdAndBook(): Promise<void> {
  const client = await LiveClient.join(site.stage.liveUrl());
  const held = await client.call({ type: 'best_available', count: 2 });
  const holdId = held.ok ? held.hold?.id : undefined;
  const booked = await client.call({ type: 'book', holdId, payment: { method: 'test' } });
  const bookingId = booked.ok ? booked.booking?.id : undefined;
  expect(await client.call({ type: 'cancel', bookingId })).toMatchObject({ ok: true });
  await client.close();
}

async function outbox(topic: string, payload: object): Promise<void> {
  await site.stage.pool.query('INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ($1, $2, $3)', [
    topic,
    `test:${randomUUID()}`,
    payload,
  ]);
}

describe('an endpoint', () => {
  it('is told what happens to seats, signed as the library of the specification verifies', async () => {
    await open();
    await holdAndBook();
    const { secret } = await add(['hold.created', 'hold.ended', 'booking.created', 'booking.cancelled']);
    await holdAndBook();
    const received = await receiver.wait(3);
    await sleep(1_200);
    // Nothing of before it subscribed; and a booked hold has not ended.
    expect([...receiver.topics].sort()).toEqual(['booking.cancelled', 'booking.created', 'hold.created']);
    for (const one of received) {
      const { data } = verify(secret, one);
      expect(data).toMatchObject({ showtimeId: site.stage.showtimeId, channel: 'web' });
      expect(data['seats']).toHaveLength(2);
      expect((data['seats'] as string[])[0]).toMatch(/^R\d+-\d+$/);
    }
    expect(() => verify(secret, { ...received[0]!, body: `${received[0]!.body} ` })).toThrow();
  });

  it('is told what comes by the outbox, once, though the event is handled again', async () => {
    await open();
    const { secret } = await add(['showtime.cancelled']);
    await outbox('showtime.cancelled', { showtimeId: site.stage.showtimeId });
    await outbox('showtime.changed', { showtimeId: site.stage.showtimeId });
    const [one] = await receiver.wait(1);
    expect(verify(secret, one!)).toMatchObject({
      type: 'showtime.cancelled',
      data: { showtimeId: site.stage.showtimeId },
    });
    await sleep(700);
    expect(receiver.topics).toEqual(['showtime.cancelled']);
  });

  it('that has two secrets gets both signatures, and with no overlap only the new one', async () => {
    await open();
    const { id, secret } = await add(['showtime.changed']);
    const rotate = async (overlapSeconds: number) =>
      (await site.ask<Added>('POST', `/v1/webhook-endpoints/${id}/secrets`, { overlapSeconds }, { token })).json.secret;
    const second = await rotate(600);
    await site.ask('POST', `/v1/webhook-endpoints/${id}/test`, undefined, { token });
    const [both] = await receiver.wait(1);
    expect(verify(secret, both!).type).toBe('webhook_endpoint.test');
    expect(verify(second, both!).type).toBe('webhook_endpoint.test');
    const third = await rotate(0);
    await site.ask('POST', `/v1/webhook-endpoints/${id}/test`, undefined, { token });
    const only = (await receiver.wait(2))[1]!;
    expect(verify(third, only).type).toBe('webhook_endpoint.test');
    expect(() => verify(second, only)).toThrow();
    const { rows } = await site.stage.pool.query<{ sealed: Buffer }>('SELECT sealed FROM boxoffice.webhook_secrets');
    for (const { sealed } of rows) {
      expect(sealed.includes(Buffer.from(third.slice(6), 'base64'))).toBe(false);
    }
    const shown = await site.ask('GET', `/v1/webhook-endpoints/${id}`, undefined, { token });
    expect(JSON.stringify(shown.json)).not.toContain('whsec_');
  });
});

describe('a message that is not taken', () => {
  it('is sent again under the same id, and as a dead letter by hand', async () => {
    await open();
    receiver.answer = (response) => response.writeHead(500).end('no');
    const { id } = await add(['showtime.changed']);
    await outbox('showtime.changed', { showtimeId: site.stage.showtimeId });
    await receiver.wait(1);
    const [failed] = await until(
      () => deliveries(id),
      ([one]) => one?.lastStatus === 500,
    );
    expect(failed).toMatchObject({ state: 'pending', tries: 1, lastFailure: 'status' });
    // A day later.
    await site.stage.pool.query('UPDATE boxoffice.webhook_deliveries SET try_after = now(), tries = 10');
    const [dead] = await until(
      () => deliveries(id, '?state=dead'),
      (all) => all.length === 1,
    );
    receiver.answer = (response) => response.writeHead(200).end('yes');
    const replayed = await site.ask('POST', `/v1/webhook-deliveries/${dead!.id}/replay`, undefined, { token });
    expect(replayed).toMatchObject({ status: 202, json: { state: 'pending' } });
    await receiver.wait(3);
    await until(
      () => deliveries(id, '?state=delivered'),
      (all) => all.length === 1,
    );
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([dead!.messageId]));
  });

  it('does not follow a redirect', async () => {
    await open();
    const inside = await Receiver.open();
    receiver.answer = (response) => response.writeHead(307, { location: inside.url }).end();
    const { id } = await add(['showtime.changed']);
    await site.ask('POST', `/v1/webhook-endpoints/${id}/test`, undefined, { token });
    const [failed] = await until(
      () => deliveries(id),
      ([one]) => one?.lastStatus === 307,
    );
    expect(failed).toMatchObject({ lastFailure: 'redirected', state: 'pending' });
    expect(inside.received).toEqual([]);
    await inside.close();
  });

  it('switches the endpoint off after long enough, and tells its owner by the outbox', async () => {
    await open({ JOBS: 'true', WEBHOOKS_FAILING_HOURS: '0.0001' });
    receiver.answer = (response) => response.writeHead(503).end();
    const { id } = await add(['showtime.changed']);
    const others = await Receiver.open();
    await add(['webhook_endpoint.disabled'], others.url);
    for (let n = 0; n < 6; n++) {
      await sleep(100);
      await outbox('showtime.changed', { showtimeId: site.stage.showtimeId });
    }
    await receiver.wait(5);
    const shown = await until(
      async () => {
        await site.stage.pool.query(
          "UPDATE boxoffice.webhook_deliveries SET try_after = now() WHERE state = 'pending'",
        );
        return (await site.ask<Shown>('GET', `/v1/webhook-endpoints/${id}`, undefined, { token })).json;
      },
      ({ enabled }) => enabled === false,
    );
    expect(shown).toMatchObject({ disabledReason: 'failing' });
    await others.wait(1);
    expect(others.topics).toEqual(['webhook_endpoint.disabled']);
    await until(
      () => deliveries(id, '?state=pending'),
      (all) => all.length === 0,
    );
    await others.close();
  });

  it('with 410 switches the endpoint off at once', async () => {
    await open();
    receiver.answer = (response) => response.writeHead(410).end();
    const { id } = await add(['showtime.changed']);
    await site.ask('POST', `/v1/webhook-endpoints/${id}/test`, undefined, { token });
    const read = async () => (await site.ask<Shown>('GET', `/v1/webhook-endpoints/${id}`, undefined, { token })).json;
    expect(await until(read, ({ enabled }) => enabled === false)).toMatchObject({ disabledReason: 'gone' });
    const on = await site.ask('PATCH', `/v1/webhook-endpoints/${id}`, { enabled: true }, { token, ifMatch: '*' });
    expect(on.json).toMatchObject({ enabled: true, disabledReason: null });
  });
});

it('an endpoint that answers slowly delays no other', async () => {
  await open({ WEBHOOKS_PER_ENDPOINT: '2' });
  const waiting: (() => void)[] = [];
  receiver.answer = (response) => waiting.push(() => response.writeHead(204).end());
  const quick = await Receiver.open();
  await add(['showtime.changed']);
  await add(['showtime.changed'], quick.url);
  for (let n = 0; n < 12; n++) await outbox('showtime.changed', { showtimeId: site.stage.showtimeId });
  await quick.wait(12);
  expect(receiver.received).toHaveLength(2);
  receiver.answer = (response) => response.writeHead(204).end();
  for (const end of waiting) end();
  await receiver.wait(12);
  await quick.close();
});

it('a node sends nothing to the own network unless it was told that it may', async () => {
  await open({ WEBHOOKS_ALLOW_PRIVATE: 'false' });
  for (const host of ['127.0.0.1', '[::1]', '0x7f000001', '[::ffff:127.0.0.1]', '169.254.169.254']) {
    const { id } = await add(['showtime.changed'], `http://${host}:${receiver.port}/hooks`);
    await site.ask('POST', `/v1/webhook-endpoints/${id}/test`, undefined, { token });
    const [one] = await until(
      () => deliveries(id),
      ([first]) => first?.lastFailure !== null && first !== undefined,
    );
    expect(one, host).toMatchObject({ lastFailure: 'private_address', lastStatus: null });
  }
  expect(receiver.received).toEqual([]);
});

it('a URL with a user, a fragment or another scheme is refused by its name', async () => {
  await open();
  for (const url of ['ftp://example.org', 'http://a:b@example.org', 'https://example.org/#x', 'example.org', '']) {
    const body = { url, topics: ['showtime.changed'], email: 'ops@example.org' };
    const refused = await site.ask('POST', '/v1/webhook-endpoints', body, { token });
    expect(refused, url).toMatchObject({ status: 400, code: 'invalid_field', json: { field: 'url' } });
  }
});
