import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DirectNodeLink } from '../../src/adapters/direct/direct-node-link.js';
import { acceptLinks, connectLink, linkKey } from '../../src/adapters/direct/link-tls.js';
import { KIND, PACKET_BYTES_MAX, packed } from '../../src/adapters/direct/packets.js';
import { FaultyWay } from '../redis/faulty-way.js';
import { recordingLog } from '../redis/recording-log.js';

const KEY = linkKey('usher', 'a secret of thirty-two characters or more');
const WAIT = { timeout: 10_000, interval: 10 };

const { log, take } = recordingLog('warn', 'error');
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  take();
});

async function node(name: string, options: { key?: typeof KEY; address?: string } = {}) {
  const { key = KEY, address } = options;
  const link = await DirectNodeLink.open({ host: '127.0.0.1', port: 0, key, log, address });
  ends.push(() => link.close());
  const heard: unknown[] = [];
  await link.receive(name, (payload) => void heard.push(payload));
  return { link, heard, as: { id: name, link: link.address } };
}

const portOf = (address: string) => Number(address.split(':')[1]);

test('two nodes with one key reach each other; one of them knows the other by its connection alone', async () => {
  const [a, b] = [await node('a'), await node('b')];
  a.link.meet([b.as]);
  await vi.waitFor(() => expect(a.link.isMutual('b') && b.link.isMutual('a')).toBe(true), WAIT);
  a.link.send('b', 1);
  b.link.send('a', 2);
  await vi.waitFor(() => expect([b.heard, a.heard]).toEqual([[1], [2]]), WAIT);
});

test('what is sent while the connection is made arrives, in its order', async () => {
  const [a, b] = [await node('a'), await node('b')];
  a.link.meet([b.as]);
  for (let i = 0; i < 5; i++) a.link.send('b', i);
  expect(a.link.reaches('b')).toBe(false);
  await vi.waitFor(() => expect(b.heard).toEqual([0, 1, 2, 3, 4]), WAIT);
});

test.each([
  ['another secret', linkKey('usher', 'another secret of thirty-two characters')],
  ['another cluster', linkKey('matinee', 'a secret of thirty-two characters or more')],
])('%s lets nobody in, in either direction', async (_, key) => {
  const [a, b] = [await node('a'), await node('b', { key })];
  a.link.meet([b.as]);
  b.link.meet([a.as]);
  a.link.send('b', 'to b');
  b.link.send('a', 'to a');
  await sleep(500);
  expect([a.link.reaches('b'), b.link.reaches('a'), a.heard, b.heard]).toEqual([false, false, [], []]);
});

test('the secret is in no byte that is sent, nor is what is said', async () => {
  const [a, b] = [await node('a'), await node('b')];
  const seen: Buffer[] = [];
  const tap = createServer((from) => {
    const to = connect(portOf(b.link.address), '127.0.0.1');
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.on('data', (chunk: Buffer) => {
        seen.push(chunk);
        other.write(chunk);
      });
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve));
  ends.push(() => tap.close());
  a.link.meet([{ id: 'b', link: `127.0.0.1:${(tap.address() as AddressInfo).port}` }]);
  a.link.send('b', 'a sentence that stands in no packet');
  await vi.waitFor(() => expect(b.heard).toHaveLength(1), WAIT);
  const all = Buffer.concat(seen);
  expect(all.includes(KEY.secret)).toBe(false);
  expect(all.includes('a sentence')).toBe(false);
});

test('who speaks no TLS, or says nothing, is cut off in bounded time, and nothing is harmed', async () => {
  const a = await node('a');
  const port = portOf(a.link.address);
  const talker = connect(port, '127.0.0.1');
  talker.on('error', () => {});
  talker.resume();
  talker.write('GET / HTTP/1.1\r\n\r\n');
  const silent = connect(port, '127.0.0.1');
  silent.on('error', () => {});
  silent.resume();
  await Promise.all([once(talker, 'close'), once(silent, 'close')]);
  const b = await node('b');
  b.link.meet([a.as]);
  await vi.waitFor(() => expect(b.link.reaches('a')).toBe(true), WAIT);
}, 15_000);

describe('one who has the key, and says rubbish,', () => {
  async function guest(port: number): Promise<TLSSocket> {
    const socket = connectLink(KEY, '127.0.0.1', port);
    socket.on('error', () => {});
    ends.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  }
  const tooLong = Buffer.alloc(4);
  tooLong.writeUInt32BE(PACKET_BYTES_MAX + 1);

  test.each([
    ['announces more than a packet may have', tooLong],
    ['sends what is no packet', Buffer.from([0, 0, 0, 1, 0xc1])],
    ['sends a packet with a topic that is none', packed([KIND.follow, 1, { no: 'text' }])],
    ['names a topic without end', packed([KIND.publish, 'x'.repeat(10_000), 1])],
  ])('%s: it is cut off, the log says it, and the others go on', async (_, bytes) => {
    const a = await node('a');
    const socket = await guest(portOf(a.link.address));
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
    expect(take()).toEqual(['A link received bytes that are no packet.']);
    const b = await node('b');
    b.link.meet([a.as]);
    await vi.waitFor(() => expect(b.link.reaches('a')).toBe(true), WAIT);
  });

  test('a packet of a kind that is not known is passed over', async () => {
    const a = await node('a');
    const socket = await guest(portOf(a.link.address));
    socket.write(Buffer.concat([packed([99, 'of a later version']), packed([KIND.send, 'a', 'understood'])]));
    await vi.waitFor(() => expect(a.heard).toEqual(['understood']), WAIT);
    expect(take()).toEqual([]);
  });
});

test('another node that took over the address is not taken for the one that had it', async () => {
  const [a, b] = [await node('a'), await node('b')];
  a.link.meet([{ id: 'who was there before', link: b.link.address }]);
  await vi.waitFor(() => expect(b.link.reaches('a')).toBe(true), WAIT);
  expect([a.link.reaches('who was there before'), a.link.reaches('b')]).toEqual([false, true]);
});

describe('a way that breaks', () => {
  async function far() {
    const b = await node('b');
    const way = await FaultyWay.to(portOf(b.link.address));
    ends.push(() => way.stop());
    const a = await node('a');
    a.link.meet([{ id: 'b', link: way.url.replace('redis://', '') }]);
    b.link.meet([a.as]);
    await vi.waitFor(() => expect(a.link.isMutual('b') || a.link.reaches('b')).toBe(true), WAIT);
    return { a, b, way };
  }

  test('is made anew when it can be, and what was followed is followed again', async () => {
    const { a, b, way } = await far();
    const heard: unknown[] = [];
    await a.link.follow('topic', (payload) => void heard.push(payload));
    b.link.publish('topic', 1);
    await vi.waitFor(() => expect(heard).toEqual([1]), WAIT);
    way.cut();
    await vi.waitFor(() => expect(a.link.reaches('b')).toBe(false), WAIT);
    b.link.publish('topic', 'lost');
    way.mend();
    await vi.waitFor(() => expect(a.link.reaches('b')).toBe(true), WAIT);
    // Once the other side knows again what is followed.
    await (await a.link.follow('topic', () => {}))();
    b.link.publish('topic', 2);
    await vi.waitFor(() => expect(heard.at(-1)).toBe(2), WAIT);
  }, 20_000);

  test('without a word is found within seconds', async () => {
    const { a, way } = await far();
    way.fallSilent();
    await vi.waitFor(() => expect(a.link.reaches('b')).toBe(false), { timeout: 8_000 });
  }, 20_000);
});

test('a node that does not read costs bounded memory, and the log says that its messages are dropped', async () => {
  const server = acceptLinks(KEY, (socket) => {
    socket.on('error', () => {});
    socket.write(packed([KIND.members, ['slow']]));
    socket.pause();
    ends.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const a = await node('a');
  a.link.meet([{ id: 'slow', link: `127.0.0.1:${(server.address() as AddressInfo).port}` }]);
  await vi.waitFor(() => expect(a.link.reaches('slow')).toBe(true), WAIT);
  const before = process.memoryUsage().arrayBuffers;
  const payload = { bytes: new Uint8Array(1_000_000) };
  for (let i = 0; i < 200; i++) {
    a.link.send('slow', payload);
    if (i % 4 === 0) await sleep(1);
  }
  expect(take()).toEqual(['Another node reads too slowly. Messages to it are dropped.']);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});

test('a node that listens on every address says one at which it is reached', async () => {
  const link = await DirectNodeLink.open({ host: '0.0.0.0', reachedHost: '127.0.0.1', port: 0, key: KEY, log });
  ends.push(() => link.close());
  await link.receive('wide', () => {});
  const a = await node('a');
  a.link.meet([{ id: 'wide', link: link.address }]);
  await vi.waitFor(() => expect(a.link.isMutual('wide')).toBe(true), WAIT);
});

test('a port that is taken is said in a sentence by who listens', async () => {
  const a = await node('a');
  const port = portOf(a.link.address);
  await expect(DirectNodeLink.open({ host: '127.0.0.1', port, key: KEY, log })).rejects.toThrow('EADDRINUSE');
});
