import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { hall, seatsOf } from './hall.js';
import { openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';

const ROWS = 50;

/** Blocks or unblocks every row, of a hundred seats each, so many times. */
async function rush(staff: LiveClient, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const type = round % 2 === 0 ? 'block' : 'unblock';
    const calls = Array.from({ length: ROWS }, (_, row) => staff.call({ type, seats: seatsOf(row + 1, 1, 100) }));
    const replies = await Promise.all(calls);
    expect(replies.every((reply) => reply.ok)).toBe(true);
  }
}

it.each(['json', 'msgpack'] as const)(
  '[STREAM-10] who reads slowly (%s) is taken out of the stream, and goes on from one snapshot',
  async (encoding) => {
    const node = await openLightNode({ map: hall(ROWS, 100), actorLimits: { changesPerDeltaMax: 50 } });
    const staff = await LiveClient.join(node.liveUrl(), { token: await sign('staff', { role: 'staff' }) });
    const slow = await LiveClient.join(node.liveUrl(), { encoding });
    slow.socket.pause();
    // More than the kernel keeps for a socket that is not read: some 4 MB of the 10.
    await rush(staff, 200);
    const published = staff.seq;
    slow.send({ type: 'hold', id: 77, commandId: randomUUID(), seats: ['R1-1'] });
    await expect.poll(() => staff.picture.startsWith('1')).toBe(true);
    slow.socket.resume();
    await expect.poll(() => slow.seq, { timeout: 10_000 }).toBe(node.directory.running(node.showtimeId)?.seq);
    await staff.reach(slow.seq);
    expect(slow.picture).toBe(staff.picture);
    // The snapshot of the start, and one for each time that it fell behind; a delta in between would be a gap.
    expect(slow.gaps).toBe(0);
    expect(slow.snapshots).toBe(2);
    const deltas = slow.messages.filter((message) => message.type === 'delta').length;
    expect(deltas).toBeLessThan(published * 0.9);
    const replies = slow.messages.filter((message) => message.type === 'reply');
    expect(replies).toMatchObject([{ id: 77, ok: true }]);
    const holdId = replies[0]?.ok ? replies[0].hold?.id : undefined;
    expect(await slow.call({ type: 'release', holdId })).toMatchObject({ ok: true });
    await rush(staff, 2);
    // Replies come before deltas, so the clients may still be a step behind the house.
    const { seq = 0 } = node.directory.running(node.showtimeId) ?? {};
    await Promise.all([slow.reach(seq), staff.reach(seq)]);
    expect(slow.picture).toBe(staff.picture);
    expect([slow.gaps, slow.snapshots]).toEqual([0, 2]);
    await Promise.all([slow.close(), staff.close()]);
    await node.close();
  },
);

it('[SESSION-9] who asks and asks but never reads is sent away, and can read every reply up to the goodbye', async () => {
  const node = await openLightNode({ map: hall(ROWS, 100) });
  const client = await LiveClient.join(node.liveUrl());
  client.socket.pause();
  let id = 0;
  while (node.gateway.sockets === 1 && id < 100_000) {
    for (let i = 0; i < 500; i++)
      client.send({ type: 'extend', id: ++id, commandId: randomUUID(), holdId: randomUUID() });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(node.gateway.sockets).toBe(0);
  client.socket.resume();
  expect((await client.closed).code).toBe(CLOSE.tooSlow);
  const replies = client.messages.filter((message) => message.type === 'reply');
  expect(replies.length).toBeGreaterThan(1_000);
  expect(replies.map((reply) => reply.id)).toEqual(replies.map((_, i) => i + 1));
  await node.close();
});
