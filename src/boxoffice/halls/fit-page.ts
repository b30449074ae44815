import type { Draft } from '../../core/import/draft.js';
import { SEAT_PITCH } from './place-seats.js';

/** Moves a plan to the corner of its page, and makes the page as large as what is on it: drawings begin anywhere. */
export function fitPage(draft: Draft): void {
  const { seats, areas, decorations } = draft;
  const boxes = [
    ...seats.map(({ x, y }) => ({ x, y, width: 0, height: 0 })),
    ...areas,
    ...decorations.map(({ x, y, width = 0, height = 0 }) => ({ x, y, width, height })),
  ];
  if (boxes.length === 0) return;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  const [dx, dy] = [SEAT_PITCH - left, SEAT_PITCH - top];
  const moved = <Shape extends { readonly x: number; readonly y: number }>(shape: Shape): Shape => ({
    ...shape,
    x: shape.x + dx,
    y: shape.y + dy,
  });
  draft.size = { width: right - left + 2 * SEAT_PITCH, height: bottom - top + 2 * SEAT_PITCH };
  for (const [i, seat] of seats.entries()) seats[i] = moved(seat);
  for (const [i, area] of areas.entries()) areas[i] = moved(area);
  for (const [i, decoration] of decorations.entries()) decorations[i] = moved(decoration);
  if (draft.focalPoint) draft.focalPoint = moved(draft.focalPoint);
}
