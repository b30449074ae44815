/**
 * Which part of the plan is seen, as pure arithmetic. `scale` is CSS pixels a plan unit; (x, y) is where the plan's
 * origin lies in CSS pixels from the map's top left corner.
 */
import type { Rect } from './spatial-index.js';

export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Free room kept around the plan, in CSS pixels, so that the seats at its border can be seen whole and reached. */
const PADDING_PX = 20;

export function toScreen(view: Viewport, point: Point): Point {
  return { x: point.x * view.scale + view.x, y: point.y * view.scale + view.y };
}

export function toPlan(view: Viewport, point: Point): Point {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
}

/** The largest view that shows the whole of `bounds`, centred. `scaleMax` keeps a hall of ten seats from filling a wall. */
export function fit(bounds: Rect, size: Size, scaleMax = Number.POSITIVE_INFINITY): Viewport {
  const width = Math.max(1, size.width - 2 * PADDING_PX);
  const height = Math.max(1, size.height - 2 * PADDING_PX);
  const scale = Math.min(width / Math.max(bounds.width, 1e-6), height / Math.max(bounds.height, 1e-6), scaleMax);
  return {
    scale,
    x: size.width / 2 - (bounds.x + bounds.width / 2) * scale,
    y: size.height / 2 - (bounds.y + bounds.height / 2) * scale,
  };
}

export function panBy(view: Viewport, dx: number, dy: number): Viewport {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy };
}

/** Zooms to `scale` so that what lies under `anchor` (CSS pixels) stays there. */
export function zoomTo(view: Viewport, scale: number, anchor: Point): Viewport {
  const factor = scale / view.scale;
  return { scale, x: anchor.x - (anchor.x - view.x) * factor, y: anchor.y - (anchor.y - view.y) * factor };
}

/** Keeps the plan in sight: centred on an axis where it is smaller than the map, and never past its edges elsewhere. */
export function keepInside(view: Viewport, bounds: Rect, size: Size): Viewport {
  return {
    scale: view.scale,
    x: keepAxis(view.x, bounds.x * view.scale, bounds.width * view.scale, size.width),
    y: keepAxis(view.y, bounds.y * view.scale, bounds.height * view.scale, size.height),
  };
}

function keepAxis(offset: number, start: number, length: number, room: number): number {
  if (length + 2 * PADDING_PX <= room) return room / 2 - (start + length / 2);
  const max = PADDING_PX - start;
  const min = room - PADDING_PX - start - length;
  return Math.min(max, Math.max(min, offset));
}

/** Moves as little as needed so that a plan point is at least `margin` CSS pixels inside. */
export function reveal(view: Viewport, point: Point, size: Size, margin: number): Viewport {
  const at = toScreen(view, point);
  const marginX = Math.min(margin, size.width / 2);
  const marginY = Math.min(margin, size.height / 2);
  return panBy(
    view,
    Math.min(Math.max(at.x, marginX), size.width - marginX) - at.x,
    Math.min(Math.max(at.y, marginY), size.height - marginY) - at.y,
  );
}

/** A view on the way from one to another, `t` from 0 to 1: geometric in scale, so that zooming feels even. */
export function between(from: Viewport, to: Viewport, size: Size, t: number): Viewport {
  const scale = from.scale * (to.scale / from.scale) ** t;
  const middle = { x: size.width / 2, y: size.height / 2 };
  const a = toPlan(from, middle);
  const b = toPlan(to, middle);
  // The middle must move in step with what is left of the scale, or a zoom towards a corner swings past it.
  const span = 1 / to.scale - 1 / from.scale;
  const share = Math.abs(span) < 1e-9 ? t : (1 / scale - 1 / from.scale) / span;
  return {
    scale,
    x: middle.x - (a.x + (b.x - a.x) * share) * scale,
    y: middle.y - (a.y + (b.y - a.y) * share) * scale,
  };
}
