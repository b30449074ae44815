import { pack } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../../src/adapters/redis/frame-reader.js';
import { FrameWriter, PART_BYTES_MAX } from '../../../src/adapters/redis/frame-writer.js';

const text = (parts: number, letter = 'x') => letter.repeat(PART_BYTES_MAX * parts - 100);

describe('the frames of a link', () => {
  test('a small payload is one frame that any MessagePack library reads', () => {
    const [frame, ...rest] = new FrameWriter().write({ a: 1, left: undefined });
    expect(rest).toEqual([]);
    expect(frame).toEqual(Buffer.from([0x81, 0xa1, 0x61, 0x01]));
  });

  test('a large one comes in parts, of two senders at once too', () => {
    const reader = new FrameReader(() => 0);
    const [a, b] = [new FrameWriter().write(text(3, 'a')), new FrameWriter().write(text(3, 'b'))];
    expect([a.length, b.length]).toEqual([3, 3]);
    const read = a.flatMap((frame, i) => [reader.read('c', frame), reader.read('c', b[i]!)]);
    expect(read).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      { payload: text(3, 'a') },
      { payload: text(3, 'b') },
    ]);
  });

  test.each([
    ['the first', [1, 2]],
    ['one in the middle', [0, 2]],
    ['the last', [0, 1]],
  ])('where %s part is lost, so is the message, and the next one is read', (_, arriving) => {
    const reader = new FrameReader(() => 0);
    const writer = new FrameWriter();
    const frames = writer.write(text(3));
    expect(arriving.map((i) => reader.read('c', frames[i]!))).toEqual([undefined, undefined]);
    const next = writer.write(text(2, 'n')).map((frame) => reader.read('c', frame));
    expect(next).toEqual([undefined, { payload: text(2, 'n') }]);
  });

  test('the last part of one message does not complete another of the same length', () => {
    const reader = new FrameReader(() => 0);
    const writer = new FrameWriter();
    const [first, second] = [writer.write(text(2, 'a')), writer.write(text(2, 'b'))];
    reader.read('c', first[0]!);
    expect(reader.read('c', second[1]!)).toBeUndefined();
    expect(reader.read('c', first[1]!)).toBeUndefined();
  });

  test('what nobody finishes is let go after a while', () => {
    let now = 0;
    const reader = new FrameReader(() => now);
    const frames = new FrameWriter().write(text(2));
    reader.read('c', frames[0]!);
    now = 9_999;
    reader.sweep();
    now = 10_000;
    reader.sweep();
    expect(reader.read('c', frames[1]!)).toBeUndefined();
  });

  test('what is unfinished has a bound: past it the one that waits longest is lost', () => {
    const reader = new FrameReader(() => 0);
    const started = Array.from({ length: 140 }, () => new FrameWriter().write(text(2)));
    for (const frames of started) reader.read('c', frames[0]!);
    const finished = started.map((frames) => reader.read('c', frames[1]!) !== undefined);
    // 32 MiB hold 127 parts of 256 KiB with their headers.
    expect(finished.filter(Boolean)).toHaveLength(127);
    expect(finished.slice(-127).every(Boolean)).toBe(true);
  });

  test.each([
    ['text', Buffer.from('hello')],
    ['half a message', pack({ a: [1, 2, 3] }).subarray(0, 4)],
    ['a part without anything in it', Buffer.alloc(17, 0xc1)],
    ['nothing', Buffer.alloc(0)],
  ])('%s is no frame', (_, garbage) => {
    const reader = new FrameReader(() => 0);
    expect(() => reader.read('c', garbage)).toThrow();
    expect(reader.read('c', Buffer.from(pack({ sound: true })))).toEqual({ payload: { sound: true } });
  });
});
