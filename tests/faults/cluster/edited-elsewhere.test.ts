/** What people change at a node that does not run the showtime. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sign } from '../../integration/gateway/sign.js';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';
import { type Heard, Watcher } from './watcher.js';

const SECRET = 'a secret of thirty-two characters or more';
/** Far less than `TERMS_CHECK_MS`: who hears it by then was told. */
const AT_ONCE = { timeout: 3_000, interval: 5 };

let stage: ClusterStage;
let manager: string;
beforeAll(async () => {
  // No public URLs: what lives elsewhere is relayed. No node finds a change by looking for it within this test.
  stage = await openClusterStage(['a', 'b'], { PUBLIC_URL: '', TERMS_CHECK_MS: '600000' });
  manager = await sign('user:manager', { role: 'manager', secret: SECRET });
});
afterAll(() => stage?.close());

async function ask(node: string, method: string, path: string, body?: object, key?: string) {
  const answer = await fetch(`${stage.nodes.get(node)?.url}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${manager}`,
      'if-match': '*',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

const termsOf = ({ heard }: Watcher) => heard.filter(({ type }) => type === 'terms').at(-1)?.['terms'];

test('[TERMS-3] a price, a closed sale and a cancellation reach the owner and all who watch at once', async () => {
  const showtimeId = await stage.openSale(100);
  const labels = await stage.labels(showtimeId);
  await Watcher.open(stage.nodes.get('a')?.url ?? '', showtimeId).then((first) => first.close());
  const owner = await stage.steadyOwnerOf(showtimeId);
  const other = owner === 'a' ? 'b' : 'a';
  const watchers = await Promise.all(
    [owner, other].map((at) => Watcher.open(stage.nodes.get(at)?.url ?? '', showtimeId)),
  );
  const [atOwner] = watchers;
  let id = 0;
  const hold = async (): Promise<Heard> => {
    atOwner?.send({ type: 'hold', id: ++id, commandId: randomUUID(), seats: [labels[id]] });
    return (await atOwner?.reply(id)) ?? { type: 'nothing' };
  };
  const change = async (body: object, told: object) => {
    expect(await ask(other, 'PATCH', `/showtimes/${showtimeId}`, body)).toMatchObject({ status: 200 });
    for (const watcher of watchers) await expect.poll(() => termsOf(watcher), AT_ONCE).toMatchObject(told);
  };
  const before = await hold();
  await change({ prices: { Seat: 4_321 } }, { prices: [{ price: { amount: 4_321 } }] });
  expect(await hold()).toMatchObject({ ok: true, hold: { price: { amount: 4_321 } } });
  expect(before).not.toMatchObject({ hold: { price: { amount: 4_321 } } });
  await change({ salesOpen: false }, { salesOpen: false });
  expect(await hold()).toMatchObject({ ok: false, error: { code: 'sales_closed' } });
  await change({ salesOpen: true }, { salesOpen: true });
  expect(await hold()).toMatchObject({ ok: true });
  const cancelled = await ask(other, 'POST', `/showtimes/${showtimeId}/cancel`, { reason: 'no electricity' });
  expect(cancelled.status).toBe(200);
  for (const watcher of watchers)
    await expect.poll(() => termsOf(watcher), AT_ONCE).toMatchObject({ salesOpen: false, cancelled: true });
  expect(await hold()).toMatchObject({ ok: false });
  // [TERMS-5] All three holds have ended, and their holder was told why.
  const ended = () => atOwner?.heard.filter(({ type }) => type === 'hold_taken_away');
  const cause = 'showtime_cancelled';
  await expect.poll(ended, AT_ONCE).toMatchObject([{ cause }, { cause }, { cause }]);
  const { rows } = await stage.pool.query('SELECT FROM usher.hold_seats WHERE showtime_id = $1', [showtimeId]);
  expect(rows).toEqual([]);
  for (const watcher of watchers) watcher.close();
});

test('what one node added, the other lists within a second, and does not add again', async () => {
  const key = randomUUID();
  const movie = { id: 'two-nodes', title: 'Two Nodes', year: 2020, runtimeMinutes: 90 };
  const found = async (node: string) => (await ask(node, 'GET', '/movies?q=two%20nodes')).json['movies'];
  for (const node of ['a', 'b']) expect(await found(node)).toEqual([]);
  const first = await ask('a', 'POST', '/movies', movie, key);
  expect(first).toMatchObject({ status: 201, json: movie });
  for (const node of ['a', 'b']) await expect.poll(() => found(node), AT_ONCE).toMatchObject([movie]);
  expect(await ask('b', 'POST', '/movies', movie, key)).toEqual(first);
  expect(await ask('b', 'POST', '/movies', { ...movie, year: 2021 }, key)).toMatchObject({
    status: 422,
    json: { code: 'command_reused' },
  });
});
