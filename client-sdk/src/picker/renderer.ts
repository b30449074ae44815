/**
 * Decides what to paint in a frame. The canvas is its own cache: a pan copies it onto itself and paints only the strips
 * that came into view, a changed seat repaints its own square, and only a new zoom, size or theme paints everything.
 */
import { type DeviceView, deviceX, deviceY } from './device-view.js';
import type { Painter } from './painter.js';
import type { Scene } from './pass.js';
import type { Rect } from './spatial-index.js';
import type { Size, Viewport } from './viewport.js';

/** Past this many dirty squares, one repaint of everything is cheaper than the clipping. */
const DIRTY_MAX = 256;

export class Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #scene: Scene;
  readonly #beforeFrame: () => void;
  readonly #ctx: CanvasRenderingContext2D | null;
  #painter: Painter;
  #painted: DeviceView | undefined;
  #dirty: Rect[] = [];
  #requested = 0;
  #view: Viewport = { scale: 1, x: 0, y: 0 };
  #ratio = 1;

  /** @param beforeFrame called at the start of each frame: whatever it invalidates is painted in the same one. */
  constructor(canvas: HTMLCanvasElement, painter: Painter, scene: Scene, beforeFrame: () => void) {
    this.#canvas = canvas;
    this.#painter = painter;
    this.#scene = scene;
    this.#beforeFrame = beforeFrame;
    this.#ctx = canvas.getContext('2d');
  }

  setPainter(painter: Painter): void {
    this.#painter = painter;
    this.invalidate();
  }

  /** Sizes the canvas in CSS pixels. More than two device pixels a CSS pixel cost memory that no eye repays. */
  resize(size: Size, devicePixelRatio: number): void {
    this.#ratio = Math.min(devicePixelRatio, 2);
    const width = Math.max(1, Math.round(size.width * this.#ratio));
    const height = Math.max(1, Math.round(size.height * this.#ratio));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.invalidate();
  }

  show(view: Viewport): void {
    this.#view = view;
    this.requestFrame();
  }

  /** Everything will be painted anew. */
  invalidate(): void {
    this.#painted = undefined;
    this.requestFrame();
  }

  /** This rectangle of the plan will be painted anew. */
  invalidateRect(rect: Rect): void {
    this.#dirty.push(rect);
    this.requestFrame();
  }

  /** Paints what was asked for without waiting for the next frame. */
  paintNow(): void {
    this.stop();
    this.#frame();
  }

  stop(): void {
    cancelAnimationFrame(this.#requested);
    this.#requested = 0;
  }

  /** There will be a frame, however often this is called until then. */
  requestFrame(): void {
    if (this.#requested === 0) this.#requested = requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    this.#beforeFrame();
    this.#requested = 0;
    const [canvas, painter, scene] = [this.#canvas, this.#painter, this.#scene];
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
      painter.paint(ctx, scene, view, [whole]);
    } else {
      const strips = uncovered(whole, view.x - painted.x, view.y - painted.y);
      if (strips.length > 0 && strips[0] !== whole) {
        ctx.globalCompositeOperation = 'copy';
        ctx.drawImage(canvas, view.x - painted.x, view.y - painted.y);
        ctx.globalCompositeOperation = 'source-over';
      }
      const dirty = this.#dirty.map((rect) => toDevice(rect, view, whole));
      const clips = [...strips, ...dirty].filter(({ width, height }) => width > 0 && height > 0);
      if (clips.length > 0) painter.paint(ctx, scene, view, clips);
    }
    this.#painted = view;
    this.#dirty = [];
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

/** Whole device pixels around a rectangle of the plan, as far as the canvas goes: a clip on half a pixel would leave a seam. */
function toDevice(rect: Rect, view: DeviceView, whole: Rect): Rect {
  const x = Math.max(0, Math.floor(deviceX(view, rect.x)));
  const y = Math.max(0, Math.floor(deviceY(view, rect.y)));
  return {
    x,
    y,
    width: Math.min(whole.width, Math.ceil(deviceX(view, rect.x + rect.width))) - x,
    height: Math.min(whole.height, Math.ceil(deviceY(view, rect.y + rect.height))) - y,
  };
}
