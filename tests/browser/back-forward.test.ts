import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../bench/browser/chromium.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { whyNoBrowser } from './chromium.js';

const reason = whyNoBrowser();

interface Picker extends HTMLElement {
  readonly client: { getSnapshot(): { readonly connection: { readonly state: string } } };
}

describe.skipIf(reason !== undefined)(`the back/forward cache${reason === undefined ? '' : `: ${reason}`}`, () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ DATABASE_URL: database.url, DEMO: 'true' });
    const answer = await fetch(`${server.url}/v1/showtimes`);
    const { showtimes } = (await answer.json()) as { showtimes: { id: string; hall: { name: string } }[] };
    address = `${server.url}/#/showtimes/${showtimes.find(({ hall }) => hall.name === 'Studio')?.id}`;
    const executablePath = chromiumPath();
    if (executablePath === undefined) return;
    browser = await chromium.launch({
      executablePath,
      // Switched off by default where a program steers the browser.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.kill('SIGTERM');
    await database?.drop();
  });

  test('a page that comes back out of it has a live connection of its own again', async () => {
    const page = await browser.newPage();
    await page.goto(address);
    await expect.poll(() => stateOf(page)).toBe('connected');
    await page.evaluate(() => {
      Object.assign(window, { told: [] });
      const told = (window as unknown as { told: string[] }).told;
      for (const type of ['pagehide', 'pageshow'] as const) {
        addEventListener(type, ({ persisted }) => told.push(`${type} ${persisted}`));
      }
      document.querySelector('usher-seat-picker')?.addEventListener('connectionchange', (event) => {
        told.push((event as CustomEvent).detail.state);
      });
    });
    await page.goto(`${server.url}/healthz`);
    await page.goBack({ waitUntil: 'commit' });
    // The very page, not a new one: what was put into it is still there, and the browser says so.
    await expect
      .poll(() => toldIn(page))
      .toEqual(['suspended', 'pagehide true', 'reconnecting', 'pageshow true', 'connected']);
    // The first command after the return is carried out, once.
    await page.getByRole('button', { name: 'Find the best seats' }).click();
    await page
      .getByText(/held for you/)
      .first()
      .waitFor();
    await page.close();
  });
});

async function toldIn(page: Page): Promise<string[]> {
  return (await page.evaluate(() => (window as unknown as { told?: string[] }).told)) ?? [];
}

async function stateOf(page: Page): Promise<string | undefined> {
  return await page.evaluate(
    () => document.querySelector<Picker>('usher-seat-picker')?.client?.getSnapshot().connection.state,
  );
}
