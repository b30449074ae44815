import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import { backoffMs } from './backoff.js';
import type { Environment } from './environment.js';

/** Seat maps of a page; a large one is a few megabytes, and few pages look at more than two or three halls. */
const MAPS_KEPT = 16;
const TRIES = 3;

export interface LoadedSeatMap {
  readonly document: SeatMapDocument;
  /** Seat index by label. */
  readonly indexOf: ReadonlyMap<string, number>;
}

/** By URL, which ends in the content's hash: what is here never gets stale. The oldest is first. */
const loaded = new Map<string, Promise<LoadedSeatMap>>();

/** Fetches a seat map once for all clients of the page. Rejects after three tries; the next call tries again. */
export function loadSeatMap(url: string, environment: Environment): Promise<LoadedSeatMap> {
  const known = loaded.get(url);
  if (known) return known;
  const loading = fetchSeatMap(url, environment);
  loaded.set(url, loading);
  loading.catch(() => loaded.delete(url));
  const [oldest = url] = loaded.keys();
  if (loaded.size > MAPS_KEPT) loaded.delete(oldest);
  return loading;
}

async function fetchSeatMap(url: string, environment: Environment): Promise<LoadedSeatMap> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await environment.fetch(url);
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${url}`);
      const document: SeatMapDocument = await response.json();
      return { document, indexOf: new Map(document.seats.label.map((label, index) => [label, index])) };
    } catch (error) {
      if (attempt + 1 === TRIES) throw error;
      const wait = backoffMs(attempt + 1, environment.random);
      await new Promise<void>((resolve) => environment.setTimer(resolve, wait));
    }
  }
}
