import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { nodeTimers } from '../../../src/adapters/node-timers.js';
import { drainNode } from '../../../src/composition/drain-node.js';
import { Session } from '../../../src/gateway/live/session.js';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { silentLog } from '../../silent-log.js';
import { hall, seatsOf } from './hall.js';
import { openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';
import { openStage } from './stage.js';

it('[MOVE-4] a node that drains answers what it took, says goodbye to everybody, and keeps what it said', async () => {
  const stage = await openStage();
  const live = stage.liveUrl();
  const [client, watching, silent] = await Promise.all([
    LiveClient.join(live),
    LiveClient.join(live),
    LiveClient.open(live),
  ]);
  const first = await client.call({ type: 'hold', seats: ['R1-1'] });
  for (let id = 100; id < 110; id++) {
    client.send({ type: 'hold', id, commandId: randomUUID(), seats: ['R2-1'] });
    client.send({ type: 'release', id: id + 100, commandId: randomUUID(), holdId: randomUUID() });
  }
  await sleep(5);
  await stage.node.stop();
  for (const one of [client, watching, silent]) expect((await one.closed).code).toBe(CLOSE.draining);
  const replies = client.messages.filter((message) => message.type === 'reply');
  expect(replies.map((reply) => reply.id)).toContain(100);
  const { rows } = await stage.pool.query('SELECT seat_index FROM usher.hold_seats ORDER BY seat_index');
  const acknowledged = replies.flatMap((reply) => (reply.ok && reply.hold ? reply.hold.seats : []));
  expect(acknowledged.length).toBe(rows.length);
  expect(first).toMatchObject({ ok: true });
  // Nobody listens any more; a second stop changes nothing.
  await expect(LiveClient.open(live)).rejects.toThrow('ECONNREFUSED');
  await stage.close();
});

it('[MOVE-4] whoever is greeting or joining when a node drains is sent to another node, not left waiting', async () => {
  const node = await openLightNode();
  const [greeting, live] = await Promise.all([LiveClient.open(node.liveUrl()), LiveClient.join(node.liveUrl())]);
  node.journal.holdBack();
  const asked = live.call({ type: 'hold', seats: ['R1-1'] });
  await sleep(20);
  node.gateway.stopListening();
  const drained = node.directory.drain();
  expect((await greeting.closed).code).toBe(CLOSE.draining);
  // Who watches stays until its replies are out.
  expect(await live.call({ type: 'hold', seats: ['R1-2'] })).toMatchObject({
    error: { code: 'moving', outcome: 'not-applied' },
  });
  node.journal.letGo();
  expect(await asked).toMatchObject({ ok: true });
  await drained;
  expect((await live.closed).code).toBe(CLOSE.draining);
  expect(live.messages.at(-1)).toMatchObject({ type: 'delta', changes: [[0, 'held']] });
  await node.close();
});

type LightNode = Awaited<ReturnType<typeof openLightNode>>;

/** Takes a client that stopped reading, and sends it more than the kernels of both sides keep. */
async function slowReader(node: LightNode): Promise<LiveClient> {
  const staff = await LiveClient.join(node.liveUrl(), { token: await sign('staff', { role: 'staff' }) });
  const slow = await LiveClient.join(node.liveUrl());
  slow.socket.pause();
  // It is taken out of the stream when so much waits for it in uWebSockets.js.
  const conflate = vi.spyOn(Session.prototype, 'conflate');
  for (let round = 0; conflate.mock.calls.length === 0; round++) {
    const type = round % 2 === 0 ? 'block' : 'unblock';
    await Promise.all(Array.from({ length: 50 }, (_, row) => staff.call({ type, seats: seatsOf(row + 1, 1, 100) })));
  }
  conflate.mockRestore();
  await staff.close();
  return slow;
}

const drain = ({ gateway, directory }: LightNode, ms: number) =>
  drainNode({ leave: async () => {}, gateway, directory, timers: nodeTimers, log: silentLog }, ms);

it('[MOVE-4] who reads slowly reads everything up to the goodbye, and only then is the node gone', async () => {
  const node = await openLightNode({ map: hall(50, 100), actorLimits: { changesPerDeltaMax: 1 } });
  const slow = await slowReader(node);
  const drained = drain(node, 10_000);
  await sleep(300);
  expect(node.gateway.sockets).toBe(1);
  slow.socket.resume();
  expect((await slow.closed).code).toBe(CLOSE.draining);
  expect(slow.gaps).toBe(0);
  await drained;
});

it('[MOVE-4] who never reads is waited for until the time is over', async () => {
  const node = await openLightNode({ map: hall(50, 100), actorLimits: { changesPerDeltaMax: 1 } });
  const slow = await slowReader(node);
  const startedAt = performance.now();
  await drain(node, 500);
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThan(900);
  expect(tookMs).toBeLessThan(4_000);
  expect(node.gateway.sockets).toBe(0);
  slow.socket.terminate();
});

it('whoever still waits when everything is cut is cut, and what comes of it later goes nowhere', async () => {
  const node = await openLightNode();
  const token = await sign('waiting');
  const client = await LiveClient.join(node.liveUrl(), { token });
  node.journal.holdBack();
  client.send({ type: 'hold', id: 1, commandId: randomUUID(), seats: ['R1-1'] });
  const request = fetch(node.httpUrl('/holds'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
    body: JSON.stringify({ seats: ['R2-1'] }),
  }).catch(() => 'cut');
  const actor = node.directory.running(node.showtimeId);
  // Both are to be waiting by then, also where the machine is busy.
  await sleep(200);
  node.gateway.close();
  expect(await request).toBe('cut');
  expect((await client.closed).code).toBe(1006);
  expect(actor?.own('waiting').holds).toEqual([]);
  node.journal.letGo();
  await expect.poll(() => actor?.own('waiting').holds.length).toBe(2);
  await node.directory.drain();
});

it('a port that is taken is told in a sentence, and nothing is left running', async () => {
  const stage = await openStage();
  await expect(openStage({ PORT: String(stage.port) })).rejects.toThrow(`Port ${stage.port} of 127.0.0.1 is taken`);
  const client = await LiveClient.join(stage.liveUrl());
  expect(await client.call({ type: 'hold', seats: seatsOf(1, 1, 2) })).toMatchObject({ ok: true });
  await client.close();
  await stage.close();
});

it('[FENCE-5] whoever watches what the node may have lost is told nothing of it, and looks elsewhere', async () => {
  let isConfirmed = true;
  const node = await openLightNode({ confirmed: () => isConfirmed, limits: { heartbeatMs: 50 } });
  const live = await LiveClient.join(node.liveUrl());
  isConfirmed = false;
  expect((await live.closed).code).toBe(CLOSE.epochChanged);
  // Nor is anybody let in to it.
  const late = await LiveClient.open(node.liveUrl());
  late.send({ type: 'hello' });
  expect((await late.closed).code).toBe(CLOSE.overloaded);
  expect(late.messages.map(({ type }) => type)).toEqual(['error']);
  await node.close();
});
