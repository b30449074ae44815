/** What the conductor and its processes say to each other, by structured clone over the IPC channel of Node. */
import type { HallKnowledge } from './hall.js';
import type { EncodedSeries, TallyReport } from './tally.js';
import type { Claims } from './witness.js';

export interface Assignment {
  readonly host: string;
  readonly port: number;
  readonly showtimeId: string;
  readonly hall: HallKnowledge;
  readonly seed: number;
  /** Indexes of the buyers of this process: `first` … `first + count - 1`. */
  readonly first: number;
  readonly count: number;
}

export type Order =
  /** Connect everybody. Answered by `connected`. */
  | { readonly type: 'connect'; readonly assignment: Assignment }
  /** The doors are open: buy. Answered by `reported`. */
  | { readonly type: 'open_doors' }
  | { readonly type: 'report' }
  /** Stop buying, finish what is under way. Answered by `quiet`. */
  | { readonly type: 'stop' }
  /** Where is everybody? Answered by `positions`. */
  | { readonly type: 'locate' }
  /** A status code a seat, as Postgres has it. Answered by `compared`. */
  | { readonly type: 'compare'; readonly truth: Uint8Array }
  /** Close all connections and exit. */
  | { readonly type: 'leave' };

export interface Positions {
  readonly connected: number;
  /** `epoch:seq` of everybody who is connected, each once. A stale view counts as a place of its own. */
  readonly places: readonly string[];
}

export interface Compared {
  readonly clients: number;
  /** Clients whose map differs from the truth, and the first few of the differences in words. */
  readonly wrong: number;
  readonly examples: readonly string[];
}

export type Report =
  | { readonly type: 'connected'; readonly ready: number; readonly tally: TallyReport }
  | { readonly type: 'reported'; readonly tally: TallyReport }
  | { readonly type: 'quiet'; readonly tally: TallyReport; readonly series: EncodedSeries; readonly claims: Claims }
  | ({ readonly type: 'positions' } & Positions)
  | ({ readonly type: 'compared' } & Compared);
