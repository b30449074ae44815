/**
 * Mouse, touch and wheel as what they mean to a map: pan, zoom, tap, hover. Knows nothing of seats.
 */
import type { Point } from './viewport.js';

export interface GestureTarget {
  /** Returns whether the map moved; at its edge the page may scroll instead. */
  pan(dx: number, dy: number): boolean;
  zoom(factor: number, anchor: Point): void;
  tap(point: Point, pointer: 'fine' | 'coarse'): void;
  /** Undefined: the mouse has left. */
  hover(point: Point | undefined): void;
}

/** CSS pixels that a press may wander and still be a tap; fingers roll more than mice. */
const SLOP_PX = { fine: 4, coarse: 10 } as const;

/** Listens on `surface` until the returned function is called. Points are CSS pixels from its top left corner. */
export function followGestures(surface: HTMLElement, target: GestureTarget): () => void {
  const pointers = new Map<number, Point>();
  let start: Point | undefined;
  let dragging = false;
  const stop = new AbortController();
  const { signal } = stop;

  const at = (event: MouseEvent): Point => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const kind = (event: PointerEvent) => (event.pointerType === 'mouse' ? 'fine' : 'coarse');

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, at(event));
    surface.setPointerCapture(event.pointerId);
    if (pointers.size === 1) {
      start = at(event);
      dragging = false;
    } else {
      // A second finger: from now on this is a pinch, whatever the first one does after.
      dragging = true;
    }
    target.hover(undefined);
  }

  function moved(event: PointerEvent): void {
    const point = at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') target.hover(point);
      return;
    }
    if (!dragging && start) {
      dragging = Math.hypot(point.x - start.x, point.y - start.y) > SLOP_PX[kind(event)];
      if (!dragging) return;
    }
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, point);
    if (!other) {
      target.pan(point.x - before.x, point.y - before.y);
      return;
    }
    // Each finger's move counts alone: the middle moves half as far, and the other finger is the still point.
    target.pan((point.x - before.x) / 2, (point.y - before.y) / 2);
    const spread = Math.hypot(before.x - other.x, before.y - other.y);
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
    if (spread > 0) target.zoom(Math.hypot(point.x - other.x, point.y - other.y) / spread, middle);
  }

  function up(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && !dragging && pointers.size === 0) target.tap(at(event), kind(event));
  }

  function wheel(event: WheelEvent): void {
    const unit = event.deltaMode === 1 ? 16 : 1;
    // Browsers tell a trackpad's pinch as a wheel with the control key.
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      target.zoom(Math.exp((-event.deltaY * unit) / 300), at(event));
      return;
    }
    const across = event.shiftKey && event.deltaX === 0;
    const dx = across ? event.deltaY : event.deltaX;
    const dy = across ? 0 : event.deltaY;
    if (target.pan(-dx * unit, -dy * unit)) event.preventDefault();
  }

  // While the whole map is in view one finger scrolls the page (`touch-action: pan-y`), and with it would two: a pinch
  // that slides is the map's.
  function touch(event: TouchEvent): void {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  }

  for (const type of ['touchstart', 'touchmove'] as const) {
    surface.addEventListener(type, touch, { signal, passive: false });
  }
  surface.addEventListener('pointerdown', down, { signal });
  surface.addEventListener('pointermove', moved, { signal });
  surface.addEventListener('pointerup', up, { signal });
  surface.addEventListener('pointercancel', up, { signal });
  surface.addEventListener('pointerleave', () => target.hover(undefined), { signal });
  surface.addEventListener('wheel', wheel, { signal, passive: false });
  return () => stop.abort();
}
