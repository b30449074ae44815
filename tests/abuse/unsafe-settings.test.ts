import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { developmentSecret } from '../../src/adapters/development-secret.js';
import { readConfig } from '../../src/config.js';
import { SECRET } from '../integration/gateway/sign.js';

const GOOD = 'Qm7x-3kV9_tR5zL1wB8nC4yD6fG2hJ0p';
const production = (more: Record<string, string> = {}) =>
  readConfig({ NODE_ENV: 'production', TOKEN_SECRET: GOOD, ...more });

describe('production', () => {
  it('takes a secret of its operator’s own', () => {
    expect(production().tokenSecret).toBe(GOOD);
  });

  it.each([
    ['none', ''],
    ['a short one', GOOD.slice(0, 31)],
    ['one letter over and over', 'a'.repeat(64)],
    ['a few letters over and over', 'abcabc'.repeat(10)],
    ['a word over and over', 'change me '.repeat(4)],
    ['blanks', ' '.repeat(40)],
    ['zeros and ones', '01'.repeat(20)],
  ])('starts with no secret that is %s, and does not repeat it', (_what, secret) => {
    const read = () => production({ TOKEN_SECRET: secret });
    expect(read).toThrow('TOKEN_SECRET');
    if (secret.trim()) expect(read).not.toThrow(secret);
  });

  it('takes no secret for tickets, or between nodes, that can be guessed either', () => {
    const cluster = { REDIS_URL: 'redis://r', DATABASE_URL: 'postgres://d/x' };
    for (const [name, more] of [
      ['TICKET_SECRET', {}],
      ['CLUSTER_SECRET', cluster],
    ] as const) {
      expect(() => production({ ...more, [name]: 'abcabc'.repeat(10) }), name).toThrow(name);
      expect(() => production({ ...more, [name]: 'abcabc'.repeat(10) }), name).not.toThrow('abcabc');
      expect(() => production({ ...more, [name]: GOOD }), name).not.toThrow();
    }
  });

  it.each([
    ['a test key', { STRIPE_SECRET_KEY: 'sk_test_hushhush' }, 'STRIPE_SECRET_KEY is a test key'],
    ['a restricted test key', { STRIPE_SECRET_KEY: 'rk_test_hushhush' }, 'STRIPE_SECRET_KEY is a test key'],
    ['no secret of webhooks', { STRIPE_WEBHOOK_SECRETS: '' }, 'STRIPE_WEBHOOK_SECRETS'],
    ['a stand-in for Stripe', { STRIPE_API_BASE: 'https://stripe.example' }, 'STRIPE_API_BASE'],
  ])('takes no money with %s, unless test payments are asked for by name', (_what, wrong, told) => {
    const live = { STRIPE_SECRET_KEY: 'sk_live_hushhush', STRIPE_WEBHOOK_SECRETS: 'whsec_hushhush' };
    expect(() => production(live)).not.toThrow();
    expect(() => production({ ...live, ...wrong })).toThrow(told);
    expect(() => production({ ...live, ...wrong })).not.toThrow('hush');
    expect(production({ ...live, ...wrong, TEST_PAYMENTS: 'true' }).testPayments).toBe(true);
  });

  it('mails nobody a link to their own machine, and nothing from localhost', () => {
    const mails = { SMTP_URL: 'smtp://user:hush@mail.example', MAIL_FROM: 'Usher <tickets@cinema.example>' };
    const site = { SITE_URL: 'https://cinema.example' };
    expect(() => production({ ...mails, ...site })).not.toThrow();
    expect(() => production(mails)).toThrow('SITE_URL');
    expect(() => production({ ...mails, SITE_URL: 'http://localhost:8080' })).toThrow('SITE_URL');
    expect(() => production({ ...mails, ...site, MAIL_FROM: '' })).toThrow('MAIL_FROM');
    // Without a mail server mails are files, which its operator reads.
    expect(() => production()).not.toThrow();
  });

  it('has neither demo nor test payments nor foreign pages, unless each is asked for by name', () => {
    expect(production()).toMatchObject({ production: true, demo: false, testPayments: false, allowedOrigins: [] });
  });

  it('takes them where they are asked for, without a word: what SECURITY.md says', () => {
    const asked = production({ DEMO: 'true', TEST_PAYMENTS: 'true', ALLOWED_ORIGINS: '*' });
    expect(asked).toMatchObject({ demo: true, testPayments: true, allowedOrigins: ['*'] });
  });

  it.each(['Production', 'PRODUCTION', 'prod', 'production ', 'live', 'staging', 'prodution'])(
    'is not missed by a slip of the pen: NODE_ENV=%s is refused, and does not give seats away',
    (NODE_ENV) => {
      expect(() => readConfig({ NODE_ENV, TOKEN_SECRET: GOOD })).toThrow('NODE_ENV');
    },
  );

  it('is one of three, of which the others are for developers and tests', () => {
    for (const NODE_ENV of ['development', 'test']) {
      expect(readConfig({ NODE_ENV })).toMatchObject({ production: false, testPayments: true });
    }
  });
});

describe('a setting that others are told', () => {
  it.each([
    'http://user:hush@node.example',
    'https://hush@node.example',
    'https://node.example/?token=hush',
    'https://node.example/#hush',
  ])('has no secret in it: PUBLIC_URL=%s goes to every client, and is refused without being repeated', (url) => {
    expect(() => readConfig({ PUBLIC_URL: url })).toThrow('PUBLIC_URL');
    expect(() => readConfig({ PUBLIC_URL: url })).not.toThrow('hush');
  });

  it('may have a port and a path', () => {
    for (const url of ['https://node-1.example', 'http://10.0.0.1:8080', 'https://tickets.example/node-1/']) {
      expect(readConfig({ PUBLIC_URL: url }).publicUrl).toBe(url);
    }
  });
});

describe('limits', () => {
  it.each([
    'MESSAGES_PER_SECOND',
    'HTTP_REQUESTS_PER_SECOND',
    'SOCKETS_PER_SECOND',
    'SESSIONS_PER_SECOND',
    'SOCKETS_MAX',
    'HOLDS_PER_HOLDER',
    'SEATS_PER_HOLD',
    'HOLD_TTL_MS',
    'FRAME_BYTES_MAX',
  ])('cannot be switched off: %s is no zero, no negative and no endless number', (name) => {
    for (const value of ['0', '-1', 'Infinity', 'NaN', 'off', '1e999']) {
      expect(() => readConfig({ [name]: value }), value).toThrow(name);
    }
  });

  it('of frames and seats have an end above', () => {
    expect(() => readConfig({ FRAME_BYTES_MAX: String(1024 * 1024 + 1) })).toThrow('FRAME_BYTES_MAX');
    expect(() => readConfig({ SEATS_PER_HOLD: '101' })).toThrow('SEATS_PER_HOLD');
    expect(() => readConfig({ PROXY_HOPS: '11' })).toThrow('PROXY_HOPS');
  });
});

it('the secret that a developer’s machine makes is long, new each time, and read by its owner alone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'usher-secret-'));
  const [one, other] = [join(directory, 'a'), join(directory, 'b')];
  const made = await Promise.all([one, other].map(developmentSecret));
  expect(new Set([...made, SECRET]).size).toBe(3);
  for (const secret of made) expect(secret.length).toBeGreaterThanOrEqual(64);
  expect((await stat(join(one, 'token-secret'))).mode & 0o777).toBe(0o600);
  expect(await developmentSecret(one)).toBe((await readFile(join(one, 'token-secret'), 'utf8')).trim());
  // A link to a file of another is not followed to write: the file is made anew, or what is there is read.
  await chmod(other, 0o700);
  await writeFile(join(other, 'token-secret'), `${made[0]}\n`);
  expect(await developmentSecret(other)).toBe(made[0]);
  await writeFile(join(other, 'token-secret'), 'half of it');
  await expect(developmentSecret(other)).rejects.toThrow('too short to sign with');
  await rm(directory, { recursive: true });
});
