import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClientFrame } from '../../src/protocol/read-client-frame.js';
import { hall } from '../integration/gateway/hall.js';
import { type LightNode, openLightNode } from '../integration/gateway/light-node.js';
import { LiveClient } from '../integration/gateway/live-client.js';

/** The largest frame that is looked at. */
const BYTES = 16 * 1024;
/** What one frame may keep all others waiting: it took 3 ms at most where this was written. */
const FRAME_MS_MAX = 25;

const text = (from: string, unit: string, to = '') =>
  Buffer.from(from + unit.repeat(Math.floor((BYTES - from.length - to.length) / Buffer.byteLength(unit))) + to);
const binary = (unit: readonly number[]) =>
  Buffer.concat(Array(Math.floor(BYTES / unit.length)).fill(Buffer.from(unit)));
const command = (fields: string) => `{"id":1,"commandId":"${randomUUID()}",${fields}`;

const FRAMES: Readonly<Record<string, readonly [Buffer, boolean]>> = {
  'lists in lists': [text('', '['), false],
  'lists in lists that end': [Buffer.from(`${'['.repeat(BYTES / 2)}${']'.repeat(BYTES / 2)}`), false],
  'objects in objects': [text('', '{"a":'), false],
  'a field a thousand times': [text(command('"type":"hold"'), ',"seats":[]', '}'), false],
  'a thousand fields': [
    Buffer.from(`${command('"type":"hold"')},${Array.from({ length: 1_500 }, (_, i) => `"k${i}":1`).join(',')}}`),
    false,
  ],
  'thousands of seats': [text(command('"type":"hold","seats":["a"'), ',"a"', ']}'), false],
  'thousands of seats that are none': [text(command('"type":"hold","seats":[1'), ',{}', ']}'), false],
  'a number without an end': [text(command('"type":"best_available","count":'), '9', '}'), false],
  'a fraction without an end': [text(command('"type":"best_available","count":0.'), '1', '}'), false],
  'a label of escapes': [text(command('"type":"hold","seats":["'), '\\u0000', '"]}'), false],
  'a remark that ends wrongly': [text(command('"type":"block","seats":["a"],"reason":"'), 'a', '\\u0000"}'), false],
  'a type of invisible letters': [text('{"type":"', '\u202e', '"}'), false],
  'a UUID that nearly ends': [text(command('"type":"extend","holdId":"'), '0-', '"}'), false],
  'a token of dots': [text('{"type":"hello","token":"', '.', '"}'), false],
  prototypes: [text('', '{"__proto__":'), false],
  'packed lists in lists': [binary([0x91]), true],
  'packed lists of many': [binary([0xdc, 0x40, 0x00]), true],
  'packed lists of a billion': [binary([0xdd, 0x40, 0x00, 0x00, 0x00]), true],
  'packed maps of many': [binary([0xde, 0x40, 0x00]), true],
  'packed texts of a billion': [binary([0xdb, 0x40, 0x00, 0x00, 0x00]), true],
  'a packed number of 16,000 bytes': [
    Buffer.concat([Buffer.from([0xc8, (BYTES - 4) >> 8, 0xfc, 0x42]), Buffer.alloc(BYTES - 4, 0xff)]),
    true,
  ],
  'packed records': [binary([0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]), true],
  'packed references to themselves': [binary([0xd6, 0x69, 0, 0, 0, 1, 0x91]), true],
  'packed patterns': [binary([0xc7, 0x0a, 0x78, 0x92, 0xa7, ...Buffer.from('(a+)++$'), 0xa0]), true],
};

/** The best of three: what the frame costs, and not what else this machine does. */
function costMs(frame: Buffer, isBinary: boolean): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const bytes = new ArrayBuffer(frame.length);
      new Uint8Array(bytes).set(frame);
      const startedAt = performance.now();
      const read = readClientFrame(bytes, isBinary);
      const ms = performance.now() - startedAt;
      expect(JSON.stringify(read).length).toBeLessThan(2 * BYTES);
      return ms;
    }),
  );
}

describe('reading the largest frame that is allowed', () => {
  it.each(Object.entries(FRAMES))('of %s costs little', (_what, [frame, isBinary]) => {
    expect(frame.length).toBeGreaterThan(BYTES / 2);
    expect(frame.length).toBeLessThanOrEqual(BYTES);
    expect(costMs(frame, isBinary)).toBeLessThan(FRAME_MS_MAX);
  });

  it('that defined something leaves nothing behind for the next frame, of whomever', () => {
    const bytes = (values: readonly number[]) => new Uint8Array(values).buffer;
    const record = [0xd4, 0x72, 0x40, 0x92, 0xa4, ...Buffer.from('type'), 0xa2, ...Buffer.from('id')];
    readClientFrame(bytes([...record, 0xa4, ...Buffer.from('ping'), 7]), true);
    expect(readClientFrame(bytes([0x40, 0xa4, ...Buffer.from('ping'), 9]), true)).toMatchObject({ ok: false });
    expect(({} as { type?: string }).type).toBeUndefined();
  });
});

describe('a node', () => {
  let node: LightNode;
  beforeAll(async () => {
    node = await openLightNode({ map: hall(60, 60), limits: { messagesPerSecond: 5, socketsMax: 1_000 } });
  });
  afterAll(() => node.close());

  it('that three sockets flood with the worst of these answers another, and sends the three away', async () => {
    const flooders = await Promise.all(Array.from({ length: 3 }, () => LiveClient.join(node.liveUrl())));
    const other = await LiveClient.join(node.liveUrl());
    const frames = Object.values(FRAMES);
    for (const flooder of flooders) {
      for (let i = 0; i < 150; i++) {
        const [frame, isBinary] = frames[i % frames.length] ?? [];
        flooder.socket.send(frame ?? '', { binary: isBinary });
      }
    }
    const startedAt = performance.now();
    await other.call({ type: 'ping', commandId: undefined });
    const waitedMs = performance.now() - startedAt;
    const codes = await Promise.all(flooders.map(async (flooder) => (await flooder.closed).code));
    await other.close();
    expect(codes).toEqual([4100, 4100, 4100]);
    // 100 ms where nothing else runs. Were a frame's cost not in proportion to its length, it would be minutes.
    expect(waitedMs).toBeLessThan(3_000);
  });

  it('keeps an idle guest in less than 24 KiB, and lets go of what it kept when they leave', async () => {
    const guests = 500;
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapKiB = () => {
      collect();
      return process.memoryUsage().heapUsed / 1024;
    };
    await expect.poll(() => node.gateway.sockets).toBe(0);
    // The clients live in this process too: the bound is on both ends of a socket together.
    const before = heapKiB();
    const sockets: LiveClient[] = [];
    for (let i = 0; i < guests; i += 100) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => LiveClient.join(node.liveUrl())))));
    }
    const each = (heapKiB() - before) / guests;
    expect(node.gateway.sockets).toBe(guests);
    await Promise.all(sockets.map((socket) => socket.close()));
    await expect.poll(() => node.gateway.sockets).toBe(0);
    expect(each).toBeLessThan(24);
  });
});
