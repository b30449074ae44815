import { describe, expect, it } from 'vitest';
import type { Part } from '../../../src/gateway/parts.js';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { expectSound, openAsker, readProblem, TRANSPORTS } from './askers.js';
import { type LightNode, openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';

const PAYMENT = { method: 'test' };

/** A node on which parts may be switched off and on again, as an operator does. */
async function openNode(): Promise<LightNode & { readonly off: Set<Part> }> {
  const off = new Set<Part>();
  return { ...(await openLightNode({ isOn: (part) => !off.has(part) })), off };
}

const sessions = (node: LightNode) => fetch(`http://127.0.0.1:${node.port}/v1/sessions`, { method: 'POST' });

describe.each(TRANSPORTS)('with best_available off, over %s', (transport) => {
  it('[OFF-1] the search is unavailable for a while, and choosing, adding, extending, releasing and booking go on', async () => {
    const node = await openNode();
    const asker = await openAsker(transport, node, node.showtimeId, await sign('me'));
    const found = await asker.ask({ type: 'best_available', count: 2 });
    expect(found.hold?.seats).toHaveLength(2);
    node.off.add('best_available');
    const { error } = await asker.ask({ type: 'best_available', count: 2 });
    expect(error).toMatchObject({ code: 'unavailable', outcome: 'not-applied', retryAfterMs: 5_000 });
    const holdId = found.hold?.id;
    expect((await asker.ask({ type: 'hold', seats: ['R4-20'], holdId })).hold?.seats).toHaveLength(3);
    expect((await asker.ask({ type: 'extend', holdId })).hold?.extensionsLeft).toBe(0);
    const spare = await asker.ask({ type: 'hold', seats: ['R3-1'] });
    expect((await asker.ask({ type: 'release', holdId: spare.hold?.id })).seats).toEqual(['R3-1']);
    expect((await asker.ask({ type: 'book', holdId, payment: PAYMENT })).booking?.seats).toHaveLength(3);
    node.off.delete('best_available');
    expect((await asker.ask({ type: 'best_available', count: 1 })).hold?.seats).toHaveLength(1);
    await asker.close();
    await node.close();
  });
});

describe('with new_sessions off', () => {
  it('[OFF-2] a hello without a token, and a new session over HTTP, are unavailable for a while', async () => {
    const node = await openNode();
    node.off.add('new_sessions');
    const client = await LiveClient.open(node.liveUrl());
    client.send({ type: 'hello' });
    const { error } = await client.next('error');
    expectSound(error);
    expect(error).toMatchObject({ code: 'unavailable', retryAfterMs: 5_000 });
    expect((await client.closed).code).toBe(CLOSE.overloaded);
    const refused = await sessions(node);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await readProblem(refused)).code).toBe('unavailable');
    node.off.delete('new_sessions');
    expect((await sessions(node)).status).toBe(201);
    await (await LiveClient.join(node.liveUrl())).close();
    await node.close();
  });

  it('[OFF-2] who has a session gets in with it, an old one is prolonged, and its hold is sold', async () => {
    const node = await openNode();
    const before = await LiveClient.join(node.liveUrl());
    const held = await before.call({ type: 'hold', seats: ['R1-1'] });
    await before.close();
    node.off.add('new_sessions');
    const again = await LiveClient.join(node.liveUrl(), { token: before.token });
    expect(again.welcome?.holder).toBe(before.welcome?.holder);
    const holdId = held.ok ? held.hold?.id : undefined;
    expect(await again.call({ type: 'book', holdId, payment: PAYMENT })).toMatchObject({ ok: true });
    const aged = await sign('guest:old', { role: 'guest', expiresAt: Date.now() / 1000 + 60 });
    const prolonged = await LiveClient.join(node.liveUrl(), { token: aged });
    expect(prolonged.token).not.toBe(aged);
    await Promise.all([again.close(), prolonged.close()]);
    await node.close();
  });
});

describe('with http_commands off', () => {
  it('[OFF-3] commands over HTTP are unavailable for a while, reads are not, and a hold made there is booked on a socket', async () => {
    const node = await openNode();
    const token = await sign('me');
    const http = await openAsker('HTTP', node, node.showtimeId, token);
    const { hold } = await http.ask({ type: 'hold', seats: ['R1-1'] });
    node.off.add('http_commands');
    const commands = [
      { type: 'hold', seats: ['R1-2'] },
      { type: 'best_available', count: 1 },
      { type: 'extend', holdId: hold?.id },
      { type: 'book', holdId: hold?.id, payment: PAYMENT },
      { type: 'release', holdId: hold?.id },
    ];
    for (const command of commands) {
      const { error } = await http.ask(command);
      expect(error, command.type).toMatchObject({ code: 'unavailable', outcome: 'not-applied', retryAfterMs: 5_000 });
    }
    expect((await fetch(node.httpUrl('/seats'))).status).toBe(200);
    expect((await sessions(node)).status).toBe(201);
    const own = await fetch(node.httpUrl('/own'), { headers: { authorization: `Bearer ${token}` } });
    expect(await own.json()).toMatchObject({ holds: [{ id: hold?.id, seats: ['R1-1'] }] });
    const live = await openAsker('WebSocket in JSON', node, node.showtimeId, token);
    expect((await live.ask({ type: 'book', holdId: hold?.id, payment: PAYMENT })).booking?.seats).toEqual(['R1-1']);
    await live.close();
    node.off.delete('http_commands');
    expect((await http.ask({ type: 'hold', seats: ['R1-2'] })).hold?.seats).toEqual(['R1-2']);
    await node.close();
  });
});

it('[OFF-4] with everything off an open map stays live: deltas, snapshots and those who come back', async () => {
  const node = await openNode();
  const [watcher, buyer] = [await LiveClient.join(node.liveUrl()), await LiveClient.join(node.liveUrl())];
  for (const part of ['best_available', 'new_sessions', 'http_commands'] as const) node.off.add(part);
  expect(await buyer.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
  await watcher.reach(1);
  expect(watcher.picture).toMatch(/^10/);
  await watcher.close();
  expect(await buyer.call({ type: 'hold', seats: ['R1-2'] })).toMatchObject({ ok: true });
  const back = await LiveClient.join(node.liveUrl(), { after: watcher });
  await back.reach(2);
  expect([back.welcome?.recovered, back.gaps, back.picture.slice(0, 3)]).toEqual([true, 0, '110']);
  await Promise.all([back.close(), buyer.close()]);
  await node.close();
});
