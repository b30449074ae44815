/** The whole of an import that costs time: parsing, guessing, drawing, hashing. Runs in a thread of its own; see plan-workshop.ts. */
import { createHash } from 'node:crypto';
import { compileSeatMap } from '../../core/compile-seat-map.js';
import type { SeatMapData } from '../../core/seat-map.js';
import { canonicalJson } from '../catalogue/seat-maps.js';
import { drawPicture } from './draw-picture.js';
import { importHall, type PlanMediaType } from './import-hall.js';
import type { ImportOptions } from './import-options.js';
import type { ImportReport } from './import-report.js';
import { keepIndexes } from './keep-indexes.js';

export interface PlanWork {
  readonly mediaType: PlanMediaType;
  readonly bytes: Uint8Array;
  readonly options: ImportOptions;
  /** The document of the map that the hall has now: its seats keep their indexes. */
  readonly before?: string | undefined;
  readonly wantsPicture: boolean;
}

export interface ReadyMap {
  readonly hash: string;
  readonly document: string;
  readonly places: number;
}

export interface PlanWorked {
  readonly report: ImportReport;
  /** Absent where problems refuse the file. */
  readonly map?: ReadyMap;
  readonly picture?: string;
}

export function workOnPlan({ mediaType, bytes, options, before, wantsPicture }: PlanWork): PlanWorked {
  const imported = importHall(mediaType, bytes, options);
  if (!imported.ok) return { report: imported.report };
  const map = before === undefined ? imported.map : keepIndexes(JSON.parse(before) as SeatMapData, imported.map);
  // What does not compile would be a house that nobody can open: better to fail here than in the first showtime.
  compileSeatMap(map);
  const document = canonicalJson(map);
  const hash = createHash('sha256').update(document).digest('hex');
  return {
    report: imported.report,
    map: { hash, document, places: map.seats.label.length },
    ...(wantsPicture ? { picture: drawPicture(map) } : {}),
  };
}

/** The picture of a stored map. */
export function workOnPicture(document: string): string {
  return drawPicture(JSON.parse(document) as SeatMapData);
}
