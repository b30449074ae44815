import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_COMMANDS } from '../../../src/ops/ctl/api/commands.js';
import { runCtl } from '../../../src/ops/ctl/run-ctl.js';

interface Reply {
  readonly status: number;
  readonly body: object | string;
}

const FOUND = {
  showtimeId: '0191d0c4-7e70-7c3e-8a62-3f1f6a1a2b3c',
  booking: {
    id: '0191d0c4-7e70-7c3e-8a62-3f1f6a1a2b3d',
    reference: '7KQ2MRX4TDA',
    status: 'confirmed',
    seats: ['K-12', 'K-13'],
    price: { amount: 2_450, currency: 'EUR' },
  },
};

/** A server that answers what it was told to, in turn; the last answer stays. */
let server: Server;
let url: string;
let replies: Reply[];
let asked: IncomingMessage[];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    const { status, body } = (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 500, body: '' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : type }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  replies = [{ status: 200, body: FOUND }];
  asked = [];
});

async function ctl(argv: readonly string[], environment: Record<string, string> = { USHER_URL: url }) {
  let out = '';
  let err = '';
  const code = await runCtl(argv, {
    environment,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const problem = (status: number, code: string, more: object = {}): Reply => ({
  status,
  body: {
    ...{ type: `/problems/${code}`, title: code, status, code, detail: 'It is so.', retryable: false },
    ...{ outcome: 'not-applied', ...more },
  },
});

describe('a command over HTTP', () => {
  it('asks the server of the environment with its key, and prints for people', async () => {
    const { code, out, err } = await ctl(['booking', 'find', '7kq2m/rx4tda'], {
      USHER_URL: `${url}/`,
      USHER_API_KEY: 'usk_live_abc',
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('7KQ2MRX4TDA is confirmed: K-12, K-13 for 24.50 EUR.');
    expect(asked[0]?.url).toBe('/v1/bookings/7kq2m%2Frx4tda');
    expect(asked[0]?.headers.authorization).toBe('Bearer usk_live_abc');
  });

  it('takes both from options as well, and prints JSON for programs', async () => {
    const argv = ['booking', 'find', '7KQ2MRX4TDA', '--url', url, '--key', 'usk_live_b', '--json'];
    const { code, out } = await ctl(argv, {});
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(FOUND);
    expect(asked[0]?.headers.authorization).toBe('Bearer usk_live_b');
  });

  it('tries again what a busy server did not do, when the server says so', async () => {
    replies = [
      problem(429, 'rate_limited', { retryable: true, retryAfterMs: 20 }),
      problem(503, 'unavailable', { retryable: true, retryAfterMs: 20 }),
      { status: 200, body: FOUND },
    ];
    expect((await ctl(['booking', 'find', '7KQ2MRX4TDA'])).code).toBe(0);
    expect(asked).toHaveLength(3);
  });

  it('never tries again what may have been done', async () => {
    replies = [problem(503, 'outcome_unknown', { retryable: true, outcome: 'unknown', retryAfterMs: 20 })];
    expect((await ctl(['booking', 'find', '7KQ2MRX4TDA'])).code).toBe(4);
    expect(asked).toHaveLength(1);
  });

  it.each([
    [401, 'unauthorized', 3, 'Set USHER_API_KEY'],
    [403, 'forbidden', 3, 'lacks the permission'],
    [404, 'unknown_booking', 1, 'prices: It is so. [unknown_booking]'],
    [409, 'overlapping', 1, 'It is so.'],
    [412, 'stale', 1, 'Run the command again'],
    [400, 'invalid_field', 2, 'prices: It is so. [invalid_field]'],
  ])('turns %i into an exit code and a sentence to act on', async (status, errorCode, exitCode, sentence) => {
    replies = [problem(status, errorCode, { field: 'prices' })];
    const { code, out, err } = await ctl(['booking', 'find', '7KQ2MRX4TDA', '--json']);
    expect(code).toBe(exitCode);
    expect(err).toContain(sentence);
    expect(err.trim()).not.toContain('\n');
    expect(JSON.parse(out)).toMatchObject({ error: { code: errorCode, status } });
  });

  it('says so where the address is no server, or another one', async () => {
    const nobody = await ctl(['booking', 'find', 'x'], { USHER_URL: 'http://127.0.0.1:1' });
    expect(nobody.code).toBe(4);
    expect(nobody.err).toContain('http://127.0.0.1:1 cannot be reached');
    replies = [{ status: 404, body: '<html>Not here</html>' }];
    const other = await ctl(['booking', 'find', 'x']);
    expect(other.code).toBe(4);
    expect(other.err).toContain('no answer of Usher');
  });

  it.each([
    [['booking', 'find'], '<reference> is missing'],
    [['booking', 'find', 'a', 'b'], '"b" is too much'],
    [['booking', 'find', 'a', '--colour', 'red'], "Unknown option '--colour'"],
    [['booking', 'find', 'a', '--url', 'localhost'], '"localhost" is no address'],
    [['booking', 'find', 'a', '--key', 'two words'], 'The API key has characters'],
    [['booking', 'lose', 'a'], 'There is no command "booking lose"'],
    [['help', 'no', 'thing'], 'There is no command "no thing"'],
  ])('%j is refused before anything is sent', async (argv, sentence) => {
    const { code, out, err } = await ctl(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).not.toContain('two words');
    expect(asked).toEqual([]);
  });
});

describe('ctl help', () => {
  it('names every command, and what each exit code means', async () => {
    const { code, out } = await ctl(['help']);
    expect(code).toBe(0);
    for (const { words } of API_COMMANDS) expect(out).toContain(`  ${words} `);
    expect(out).toContain('Exit codes: 0');
    expect((await ctl(['--help'])).out).toBe(out);
    const long = out.split('\n').filter((line) => line.length > 132);
    expect(long).toEqual([]);
  });

  it('explains each command, by help and by --help', async () => {
    for (const { words, options = {} } of API_COMMANDS) {
      const { code, out } = await ctl(['help', ...words.split(' ')]);
      expect(code).toBe(0);
      for (const name of Object.keys(options)) expect(out, words).toContain(`--${name}`);
      expect((await ctl([...words.split(' '), '--help'])).out).toBe(out);
    }
  });

  it('lists a group of commands', async () => {
    expect((await ctl(['help', 'booking'])).out).toContain('booking find <reference>');
  });
});
