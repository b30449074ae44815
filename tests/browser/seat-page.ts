import type { Browser, Locator, Page } from 'playwright-core';

interface Picker extends HTMLElement {
  seatPoint(label: string): { x: number; y: number } | undefined;
  revealSeat(label: string): void;
  readonly seats: readonly string[];
  readonly client: { statusOf(seat: string | number): string | undefined };
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Holds back what the server sends while true. */
  readonly gate?: { closed: boolean; release?: () => void };
}

/** One person's window on one showtime of the demo app. */
export class SeatPage {
  readonly page: Page;
  readonly picker: Locator;
  /** What went wrong in the page: must stay empty. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    this.picker = page.locator('usher-seat-picker');
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  /** In a browser context of its own: its own storage, so its own guest session. */
  static async open(browser: Browser, url: string, showtimeId: string, options: PageOptions = {}): Promise<SeatPage> {
    const { width = 1280, height = 900, dark = false, gate } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale: 'en-GB',
    });
    const page = await context.newPage();
    if (gate) await withhold(page, gate);
    const seatPage = new SeatPage(page);
    await page.goto(`${url}/#/showtimes/${showtimeId}`);
    await seatPage.picker.waitFor();
    await page.waitForFunction(() => {
      const picker = document.querySelector<Picker>('usher-seat-picker');
      const cells = picker?.shadowRoot?.querySelectorAll('[role="gridcell"]').length ?? 0;
      return picker?.client?.statusOf(0) !== undefined && cells > 0;
    });
    return seatPage;
  }

  /** Clicks the seat on the canvas, where a person would. */
  async click(label: string): Promise<void> {
    const point = await this.picker.evaluate(async (element, seat) => {
      const picker = element as Picker;
      picker.scrollIntoView({ block: 'center' });
      picker.revealSeat(seat);
      // The map may glide to the seat: it is clicked when it has come to rest.
      let last = picker.seatPoint(seat);
      for (let still = 0; still < 5; ) {
        await new Promise(requestAnimationFrame);
        const now = picker.seatPoint(seat);
        still = now && last && now.x === last.x && now.y === last.y ? still + 1 : 0;
        last = now;
      }
      return last;
    }, label);
    if (!point) throw new Error(`Seat ${label} is not on the map.`);
    await this.page.mouse.click(point.x, point.y);
  }

  async own(): Promise<readonly string[]> {
    return await this.picker.evaluate((element) => [...(element as Picker).seats].sort());
  }

  async statusOf(label: string): Promise<string | undefined> {
    return await this.picker.evaluate((element, seat) => (element as Picker).client.statusOf(seat), label);
  }

  /** The moment, in milliseconds since 1970, of the first frame in which the seat has the status. */
  momentOf(label: string, status: string): Promise<number> {
    return this.picker.evaluate(
      (element, wanted) =>
        new Promise<number>((resolve) => {
          const look = () => {
            if ((element as Picker).client.statusOf(wanted.label) === wanted.status) resolve(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
      { label, status },
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

async function withhold(page: Page, gate: NonNullable<PageOptions['gate']>): Promise<void> {
  await page.routeWebSocket(/\/live$/, (socket) => {
    const server = socket.connectToServer();
    const waiting: (string | Buffer)[] = [];
    gate.release = () => {
      gate.closed = false;
      for (const message of waiting.splice(0)) socket.send(message);
    };
    server.onMessage((message) => {
      if (gate.closed) waiting.push(message);
      else socket.send(message);
    });
  });
}
