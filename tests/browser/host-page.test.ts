import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';
import { HostPage } from './host-page.js';

const reason = whyNoBrowser();

interface Picker extends HTMLElement {
  seatPoint(label: string): { x: number; y: number } | undefined;
  readonly seats: readonly string[];
  readonly value: string;
}

describe.skipIf(reason !== undefined)(
  `the picker in a page of somebody else${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let database: TestDatabase;
    let host: HostPage;
    let server: ServerProcess;
    let browser: Browser;
    let showtimes: { id: string; hall: { name: string } }[];

    beforeAll(async () => {
      database = await createDatabase();
      host = await HostPage.open();
      server = await startServer({
        DATABASE_URL: database.url,
        DEMO: 'true',
        ALLOWED_ORIGINS: host.origin,
        SEATS_PER_HOLD: '2',
        SINGLE_GAP: 'off',
      });
      host.node = server.url;
      browser = await launchChromium();
      ({ showtimes } = await getJson<{ showtimes: typeof showtimes }>('/v1/showtimes'));
    });

    afterAll(async () => {
      await browser?.close();
      await server?.kill('SIGTERM');
      host?.close();
      await database?.drop();
    });

    /** The picker as markup in a form, with its map on the screen, and what the page complained of. */
    async function open(hall: string, options: Parameters<Browser['newPage']>[0] = {}) {
      const id = showtimes.find((showtime) => showtime.hall.name === hall)?.id ?? '';
      host.body = `<form><usher-seat-picker server="${server.url}" showtime="${id}" legend name="hold"></usher-seat-picker></form>`;
      const page = await browser.newPage({ viewport: { width: 1000, height: 900 }, ...options });
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.goto(host.origin);
      await page.locator('usher-seat-picker [role="gridcell"]').first().waitFor({ state: 'attached' });
      return { page, id, errors };
    }

    async function labelsOf(showtimeId: string): Promise<string[]> {
      const { seatMap } = await getJson<{ seatMap: { url: string } }>(`/v1/showtimes/${showtimeId}`);
      return (await getJson<{ seats: { label: string[] } }>(seatMap.url)).seats.label;
    }

    async function getJson<Value>(path: string): Promise<Value> {
      return await (await fetch(server.url + path)).json();
    }

    test('it starts as markup in a form, styled under a policy without inline styles', async () => {
      const { page, errors } = await open('Studio');
      const look = await page.locator('usher-seat-picker').evaluate((picker) => {
        const root = picker.shadowRoot;
        const view = root?.querySelector('canvas.map')?.getBoundingClientRect();
        const button = root?.querySelector('button');
        return { height: view?.height, radius: button && getComputedStyle(button).borderRadius };
      });
      expect(look).toEqual({ height: expect.any(Number), radius: '10px' });
      expect(look.height).toBeGreaterThan(200);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('the first click holds the seat under it, moves nothing, and the form sends the hold', async () => {
      const { page, errors } = await open('Studio');
      const at = await pointOf(page, 'G-3');
      await page.mouse.click(at.x, at.y);
      await expect.poll(() => held(page)).toEqual(['G-3']);
      await page.waitForTimeout(400);
      expect(await pointOf(page, 'G-3')).toEqual(at);
      expect(await page.evaluate(() => scrollY)).toBe(0);
      const sent = await page.evaluate(() => new FormData(document.querySelector('form') ?? undefined).get('hold'));
      expect(sent).toMatch(/^[0-9a-f-]{36}$/);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('a seat past the limit is told with the number, in words and in an event', async () => {
      const { page } = await open('Studio');
      await page.evaluate(() => {
        document.addEventListener('limit', (event) => {
          document.title = JSON.stringify((event as CustomEvent).detail);
        });
      });
      for (const [i, seat] of ['C-1', 'C-2', 'C-3'].entries()) {
        const at = await pointOf(page, seat);
        await page.mouse.click(at.x, at.y);
        await expect.poll(() => held(page)).toHaveLength(Math.min(i + 1, 2));
      }
      const notice = page.locator('usher-seat-picker [part~="notice"]');
      await notice.waitFor({ state: 'visible' });
      expect(await notice.textContent()).toContain('more than 2 seats');
      expect(JSON.parse(await page.title())).toEqual({ code: 'too_many_seats', max: 2 });
      await page.close();
    });

    test('a notice covers no seat and takes no click from one', async () => {
      const { page, id } = await open('Studio');
      for (const seat of ['D-1', 'D-2', 'D-3']) {
        const at = await pointOf(page, seat);
        await page.mouse.click(at.x, at.y);
      }
      const notice = page.locator('usher-seat-picker [part~="notice"]');
      await notice.waitFor({ state: 'visible' });
      await page.waitForTimeout(300);
      const top = (await notice.boundingBox())?.y ?? 0;
      const lowest = await page
        .locator('usher-seat-picker')
        .evaluate(
          (picker, labels) => Math.max(...labels.map((label) => (picker as Picker).seatPoint(label)?.y ?? 10_000)),
          await labelsOf(id),
        );
      expect(lowest).toBeLessThan(top - 5);
      // The last row is love seats, sold in twos; the one before it is single.
      const last = await pointOf(page, 'M-3');
      const under = await page.evaluate(
        ({ x, y }) => document.querySelector('usher-seat-picker')?.shadowRoot?.elementFromPoint(x, y)?.tagName,
        last,
      );
      expect(under).toBe('CANVAS');
      await page.close();
    });

    test('"+" ends at a seat in an arena whose middle has none, and then says that there is no closer', async () => {
      const { page, id } = await open('Arena');
      const closer = page.locator('usher-seat-picker [part~="zoom-in"]');
      for (let press = 0; press < 20 && (await closer.getAttribute('aria-disabled')) !== 'true'; press++) {
        await closer.click();
        await page.waitForTimeout(260);
      }
      expect(await closer.getAttribute('aria-disabled')).toBe('true');
      const inView = await page.locator('usher-seat-picker').evaluate(
        (picker, labels) => {
          const box = picker.shadowRoot?.querySelector('canvas.map')?.getBoundingClientRect() ?? new DOMRect();
          return labels.filter((label) => {
            const { x, y } = (picker as Picker).seatPoint(label) ?? { x: -1, y: -1 };
            return x > box.left && x < box.right && y > box.top && y < box.bottom;
          }).length;
        },
        await labelsOf(id),
      );
      expect(inView).toBeGreaterThan(0);
      await page.close();
    });

    test('with forced colours every category has a shape of its own', async () => {
      const { page, errors } = await open('Arena', { forcedColors: 'active' });
      const pictures = await page
        .locator('usher-seat-picker')
        .evaluate((picker) =>
          [...(picker.shadowRoot?.querySelectorAll<HTMLCanvasElement>('.legend canvas') ?? [])].map((swatch) =>
            swatch.toDataURL(),
          ),
        );
      // Five categories, special seats and four states; each is drawn by the code that draws the seats.
      expect(pictures.length).toBeGreaterThanOrEqual(9);
      const five = pictures.slice(0, 5);
      expect(new Set(five).size).toBe(five.length);
      expect(errors).toEqual([]);
      await page.close();
    });
  },
);

async function pointOf(page: Page, label: string): Promise<{ x: number; y: number }> {
  const point = await page
    .locator('usher-seat-picker')
    .evaluate((picker, seat) => (picker as Picker).seatPoint(seat), label);
  if (!point) throw new Error(`Seat ${label} is not on the map.`);
  return point;
}

async function held(page: Page): Promise<readonly string[]> {
  return await page.locator('usher-seat-picker').evaluate((picker) => (picker as Picker).seats);
}
