import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

const SECRET = 'a secret that is long enough to be one';

describe('the environment', () => {
  it('may be empty on a developer’s machine: a demo over an embedded Postgres with test payments', () => {
    expect(readConfig({})).toMatchObject({
      production: false,
      port: 8080,
      databaseUrl: undefined,
      demo: true,
      testPayments: true,
      allowedOrigins: [],
      rules: { holdTtlMs: 300_000, seatsPerHold: 10, singleGap: 'lenient' },
      live: { messagesPerSecond: 20, frameBytes: 16_384, heartbeatMs: 15_000, helloMsMax: 5_000 },
    });
  });

  it('of production must bring a secret, and gives neither demo nor free seats unless told to', () => {
    expect(() => readConfig({ NODE_ENV: 'production' })).toThrow('TOKEN_SECRET');
    const config = readConfig({ NODE_ENV: 'production', TOKEN_SECRET: SECRET });
    expect(config).toMatchObject({ production: true, demo: false, testPayments: false });
    expect(readConfig({ NODE_ENV: 'production', TOKEN_SECRET: SECRET, TEST_PAYMENTS: 'true' }).testPayments).toBe(true);
  });

  it('brings a crowd to the demo cinema in development only, and to a node that is alone', () => {
    const crowd = (variables: Record<string, string>) => readConfig(variables).demoCrowd;
    expect(crowd({})).toBe(true);
    expect(crowd({ DEMO_CROWD: 'false' })).toBe(false);
    expect(crowd({ DEMO: 'false' })).toBe(false);
    expect(crowd({ NODE_ENV: 'test' })).toBe(false);
    const production = { NODE_ENV: 'production', TOKEN_SECRET: SECRET, DEMO: 'true', DEMO_CROWD: 'true' };
    expect(crowd(production)).toBe(false);
    const cluster = { REDIS_URL: 'redis://r', DATABASE_URL: 'postgres://d/x', TOKEN_SECRET: SECRET };
    expect(crowd(cluster)).toBe(false);
  });

  it('counts what is empty as absent, and ignores what it does not know', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', DEMO: '', PATH: '/bin', ALLOWED_ORIGINS: '' })).toEqual(
      readConfig({}),
    );
  });

  it('cannot be changed once it is read', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it('has origins as a list, each as browsers send it', () => {
    const read = (text: string) => readConfig({ ALLOWED_ORIGINS: text }).allowedOrigins;
    expect(read('https://a.example, http://b.example:8080 ,')).toEqual(['https://a.example', 'http://b.example:8080']);
    expect(read('*')).toEqual(['*']);
    for (const wrong of [
      'https://a.example/',
      'a.example',
      'https://a.example:443',
      'HTTPS://a.example',
      'null',
      '**',
    ]) {
      expect(() => read(wrong), wrong).toThrow('ALLOWED_ORIGINS');
    }
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['PORT', '80.5'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['DATABASE_URL', 'x'],
    ['DATABASE_CONNECTIONS', '0'],
    ['TOKEN_SECRET', 'short'],
    ['GUEST_TTL_MS', '999'],
    ['LOG_LEVEL', 'loud'],
    ['DEMO', 'yes'],
    ['HOLD_TTL_MS', '-1'],
    ['HOLD_TTL_MS', '2147483648'],
    ['HEARTBEAT_MS', '2147483648'],
    ['HELLO_MS_MAX', 'Infinity'],
    ['PASSIVATE_AFTER_MS', 'NaN'],
    ['DRAIN_MS_MAX', '1e12'],
    ['SEATS_PER_HOLD', '101'],
    ['SINGLE_GAP', 'sometimes'],
    ['FRAME_BYTES_MAX', '1023'],
    ['MESSAGES_PER_SECOND', '0'],
  ])('refuses %s=%s by its name, and does not repeat the value', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(name);
    if (name === 'TOKEN_SECRET' || name === 'DATABASE_URL') expect(read).not.toThrow(new RegExp(`\\b${value}\\b`));
  });

  it('names all faults at once', () => {
    expect(() => readConfig({ PORT: 'x', DEMO: 'x', HOLD_TTL_MS: 'x' })).toThrow(/PORT[\s\S]*DEMO[\s\S]*HOLD_TTL_MS/);
  });

  it('takes no Redis without the Postgres and the secret that nodes share', () => {
    const redis = { REDIS_URL: 'redis://localhost:6379' };
    const shared = { DATABASE_URL: 'postgres://localhost/usher', TOKEN_SECRET: 's'.repeat(32) };
    expect(readConfig({ ...redis, ...shared }).cluster?.redisUrl).toBe(redis.REDIS_URL);
    for (const missing of ['DATABASE_URL', 'TOKEN_SECRET']) {
      expect(() => readConfig({ ...redis, ...shared, [missing]: '' })).toThrow(/DATABASE_URL and TOKEN_SECRET/);
    }
  });
});
