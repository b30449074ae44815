/**
 * Where the names of rows stand: one seat further than each end of the row, along its own line, so that it is beside
 * the row whether that runs across the hall or up a corner of it. Where a seat stands there already, no name does.
 */
import type { SeatMapDocument } from '../../../src/protocol/seat-map-document.js';
import type { SpatialIndex } from './spatial-index.js';

export interface RowName {
  readonly text: string;
  /** The middle of the text, in plan units. */
  readonly x: number;
  readonly y: number;
}

export function placeRowNames(
  document: SeatMapDocument,
  rows: readonly { readonly row: number; readonly seats: readonly number[] }[],
  index: SpatialIndex,
  pitch: number,
): RowName[] {
  const { x, y } = document.seats;
  return rows.flatMap(({ row, seats }) => {
    const text = document.rows[row]?.label;
    if (!text) return [];
    return [ahead(seats[0], seats[1], -1), ahead(seats.at(-1), seats.at(-2), 1)].flatMap((place) =>
      place ? [{ text, ...place }] : [],
    );
  });

  /** `side` decides for a row of one seat, which has no direction. */
  function ahead(end: number | undefined, beside: number | undefined, side: number) {
    if (end === undefined) return undefined;
    const from = { x: x[end] ?? 0, y: y[end] ?? 0 };
    const dx = beside === undefined ? side : from.x - (x[beside] ?? 0);
    const dy = beside === undefined ? 0 : from.y - (y[beside] ?? 0);
    const length = Math.hypot(dx, dy) || 1;
    const place = { x: from.x + (dx / length) * pitch, y: from.y + (dy / length) * pitch };
    return index.nearest(place.x, place.y, pitch * 0.7) < 0 ? place : undefined;
  }
}
