import { createClient, type ShowtimeClient } from '@usher/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { launchChromium, whyNoBrowser } from './chromium.js';
import { SeatPage } from './seat-page.js';

const reason = whyNoBrowser();

/**
 * Turns of the wheel from the whole house on; and by how much, of 255, two paintings may differ. From afar rows are
 * strokes, whose edges are smoothed a little differently where the part that is painted cuts them; a stroke that was
 * left out would differ by far more.
 */
const LEVELS = [
  { level: 'far away', turns: 1, differs: 96 },
  { level: 'seats without numbers', turns: 5, differs: 0 },
  { level: 'seats with numbers', turns: 8, differs: 0 },
] as const;

describe.skipIf(reason !== undefined)(
  `what is painted bit by bit is what is painted at once${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let database: TestDatabase;
    let server: ServerProcess;
    let browser: Browser;
    let showtimeId: string;
    let other: ShowtimeClient;

    beforeAll(async () => {
      database = await createDatabase();
      server = await startServer({
        DATABASE_URL: database.url,
        DEMO: 'true',
        HOLDS_PER_HOLDER: '1000',
        SINGLE_GAP: 'off',
      });
      browser = await launchChromium();
      const { showtimes } = (await (await fetch(`${server.url}/v1/showtimes`)).json()) as {
        showtimes: { id: string; hall: { name: string } }[];
      };
      showtimeId = showtimes.find(({ hall }) => hall.name === 'Arena')?.id ?? '';
      other = createClient({ url: server.url, showtimeId, waitForConnectionMs: 5_000 });
      other.connect();
      await other.seatMap();
      await vi.waitUntil(() => !other.getSnapshot().stale, { timeout: 10_000 });
    });

    afterAll(async () => {
      other?.close();
      await browser?.close();
      await server?.kill('SIGTERM');
      await database?.drop();
    });

    test.each(LEVELS)('$level', async ({ turns, differs }) => {
      const { seats } = await other.seatMap();
      const window = await SeatPage.open(browser, server.url, showtimeId);
      const middle = seats.label[Math.floor(seats.label.length / 2)] ?? '';
      await window.zoom(turns, middle);
      const before = await window.picture();
      const visible = await window.inView(seats.label);
      expect(visible.length).toBeGreaterThan(20);
      // Tens side by side, here and there in what is in view: standing areas too, where there are any.
      const free = visible.filter((label) => other.statusOf(label) === 'available');
      const wanted = Array.from({ length: 5 }, (_, i) => free.slice(Math.floor((i * free.length) / 5)).slice(0, 10));
      const held = await Promise.all(wanted.map((labels) => other.hold(labels)));
      expect(held.map(({ ok }) => ok)).toEqual(wanted.map(() => true));
      await expect.poll(async () => await window.statusOf(wanted[4]?.[0] ?? '')).toBe('held');
      await window.pan(37, -23, middle);
      await window.pan(-90, 61, middle);
      const inPieces = await window.picture();
      expect(await window.differences(before, inPieces, differs)).toBeGreaterThan(10);
      await window.picker.evaluate((picker) => (picker as HTMLElement & { refreshTheme(): void }).refreshTheme());
      expect(await window.differences(inPieces, await window.picture(), differs)).toBe(0);
      expect(window.errors).toEqual([]);
      await window.close();
    });
  },
);
