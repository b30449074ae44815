import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';
import { SeatPage } from './seat-page.js';

const reason = whyNoBrowser();

const LOOKS = [
  { look: 'light', seat: 0, width: 1280, height: 900, dark: false },
  { look: 'dark', seat: 1, width: 1280, height: 900, dark: true },
  { look: "a phone's width", seat: 2, width: 360, height: 740, dark: false },
] as const;

describe.skipIf(reason !== undefined)(
  `the demo app can be used by all${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let database: TestDatabase;
    let server: ServerProcess;
    let browser: Browser;
    let showtimes: readonly { readonly id: string; readonly hall: { readonly name: string } }[];

    beforeAll(async () => {
      database = await createDatabase();
      server = await startServer({ DATABASE_URL: database.url, DEMO: 'true', TOKEN_SECRET: 'x'.repeat(32) });
      browser = await launchChromium();
      ({ showtimes } = (await (await fetch(`${server.url}/v1/showtimes`)).json()) as { showtimes: typeof showtimes });
    });

    afterAll(async () => {
      await browser?.close();
      await server?.kill('SIGTERM');
      await database?.drop();
    });

    test.each(LOOKS)(
      'in $look the programme and a seat page have no fault that axe finds, and nothing sticks out',
      async (look) => {
        const showtime = showtimes.find(({ hall }) => hall.name === 'Studio');
        const window = await SeatPage.open(browser, server.url, showtime?.id ?? '', look);
        const { page } = window;
        await window.picker.locator('[role="grid"] [tabindex="0"]').focus();
        // A seat of its own for each look: the one before is still held.
        for (let step = 0; step < look.seat; step++) await page.keyboard.press('ArrowRight');
        await page.keyboard.press('Enter');
        await expect.poll(() => window.own()).toHaveLength(1);
        expect(await faults(page)).toEqual([]);
        expect(await sticksOut(page)).toBe(false);
        await page.goto(server.url);
        await page
          .getByRole('link', { name: /studio/i })
          .first()
          .waitFor();
        expect(await faults(page)).toEqual([]);
        expect(await sticksOut(page)).toBe(false);
        expect(window.errors).toEqual([]);
        await window.close();
      },
    );

    test('a hall of 20,000 seats does not become 20,000 elements', async () => {
      const showtime = showtimes.find(({ hall }) => hall.name === 'Arena');
      const window = await SeatPage.open(browser, server.url, showtime?.id ?? '');
      const elements = await window.picker.evaluate((picker) => picker.shadowRoot?.querySelectorAll('*').length ?? 0);
      expect(elements).toBeGreaterThan(50);
      expect(elements).toBeLessThan(2_000);
      await window.close();
    });
  },
);

/** Rule and first place of each fault. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}

async function sticksOut(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
