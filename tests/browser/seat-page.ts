import type { Browser, JSHandle, Locator, Page } from 'playwright-core';

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

/** A canvas as it was: a number a channel, from 0 to 255, four to a pixel. It stays in the page. */
type Picture = JSHandle<ArrayLike<number>>;

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
    const errors = new SeatPage(page).errors;
    await page.goto(`${url}/#/showtimes/${showtimeId}`);
    const seatPage = await SeatPage.in(page);
    seatPage.errors.push(...errors);
    return seatPage;
  }

  /** The window that shows a showtime already. */
  static async in(page: Page): Promise<SeatPage> {
    const seatPage = new SeatPage(page);
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

  /** Turns the wheel with the control key held, over a seat, which stays where it is. */
  async zoom(turns: number, over: string): Promise<void> {
    await this.page.keyboard.down('Control');
    for (let turn = 0; turn < turns; turn++) await this.pan(0, -100, over);
    await this.page.keyboard.up('Control');
  }

  /** Turns the wheel over a seat, by CSS pixels, and waits until the page has felt it. */
  async pan(x: number, y: number, over: string): Promise<void> {
    await this.#pointAt(over);
    const felt = await this.picker.evaluateHandle((picker) => {
      const turned = new Promise((resolve) => picker.addEventListener('wheel', resolve, { once: true }));
      // In an object, or the handle would wait for it.
      return { turned };
    });
    await this.page.mouse.wheel(x, y);
    await felt.evaluate(({ turned }) => turned.then(() => undefined));
  }

  async #pointAt(label: string): Promise<void> {
    const point = await this.picker.evaluate((element, seat) => {
      element.scrollIntoView({ block: 'center' });
      return (element as Picker).seatPoint(seat);
    }, label);
    if (!point) throw new Error(`Seat ${label} is not on the map.`);
    await this.page.mouse.move(point.x, point.y);
  }

  /** Those of the seats that lie on the visible part of the map. */
  async inView(labels: readonly string[]): Promise<string[]> {
    return await this.picker.evaluate((element, seats) => {
      const box = element.shadowRoot?.querySelector('canvas')?.getBoundingClientRect() ?? new DOMRect();
      return seats.filter((seat) => {
        const { x, y } = (element as Picker).seatPoint(seat) ?? { x: -1, y: -1 };
        return x > box.left && x < box.right && y > box.top && y < box.bottom;
      });
    }, labels);
  }

  /** What the map looks like once all that was asked for is painted. */
  async picture(): Promise<Picture> {
    return await this.picker.evaluateHandle(async (element) => {
      for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
      const canvas = element.shadowRoot?.querySelector<HTMLCanvasElement>('canvas.map');
      return canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    });
  }

  /** In how many channels two pictures differ by more than that; the colour of what is hardly there counts hardly. */
  async differences(one: Picture, other: Picture, by: number): Promise<number> {
    return await this.page.evaluate(
      ([a, b, most]) => {
        const weighed = (picture: ArrayLike<number>, i: number) =>
          (picture[i] ?? 0) * (i % 4 === 3 ? 1 : (picture[i | 3] ?? 0) / 255);
        let found = Math.abs(a.length - b.length);
        for (let i = 0; i < a.length; i++) if (Math.abs(weighed(a, i) - weighed(b, i)) > most) found++;
        return found;
      },
      [one, other, by] as const,
    );
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
