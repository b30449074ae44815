import type { Plan } from './plan.js';
import { grow, type Rect } from './spatial-index.js';

/** By how many CSS pixels an area's border sticks out of it. */
const BORDER_PX = 1;

/**
 * What has to be painted again when these seats look different, in plan units and each part once: a seat's surroundings,
 * its standing area, or from afar the whole run that it is in, since a run's stroke shows how many of it are free.
 * `scale` is CSS pixels a plan unit.
 */
export function dirtyRects(plan: Plan, seats: readonly number[], far: boolean, scale: number): Iterable<Rect> {
  const { document, areaOf, runOf, runs, pitch } = plan;
  const parts = new Map<unknown, Rect>();
  for (const seat of seats) {
    const { x, y } = document.seats;
    const area = document.areas[areaOf[seat] ?? -1];
    const run = far ? runs[runOf[seat] ?? -1] : undefined;
    const place = area ?? run?.bounds ?? { x: x[seat] ?? 0, y: y[seat] ?? 0, width: 0, height: 0 };
    parts.set(area ?? run ?? seat, grow(place, pitch + BORDER_PX / scale));
  }
  return parts.values();
}
