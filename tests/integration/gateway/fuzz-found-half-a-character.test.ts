import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';

/** U+DFFF, alone, as if it were a character: what no UTF-8 has. */
const HALF = Buffer.from([0xed, 0xbf, 0xbf]);

it('a seat that was named by half a character is told in MessagePack as text that any reader takes', async () => {
  const node = await openLightNode();
  const client = await LiveClient.join(node.liveUrl(), { encoding: 'msgpack' });
  const frames: Buffer[] = [];
  client.socket.on('message', (data: Buffer) => frames.push(data));
  // In JSON, which can say half a character: an escape.
  client.socket.send(JSON.stringify({ type: 'hold', id: 7, commandId: randomUUID(), seats: ['x\udfff'] }));
  await expect.poll(() => client.messages.some((message) => message.type === 'reply')).toBe(true);
  const reply = client.messages.find((message) => message.type === 'reply');
  expect(frames.filter((frame) => frame.includes(HALF))).toEqual([]);
  expect(reply).toMatchObject({
    id: 7,
    ok: false,
    error: { code: 'unknown_seat', conflicts: [{ seat: 'x\ufffd', reason: 'unknown' }] },
  });
  await client.close();
  await node.close();
});
