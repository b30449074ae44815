import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offerSetupLink } from '../../src/boxoffice/administration/setup-link.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { SECRET } from '../integration/gateway/sign.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';

const reason = whyNoBrowser();

describe.skipIf(reason !== undefined)(`the page of the first start${reason === undefined ? '' : `: ${reason}`}`, () => {
  let database: TestDatabase;
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  beforeAll(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'usher-setup-page-'));
    server = await startServer({ DATABASE_URL: database.url, DATA_DIR: folder, TOKEN_SECRET: SECRET });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.kill('SIGTERM');
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  test('it makes the first administrator, says what is wrong before, breaks no policy, and sends the token to nobody else', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1 });
    const token = (await offerSetupLink(pool, SECRET))?.token ?? '';
    await pool.end();
    const page = await browser.newPage();
    const errors: string[] = [];
    const asked: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.url}/setup#${token}`);
    await page.getByLabel('E-mail address').fill('ann@cinema.example');
    await page.getByLabel('Name').fill('Ann');
    const password = page.getByLabel('Password');
    const button = page.getByRole('button', { name: 'Make the account' });
    await password.fill('qwertyuiop');
    await button.click();
    await page.getByRole('status').filter({ hasText: 'on the list of those that are tried first' }).waitFor();
    await password.fill('three green bottles');
    await button.click();
    await page.getByRole('status').filter({ hasText: 'ann@cinema.example is the administrator' }).waitFor();
    expect(await button.isVisible()).toBe(false);

    const body = JSON.stringify({ email: 'ann@cinema.example', password: 'three green bottles' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/v1/log-ins`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ role: 'admin' });
    // The browser notes the answer 422 to the weak password; nothing else went wrong.
    expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
    expect(asked.slice(1).join()).not.toContain(token);
    await page.close();
  });
});
