import { createClient, type ShowtimeClient } from '@usher/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';
import { SeatPage } from './seat-page.js';

const reason = whyNoBrowser();

/** What the other window may take to show a seat as taken, from the moment at which the server's delta was on the wire. */
const SEEN_WITHIN_MS = 100;

describe.skipIf(reason !== undefined)(`two windows and one seat${reason === undefined ? '' : `: ${reason}`}`, () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let browser: Browser;
  let showtimeId: string;
  /** Sees the server's deltas without a browser in between. */
  let watcher: ShowtimeClient;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      DATABASE_URL: database.url,
      TOKEN_SECRET: 'a secret of thirty-two characters or more',
      DEMO: 'true',
    });
    browser = await launchChromium();
    const { showtimes } = (await (await fetch(`${server.url}/v1/showtimes`)).json()) as {
      showtimes: { id: string; hall: { name: string } }[];
    };
    showtimeId = showtimes.find(({ hall }) => hall.name === 'Studio')?.id ?? '';
    watcher = createClient({ url: server.url, showtimeId });
    watcher.connect();
    await watcher.seatMap();
    await vi.waitUntil(() => !watcher.getSnapshot().stale, { timeout: 10_000 });
  });

  afterAll(async () => {
    watcher?.close();
    await browser?.close();
    await server?.kill('SIGTERM');
    await database?.drop();
  });

  test('one holds it; the other sees it taken at once, and keeps its own seats', async () => {
    const anna = await SeatPage.open(browser, server.url, showtimeId);
    const ben = await SeatPage.open(browser, server.url, showtimeId);
    await ben.click('G-3');
    await expect.poll(() => ben.own()).toEqual(['G-3']);

    const onTheWire = new Promise<number>((resolve) => {
      const off = watcher.on('delta', () => {
        if (watcher.statusOf('G-9') !== 'held') return;
        off();
        resolve(Date.now());
      });
    });
    const seen = ben.momentOf('G-9', 'held');
    await anna.click('G-9');
    await expect.poll(() => anna.own()).toEqual(['G-9']);
    expect((await seen) - (await onTheWire)).toBeLessThanOrEqual(SEEN_WITHIN_MS);
    expect(await ben.own()).toEqual(['G-3']);
    await expect.poll(() => anna.picker.getByRole('timer').isVisible()).toBe(true);
    expect([...anna.errors, ...ben.errors]).toEqual([]);
    await Promise.all([anna.close(), ben.close()]);
  });

  test('who clicks too late keeps the rest, is told which seat was lost, and is offered the nearest free one', async () => {
    const gate: { closed: boolean; release?: () => void } = { closed: false };
    const anna = await SeatPage.open(browser, server.url, showtimeId);
    const ben = await SeatPage.open(browser, server.url, showtimeId, { gate });
    await ben.click('J-5');
    await expect.poll(() => ben.own()).toEqual(['J-5']);
    // What the server says reaches Ben late: he clicks a seat that is already gone.
    gate.closed = true;
    await anna.click('J-6');
    await expect.poll(() => anna.own()).toEqual(['J-6']);
    expect(await ben.statusOf('J-6')).toBe('available');
    await ben.click('J-6');
    await ben.page.waitForTimeout(200);
    gate.release?.();

    const notice = ben.picker.locator('[part~="notice"]');
    await notice.waitFor({ state: 'visible' });
    expect(await notice.textContent()).toContain('J-6');
    expect(await ben.own()).toEqual(['J-5']);
    const offer = notice.getByRole('button').first();
    expect(await offer.textContent()).toContain('J-7');
    await offer.click();
    await expect.poll(() => ben.own()).toEqual(['J-5', 'J-7']);
    expect([...anna.errors, ...ben.errors]).toEqual([]);
    await Promise.all([anna.close(), ben.close()]);
  });

  test('both click in the same moment: exactly one holds it', async () => {
    const anna = await SeatPage.open(browser, server.url, showtimeId);
    const ben = await SeatPage.open(browser, server.url, showtimeId);
    await Promise.all([anna.click('L-9'), ben.click('L-9')]);
    await expect.poll(async () => [...(await anna.own()), ...(await ben.own())]).toEqual(['L-9']);
    await anna.page.waitForTimeout(300);
    expect([...(await anna.own()), ...(await ben.own())]).toEqual(['L-9']);
    await Promise.all([anna.close(), ben.close()]);
  });

  test('a seat is held, paid and shown with its reference, by keyboard alone', async () => {
    const window = await SeatPage.open(browser, server.url, showtimeId);
    const { page } = window;
    await window.picker.locator('[role="grid"] [tabindex="0"]').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => window.own()).toHaveLength(1);
    const pay = page.getByRole('button', { name: /pay/i });
    await pay.focus();
    await page.keyboard.press('Enter');
    const booked = page.getByText(/[0-9BCDEFGHJKNPRSTVX]{11}/).first();
    await booked.waitFor();
    expect(window.errors).toEqual([]);
    await window.close();
  });
});
