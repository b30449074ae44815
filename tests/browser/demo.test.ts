import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';
import { SeatPage } from './seat-page.js';

const reason = whyNoBrowser();

describe.skipIf(reason !== undefined)(`the demo app${reason === undefined ? '' : `: ${reason}`}`, () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let browser: Browser;
  let showtimeId: string;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ DATABASE_URL: database.url, DEMO: 'true' });
    browser = await launchChromium();
    const answer = await fetch(`${server.url}/v1/showtimes`);
    const { showtimes } = (await answer.json()) as { showtimes: { id: string; hall: { name: string } }[] };
    showtimeId = showtimes.find(({ hall }) => hall.name === 'Studio')?.id ?? '';
  });

  afterAll(async () => {
    await browser?.close();
    await server?.kill('SIGTERM');
    await database?.drop();
  });

  test("the README's first experiment: a second buyer in the same browser is somebody else", async () => {
    const anna = await SeatPage.open(browser, server.url, showtimeId);
    const opened = anna.page.context().waitForEvent('page');
    await anna.page.getByRole('link', { name: 'Open a second buyer' }).click();
    const ben = await SeatPage.in(await opened);
    await anna.click('G-9');
    await expect.poll(() => anna.own()).toEqual(['G-9']);
    await expect.poll(() => ben.statusOf('G-9')).toBe('held');
    await ben.click('G-9');
    await ben.page.waitForTimeout(300);
    expect(await ben.own()).toEqual([]);
    expect(await anna.own()).toEqual(['G-9']);
    expect(await ben.page.getByText('Buyer 2').isVisible()).toBe(true);
    expect([...anna.errors, ...ben.errors]).toEqual([]);
    await anna.close();
  });

  test('best available once more replaces what it found before, and leaves what was chosen by hand', async () => {
    const window = await SeatPage.open(browser, server.url, showtimeId);
    await window.click('A-1');
    await expect.poll(() => window.own()).toEqual(['A-1']);
    const find = window.page.getByRole('button', { name: 'Find the best seats' });
    await find.click();
    await expect.poll(() => window.own()).toHaveLength(3);
    const first = await window.own();
    await window.page.getByLabel('Seats', { exact: true }).fill('3');
    await find.click();
    await expect.poll(() => window.own()).toHaveLength(4);
    const second = await window.own();
    expect(second).toContain('A-1');
    expect(second.filter((seat) => seat !== 'A-1' && first.includes(seat))).toEqual([]);
    await window.close();
  });

  test('the link of the mail about late money offers the seats that were wanted, or the nearest free ones', async () => {
    const rival = await SeatPage.open(browser, server.url, showtimeId);
    await rival.click('G-1');
    await expect.poll(() => rival.own()).toEqual(['G-1']);
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${server.url}/?near=G-1%2CG-2#/showtimes/${showtimeId}`);
    const window = await SeatPage.in(page);
    const offer = page.getByRole('region', { name: 'Seats near those you wanted' });
    await offer.getByText('nearest to G-1, G-2').waitFor();
    expect(await offer.textContent()).toContain('G-2');
    // Somebody takes what was offered: something else is.
    const text = (await offer.getByRole('status').textContent()) ?? '';
    const other = text.match(/[A-Z]-\d+/g)?.find((seat) => seat !== 'G-1' && seat !== 'G-2') ?? '';
    await rival.click(other);
    await expect.poll(async () => (await offer.getByRole('status').textContent())?.split(':')[0]).not.toContain(other);
    await offer.getByRole('button', { name: 'Hold these seats' }).click();
    await expect.poll(() => window.own()).toHaveLength(2);
    expect(await window.own()).toContain('G-2');
    expect(await offer.count()).toBe(0);
    // It was taken, and is offered no more when the page is loaded again.
    expect(page.url()).not.toContain('near');
    await page.reload();
    const again = await SeatPage.in(page);
    await expect.poll(() => again.own()).toHaveLength(2);
    expect(await offer.count()).toBe(0);
    expect([...rival.errors, ...window.errors]).toEqual([]);
    await rival.close();
    await window.close();
  });

  test('the card of a cancelled booking says so', async () => {
    const window = await SeatPage.open(browser, server.url, showtimeId);
    await window.click('C-5');
    await window.page.getByRole('button', { name: /^Pay/ }).click();
    await window.page.getByRole('heading', { name: 'Booked. Enjoy the film.' }).waitFor();
    await window.page.getByRole('button', { name: 'Cancel booking' }).click();
    await window.page.getByRole('button', { name: 'Really cancel?' }).click();
    await window.page.getByRole('heading', { name: /^Cancelled/ }).waitFor();
    expect(await window.page.getByText('Enjoy the film').count()).toBe(0);
    await window.close();
  });

  test('what failed for want of a connection is no longer said once that is back', async () => {
    const { page, ...window } = await openPhone(browser, server.url, showtimeId);
    await window.seats.click('D-5');
    await expect.poll(() => window.seats.own()).toEqual(['D-5']);
    await page.evaluate(() => {
      const picker = document.querySelector('usher-seat-picker') as HTMLElement & { client: { close(): void } };
      picker.client.close();
    });
    await page.getByRole('button', { name: 'Release all' }).click();
    const line = page.locator('.order .alert');
    await line.waitFor({ state: 'visible' });
    await page.evaluate(() => {
      const picker = document.querySelector('usher-seat-picker') as HTMLElement & { client: { connect(): void } };
      picker.client.connect();
    });
    await line.waitFor({ state: 'hidden' });
    await page.close();
  });

  test('on a phone two fingers move the map and never the page, and the way to payment stays in sight', async () => {
    const { page, touch, seats } = await openPhone(browser, server.url, showtimeId);
    await seats.click('E-5');
    await expect.poll(() => seats.own()).toEqual(['E-5']);
    await page.evaluate(() => scrollTo(0, 60));
    const bar = page.locator('.summary');
    expect(await bar.isVisible()).toBe(true);
    const before = await page.evaluate(() => scrollY);
    const map = (await page.locator('usher-seat-picker canvas.map').boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    const middle = { x: map.x + map.width / 2, y: map.y + map.height / 2 };
    const scale = await scaleOf(page);
    await pinch(touch, middle, 140);
    expect(await page.evaluate(() => [scrollY, visualViewport?.scale])).toEqual([before, 1]);
    expect(await scaleOf(page)).toBeGreaterThan(scale * 1.2);
    const box = await bar.boundingBox();
    const height = page.viewportSize()?.height ?? 0;
    expect(box && box.y + box.height).toBeLessThanOrEqual(height);
    expect(box?.y).toBeGreaterThan(height / 2);
    await page.close();
  });
});

/** A phone: touch, a narrow screen, and a way to put several fingers on it. */
async function openPhone(browser: Browser, url: string, showtimeId: string) {
  const context = await browser.newContext({ viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(`${url}/#/showtimes/${showtimeId}`);
  const seats = await SeatPage.in(page);
  return { page, seats, touch: await context.newCDPSession(page) };
}

/** CSS pixels between two seats of one row. */
async function scaleOf(page: Page): Promise<number> {
  return await page.locator('usher-seat-picker').evaluate((element) => {
    const picker = element as HTMLElement & { seatPoint(label: string): { x: number } | undefined };
    return (picker.seatPoint('E-6')?.x ?? 0) - (picker.seatPoint('E-5')?.x ?? 0);
  });
}

/** Two fingers that move apart and, both of them, up by so many pixels, as people do who mean to zoom. */
async function pinch(touch: CDPSession, middle: { x: number; y: number }, up: number): Promise<void> {
  const fingers = (spread: number, y: number) => [
    { x: middle.x - spread, y: middle.y - y, id: 1 },
    { x: middle.x + spread, y: middle.y - y, id: 2 },
  ];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(40, 0).slice(0, 1) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(40, 0) });
  for (let step = 1; step <= 12; step++) {
    const touchPoints = fingers(40 + step * 4, (step * up) / 12);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}
