import { describe, expect, it } from 'vitest';
import { readShowtimeId } from '../../../src/gateway/showtime-id.js';
import { TokenBucket } from '../../../src/gateway/token-bucket.js';
import { Origins } from '../../../src/http/origins.js';

describe('origins', () => {
  const origins = new Origins(['https://tickets.example', 'http://localhost:5173']);

  it.each([
    ['', 'node.example', true],
    ['https://tickets.example', 'node.example', true],
    ['http://localhost:5173', 'node.example', true],
    ['https://node.example', 'node.example', true],
    ['https://node.example', 'Node.Example', true],
    ['http://node.example:8080', 'node.example:8080', true],
    ['http://node.example:8080', 'node.example', false],
    ['http://[::1]:8080', '[::1]:8080', true],
    ['https://tickets.example:444', 'node.example', false],
    ['http://tickets.example', 'node.example', false],
    ['https://tickets.example.evil.example', 'node.example', false],
    ['https://evil.example', 'node.example', false],
    ['null', 'node.example', false],
    ['null', 'null', false],
    ['file://', '', false],
    ['data:', '', false],
    ['not an origin', 'not an origin', false],
  ])('%j at %j: %s', (origin, host, allowed) => {
    expect(origins.allows(origin, host)).toBe(allowed);
  });

  it('are all allowed by a star, and none but our own by an empty list', () => {
    expect(new Origins(['*']).allows('https://evil.example', 'node.example')).toBe(true);
    expect(new Origins(['*']).allows('null', 'node.example')).toBe(true);
    expect(new Origins([]).allows('https://evil.example', 'node.example')).toBe(false);
  });
});

describe('a showtime id', () => {
  it('is a UUID in small letters, or nothing', () => {
    expect(readShowtimeId('0190AAAA-0000-7000-8000-00000000ABCD')).toBe('0190aaaa-0000-7000-8000-00000000abcd');
    const wrong = [
      undefined,
      '',
      'x',
      '%00',
      '0190aaaa00007000800000000000abcd',
      '0190aaaa-0000-7000-8000-00000000abcd\n',
    ];
    for (const text of wrong) expect(readShowtimeId(text)).toBeUndefined();
  });
});

describe('a token bucket', () => {
  it('takes twice the rate at once, then the rate, and says how long to wait', () => {
    const bucket = new TokenBucket(10, 0);
    for (let i = 0; i < 20; i++) expect(bucket.take(0)).toBe(0);
    expect(bucket.take(0)).toBe(200);
    expect(bucket.take(0)).toBe(300);
    expect(bucket.take(250)).toBe(150);
    expect(bucket.take(250 + 150)).toBe(0);
  });

  it('takes whoever waits as told', () => {
    const bucket = new TokenBucket(7, 0);
    let now = 0;
    for (let i = 0; i < 1_000; i++) {
      const waitMs = bucket.take(now);
      expect(waitMs).toBeLessThan(1_000);
      if (waitMs > 0) {
        now += waitMs;
        expect(bucket.take(now)).toBe(0);
      }
    }
  });

  it('calls it a flood after five seconds’ worth of refused messages, and forgives in time', () => {
    const bucket = new TokenBucket(10, 0);
    for (let i = 0; i < 70; i++) expect(bucket.take(0)).not.toBe(Number.POSITIVE_INFINITY);
    expect(bucket.take(0)).toBe(Number.POSITIVE_INFINITY);
    expect(bucket.take(60_000)).toBe(0);
  });

  it('never has more than a burst, however long nothing comes', () => {
    const bucket = new TokenBucket(5, 0);
    const taken = Array.from({ length: 12 }, () => bucket.take(1e9)).filter((waitMs) => waitMs === 0);
    expect(taken).toHaveLength(10);
  });
});
