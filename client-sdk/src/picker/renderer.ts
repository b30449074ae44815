/**
 * Decides what to paint in a frame. The canvas is its own cache: a pan copies it onto itself and paints only the strips
 * that came into view, a changed seat repaints its own square, and only a new zoom, size or theme paints everything.
 */
import type { DeviceView } from './device-view.js';
import type { Painter, Scene } from './painter.js';
import type { Rect } from './spatial-index.js';
import type { Size, Viewport } from './viewport.js';

/** Past this many dirty squares, one repaint of everything is cheaper than the clipping. */
const DIRTY_MAX = 256;

export class Renderer {
  readonly #ctx: CanvasRenderingContext2D | null;
  #painted: DeviceView | undefined;
  #dirty: Rect[] = [];
  #requested = 0;
  #view: Viewport = { scale: 1, x: 0, y: 0 };
  #ratio = 1;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly painter: Painter,
    private readonly scene: Scene,
  ) {
    this.#ctx = canvas.getContext('2d');
  }

  /** Sizes the canvas in CSS pixels. More than two device pixels a CSS pixel cost memory that no eye repays. */
  resize(size: Size, devicePixelRatio: number): void {
    this.#ratio = Math.min(devicePixelRatio, 2);
    const width = Math.max(1, Math.round(size.width * this.#ratio));
    const height = Math.max(1, Math.round(size.height * this.#ratio));
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.invalidate();
  }

  show(view: Viewport): void {
    this.#view = view;
    this.#request();
  }

  /** Everything will be painted anew. */
  invalidate(): void {
    this.#painted = undefined;
    this.#request();
  }

  /** This rectangle of the plan will be painted anew. */
  invalidateRect(rect: Rect): void {
    this.#dirty.push(rect);
    this.#request();
  }

  stop(): void {
    cancelAnimationFrame(this.#requested);
    this.#requested = 0;
  }

  #request(): void {
    if (this.#requested === 0) this.#requested = requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    this.#requested = 0;
    const { canvas, painter, scene } = this;
    const ctx = this.#ctx;
    const painted = this.#painted;
    if (!ctx) return;
    const view: DeviceView = {
      scale: this.#view.scale * this.#ratio,
      x: Math.round(this.#view.x * this.#ratio),
      y: Math.round(this.#view.y * this.#ratio),
      ratio: this.#ratio,
    };
    const whole = { x: 0, y: 0, width: canvas.width, height: canvas.height };
    if (!painted || painted.scale !== view.scale || this.#dirty.length > DIRTY_MAX) {
      painter.paint(ctx, scene, view, whole);
    } else {
      const strips = uncovered(whole, view.x - painted.x, view.y - painted.y);
      if (strips.length > 0 && strips[0] !== whole) this.#shift(view.x - painted.x, view.y - painted.y);
      for (const strip of strips) painter.paint(ctx, scene, view, strip);
      for (const rect of this.#dirty) painter.paint(ctx, scene, view, toDevice(rect, view));
    }
    this.#painted = view;
    this.#dirty = [];
  }

  #shift(dx: number, dy: number): void {
    if (!this.#ctx) return;
    this.#ctx.globalCompositeOperation = 'copy';
    this.#ctx.drawImage(this.canvas, dx, dy);
    this.#ctx.globalCompositeOperation = 'source-over';
  }
}

/** What a picture moved by (dx, dy) leaves bare of its frame: none, one or two strips; the frame itself if it moved out. */
export function uncovered(frame: Rect, dx: number, dy: number): Rect[] {
  const { width, height } = frame;
  if (Math.abs(dx) >= width || Math.abs(dy) >= height) return [frame];
  const strips: Rect[] = [];
  if (dx !== 0) strips.push({ x: dx > 0 ? 0 : width + dx, y: 0, width: Math.abs(dx), height });
  if (dy !== 0) strips.push({ x: 0, y: dy > 0 ? 0 : height + dy, width, height: Math.abs(dy) });
  return strips;
}

/** Whole device pixels around a rectangle of the plan: a clip on half a pixel would leave a seam. */
function toDevice(rect: Rect, view: DeviceView): Rect {
  const x = Math.floor(rect.x * view.scale + view.x);
  const y = Math.floor(rect.y * view.scale + view.y);
  return {
    x,
    y,
    width: Math.ceil((rect.x + rect.width) * view.scale + view.x) - x,
    height: Math.ceil((rect.y + rect.height) * view.scale + view.y) - y,
  };
}
