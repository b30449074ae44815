import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';

const reason = whyNoBrowser();

describe.skipIf(reason !== undefined)(`the page of the API${reason === undefined ? '' : `: ${reason}`}`, () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let browser: Browser;
  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ DATABASE_URL: database.url });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.kill('SIGTERM');
    await database?.drop();
  });

  test('it shows every endpoint, breaks no policy, asks no other host, and sends a request', async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    const asked: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.url}/docs`);
    await page.locator('.opblock-tag').first().waitFor();
    const { paths, webhooks } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      readonly [Part in 'paths' | 'webhooks']: Record<string, object>;
    };
    const count = [...Object.values(paths), ...Object.values(webhooks)].reduce(
      (sum, methods) => sum + Object.keys(methods).length,
      0,
    );
    // The page draws its list part by part.
    const closed = page.locator('.opblock-tag[data-is-open="false"]');
    const shown = async () => {
      while ((await closed.count()) > 0) await closed.first().click();
      return await page.locator('.opblock').count();
    };
    await expect.poll(shown, { timeout: 30_000 }).toBe(count);

    const movies = page.locator('[id$="listMovies"]');
    await movies.locator('button').first().click();
    await movies.getByRole('button', { name: 'Try it out' }).click();
    await movies.getByRole('button', { name: 'Execute' }).click();
    await movies.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(errors).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([]);
    await page.close();
  });
});
