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
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    const count = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
    let shown = 0;
    // One chapter at a time: with many open, Swagger UI (5.33.0 and later) keeps in the page only what is in view.
    for (const chapter of await page.locator('.opblock-tag-section').all()) {
      const heading = chapter.locator('.opblock-tag');
      await heading.click();
      await chapter.locator('.opblock').first().waitFor();
      shown += await chapter.locator('.opblock').count();
      await heading.click();
    }
    expect(shown).toBe(count);

    await page.locator('.opblock-tag[data-tag="Catalogue"]').click();
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
