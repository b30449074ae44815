import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';

/** What the page shows of the house. */
interface Shown {
  readonly epoch: number;
  readonly seq: number;
  readonly statuses: readonly number[];
}

interface Picker extends HTMLElement {
  seatPoint(label: string): { readonly x: number; readonly y: number } | undefined;
  readonly client: {
    getSnapshot(): { readonly epoch?: number; readonly seq?: number; readonly statuses: Uint8Array };
  };
}

interface Stamped extends Window {
  /** Milliseconds since navigation at which the map was on the screen. */
  mapShownAt?: number;
}

/** A browser window on the demo app's seat page, as somebody with a cold cache has it. */
export class MapWindow {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #devTools: CDPSession;

  private constructor(page: Page, context: BrowserContext, devTools: CDPSession) {
    this.page = page;
    this.#context = context;
    this.#devTools = devTools;
  }

  /** @returns the window, and how many milliseconds after navigation its map was painted. */
  static async open(
    browser: Browser,
    url: string,
    throttle: number,
  ): Promise<{ window: MapWindow; paintedMs: number }> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    const page = await context.newPage();
    const window = new MapWindow(page, context, await context.newCDPSession(page));
    await window.throttle(throttle);
    await page.addInitScript(stampFirstPaint);
    await page.goto(url);
    await page.waitForFunction(() => (globalThis as unknown as Stamped).mapShownAt !== undefined);
    const paintedMs = await page.evaluate(() => (globalThis as unknown as Stamped).mapShownAt ?? Number.NaN);
    return { window, paintedMs };
  }

  /** Makes the page's processor so many times slower. */
  async throttle(rate: number): Promise<void> {
    await this.#devTools.send('Emulation.setCPUThrottlingRate', { rate });
  }

  /** The canvas, in CSS pixels of the viewport. */
  async box(): Promise<{ readonly x: number; readonly y: number; readonly width: number; readonly height: number }> {
    return await this.page.evaluate(() => {
      const picker = document.querySelector('usher-seat-picker');
      picker?.scrollIntoView();
      const { x, y, width, height } =
        picker?.shadowRoot?.querySelector('canvas')?.getBoundingClientRect() ?? new DOMRect();
      return { x, y, width, height };
    });
  }

  /** An input event, on its way as the browser's own are: it is not waited for, so that a slow page cannot slow it down. */
  input(event: {
    readonly type: 'mousePressed' | 'mouseReleased' | 'mouseMoved' | 'mouseWheel';
    readonly x: number;
    readonly y: number;
    readonly deltaY?: number;
    readonly ctrl?: boolean;
    readonly pressed?: boolean;
  }): Promise<unknown> {
    const { ctrl = false, pressed = false, deltaY = 0, ...rest } = event;
    return this.#devTools.send('Input.dispatchMouseEvent', {
      ...rest,
      ...(event.type === 'mouseWheel' ? { deltaX: 0, deltaY } : {}),
      ...(pressed ? { button: 'left', buttons: 1, clickCount: 1 } : {}),
      modifiers: ctrl ? 2 : 0,
    });
  }

  async shown(): Promise<Shown> {
    return await this.page.evaluate(() => {
      const {
        epoch = -1,
        seq = -1,
        statuses,
      } = (document.querySelector('usher-seat-picker') as Picker).client.getSnapshot();
      return { epoch, seq, statuses: [...statuses] };
    });
  }

  /**
   * The colour of each of these seats' middle, as 0xRRGGBBAA; undefined for a seat that is out of view. The map lies on
   * whole pixels, so up to half a one beside where it says: of the four pixels around the middle the most opaque counts.
   */
  async colours(labels: readonly string[]): Promise<(number | undefined)[]> {
    return await this.page.evaluate((seats) => {
      const picker = document.querySelector('usher-seat-picker') as Picker;
      const canvas = picker.shadowRoot?.querySelector('canvas');
      const image = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      if (!canvas || !image) throw new Error('There is no map.');
      const pixels = new DataView(image.data.buffer);
      const box = canvas.getBoundingClientRect();
      const ratio = canvas.width / box.width;
      const isOn = (x: number, y: number) => x >= 0 && y >= 0 && x < canvas.width && y < canvas.height;
      return seats.map((label) => {
        const point = picker.seatPoint(label);
        if (!point) return undefined;
        const [x, y] = [(point.x - box.x) * ratio - 0.5, (point.y - box.y) * ratio - 0.5];
        const around = [Math.floor(x), Math.ceil(x)].flatMap((px) =>
          [Math.floor(y), Math.ceil(y)].map((py) => [px, py] as const),
        );
        return around
          .filter(([px, py]) => isOn(px, py))
          .map(([px, py]) => pixels.getUint32((py * canvas.width + px) * 4))
          .sort((a, b) => (b & 0xff) - (a & 0xff))[0];
      });
    }, labels);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

/**
 * Runs in the page before anything of its own. The cover goes when house and map are there; the frame after that paints
 * the map; and when the next one begins, that picture has left the page.
 */
function stampFirstPaint(): void {
  const look = () => {
    const cover = document
      .querySelector('usher-seat-picker')
      ?.shadowRoot?.querySelector<HTMLElement>('[part~="cover"]');
    if (!cover?.hidden) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(stamp));
  };
  const stamp = () => {
    (globalThis as unknown as Stamped).mapShownAt = performance.now();
  };
  requestAnimationFrame(look);
}
