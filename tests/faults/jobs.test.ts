import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createDatabase } from '../integration/database.js';
import { until } from '../integration/outbox/outbox-stage.js';
import { openSmtpInbox } from '../kit/smtp/smtp-inbox.js';
import { startServer } from '../server-process.js';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A lease of five seconds, a beat of one, and what a busy machine takes to do the job. */
const NOTICED_MS_MAX = 10_000;

it('a worker that is killed in the middle of a job is noticed in seconds, and what waits behind that job is done in its order', async () => {
  const database = await createDatabase();
  undo.push(() => database.drop());
  const directory = await mkdtemp(join(tmpdir(), 'usher-jobs-'));
  undo.push(() => rm(directory, { recursive: true }));
  const inbox = await openSmtpInbox('hang');
  undo.push(() => inbox.close());
  const environment = {
    DATABASE_URL: database.url,
    TOKEN_SECRET: 'of the tests, 0123456789 abcdefghij',
    DATA_DIR: directory,
    SMTP_URL: inbox.url,
    LOG_LEVEL: 'info',
  };
  const first = await startServer(environment);
  undo.push(() => first.kill('SIGKILL'));
  const ask = async (url: string, email: string) => {
    const body = JSON.stringify({ email });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/password-resets`, { method: 'POST', headers, body });
    expect(answer.status).toBe(202);
  };
  await ask(first.url, 'ada@example.org');
  await until(() => inbox.unanswered.length === 1);
  // Behind it, in the same line.
  await ask(first.url, 'ada@example.org');
  const second = await startServer(environment);
  undo.push(() => second.kill('SIGTERM'));
  inbox.behave('accept');

  await first.kill('SIGKILL');
  const killedAt = performance.now();
  await until(() => inbox.mails.length === 2, NOTICED_MS_MAX);
  const noticedMs = Math.round(performance.now() - killedAt);
  process.stdout.write(`A killed worker's job was done by another after ${noticedMs} ms.\n`);

  // The copy of the first mail, by which a mail program knows that it has it; and then the one that waited.
  const [copied, waited] = inbox.mails.map(({ headers }) => headers['message-id']);
  expect(copied).toBe(inbox.unanswered[0]?.headers['message-id']);
  expect(waited).not.toBe(copied);
  expect(second.log()).toContain('jobs.workers_died');
});

it('a node that stops leaves the job that it cannot end to the others, at once', async () => {
  const database = await createDatabase();
  undo.push(() => database.drop());
  const directory = await mkdtemp(join(tmpdir(), 'usher-jobs-'));
  undo.push(() => rm(directory, { recursive: true }));
  const inbox = await openSmtpInbox('hang');
  undo.push(() => inbox.close());
  const environment = {
    DATABASE_URL: database.url,
    TOKEN_SECRET: 'of the tests, 0123456789 abcdefghij',
    DATA_DIR: directory,
    SMTP_URL: inbox.url,
  };
  const first = await startServer(environment);
  undo.push(() => first.kill('SIGKILL'));
  await fetch(`${first.url}/v1/password-resets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.org' }),
  });
  await until(() => inbox.unanswered.length === 1);
  const second = await startServer(environment);
  undo.push(() => second.kill('SIGTERM'));
  inbox.behave('accept');
  expect(await first.kill('SIGTERM')).toBe(0);
  // It may wait for its next try, as after a failure: e seconds.
  await until(() => inbox.mails.length === 1, NOTICED_MS_MAX);
});
