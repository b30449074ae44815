import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tokenIn } from '../integration/accounts/people.js';
import { createDatabase } from '../integration/database.js';
import { startServer } from '../server-process.js';

/** A password that is nowhere else, so that finding it is proof. */
const unheard = (what: string) => `hush-${what}-${randomBytes(16).toString('hex')}`;

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

it('no password, token or mailed link of an account is in the log at its most talkative, or in an answer to anybody else', async () => {
  const database = await createDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'usher-secrets-'));
  const server = await startServer({
    LOG_LEVEL: 'trace',
    DATABASE_URL: database.url,
    TOKEN_SECRET: unheard('secret'),
    DATA_DIR: directory,
    DEMO: 'false',
    LOG_IN_FAILURES_PER_ACCOUNT: '3',
  });
  const refused: string[] = [];
  const post = async <Body>(path: string, body?: object, token?: string) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (answer.status >= 400 || answer.status === 202) refused.push(text);
    return (text === '' ? {} : JSON.parse(text)) as Body;
  };
  const mails = async () => {
    const names = (await readdir(join(directory, 'mail')).catch(() => [])).filter((name) => name.endsWith('.eml'));
    return await Promise.all(names.sort().map((name) => readFile(join(directory, 'mail', name), 'utf8')));
  };
  const mail = async (number: number) => {
    await expect.poll(async () => (await mails()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(number);
    return tokenIn((await mails())[number - 1] ?? '');
  };
  const [password, wrong, later] = [unheard('password'), unheard('wrong'), unheard('later')];
  const email = 'ada@example.org';
  await post('/v1/accounts', { email, password, name: 'Ada' });
  const signUp = await mail(1);
  await post('/v1/accounts/confirm', { token: signUp, password: wrong });
  const first = await post<Tokens>('/v1/accounts/confirm', { token: signUp, password });
  await post('/v1/accounts/confirm', { token: signUp, password });
  const second = await post<Tokens>('/v1/sessions/refresh', { refreshToken: first.refreshToken });
  const third = await post<Tokens>('/v1/sessions/refresh', { refreshToken: second.refreshToken });
  await post('/v1/sessions/refresh', { refreshToken: first.refreshToken });
  await expect.poll(server.log).toContain('sessions.refresh_token_reused');
  await post('/v1/password-resets', { email });
  const reset = await mail(2);
  await post('/v1/password-resets/confirm', { token: reset, password: 'short' });
  await post('/v1/password-resets/confirm', { token: reset, password: later });
  const fourth = await post<Tokens>('/v1/log-ins', { email, password: later });
  await post('/v1/me/password', { oldPassword: wrong, password: later }, fourth.accessToken);
  await post('/v1/log-ins', { email, password: { nested: password } });
  for (let i = 0; i < 4; i++) await post('/v1/log-ins', { email, password: wrong });
  // Where a mail cannot be written the failure is told, and not what was in it.
  await rm(join(directory, 'mail'), { recursive: true });
  await writeFile(join(directory, 'mail'), '');
  await post('/v1/accounts', { email: 'eve@example.org', password });
  await expect.poll(server.log, { timeout: 5_000 }).toContain('outbox.step_failed');
  expect(await server.kill('SIGTERM')).toBe(0);
  const written = server.log() + refused.join('\n');
  const secrets = { password, wrong, later, signUp, reset, argon2: '$argon2' };
  for (const [i, { accessToken, refreshToken }] of [first, second, third, fourth].entries()) {
    Object.assign(secrets, { [`access${i}`]: accessToken, [`refresh${i}`]: refreshToken });
  }
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(5);
    expect(written.includes(secret), name).toBe(false);
  }
  expect(refused.length).toBeGreaterThan(8);
  await rm(directory, { recursive: true });
  await database.drop();
});
