import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** What is counted, by the name under which it is reported. */
export interface Counts {
  /** Connections that reached a view of the house: the first ones, and after a loss by either way. */
  connected: number;
  recovered: number;
  resnapshot: number;
  failedConnects: number;
  /** Buyers that gave up on ever connecting (again). */
  abandoned: number;
  holdAttempts: number;
  holds: number;
  bookings: number;
  releases: number;
  extensions: number;
  expirations: number;
  /** Commands whose connection ended before the reply, and those sent again for it with the same id. */
  inFlightLost: number;
  sentAgain: number;
  deltas: number;
  changes: number;
  gaps: number;
  /** What must not be; each makes the verdict a violation. */
  unhealedGaps: number;
  silentErrors: number;
  unsoldSeats: number;
  forgotten: number;
}

export type Series = 'connect' | 'hold' | 'refusal' | 'book' | 'ownDelta';

export interface TallyReport {
  readonly counts: Counts;
  readonly refusals: Readonly<Record<string, number>>;
  readonly closes: Readonly<Record<string, number>>;
  readonly told: Readonly<Record<string, number>>;
}

export type EncodedSeries = Readonly<Record<Series, string>>;

const MICROSECONDS_MAX = 120_000_000;

function newCounts(): Counts {
  return {
    connected: 0,
    recovered: 0,
    resnapshot: 0,
    failedConnects: 0,
    abandoned: 0,
    holdAttempts: 0,
    holds: 0,
    bookings: 0,
    releases: 0,
    extensions: 0,
    expirations: 0,
    inFlightLost: 0,
    sentAgain: 0,
    deltas: 0,
    changes: 0,
    gaps: 0,
    unhealedGaps: 0,
    silentErrors: 0,
    unsoldSeats: 0,
    forgotten: 0,
  };
}

/** Everything that one process counts, and the sum of several. */
export class Tally {
  readonly counts = newCounts();
  readonly refusals = new Map<string, number>();
  readonly closes = new Map<string, number>();
  readonly told = new Map<string, number>();
  /** In microseconds, to three digits. */
  readonly latencies: Record<Series, Histogram> = {
    connect: newHistogram(),
    hold: newHistogram(),
    refusal: newHistogram(),
    book: newHistogram(),
    ownDelta: newHistogram(),
  };

  latency(series: Series, milliseconds: number): void {
    this.latencies[series].recordValue(Math.min(MICROSECONDS_MAX, Math.max(1, Math.round(milliseconds * 1000))));
  }

  report(): TallyReport {
    return {
      counts: this.counts,
      refusals: Object.fromEntries(this.refusals),
      closes: Object.fromEntries(this.closes),
      told: Object.fromEntries(this.told),
    };
  }

  encodedSeries(): EncodedSeries {
    const { connect, hold, refusal, book, ownDelta } = this.latencies;
    const encode = encodeIntoCompressedBase64;
    return {
      connect: encode(connect),
      hold: encode(hold),
      refusal: encode(refusal),
      book: encode(book),
      ownDelta: encode(ownDelta),
    };
  }

  add(report: TallyReport, series?: EncodedSeries): void {
    for (const name of Object.keys(this.counts) as (keyof Counts)[]) this.counts[name] += report.counts[name];
    for (const which of ['refusals', 'closes', 'told'] as const) {
      for (const [name, count] of Object.entries(report[which])) bump(this[which], name, count);
    }
    if (!series) return;
    for (const name of Object.keys(this.latencies) as Series[]) {
      this.latencies[name].add(decodeFromCompressedBase64(series[name]));
    }
  }
}

export function bump(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MICROSECONDS_MAX,
    numberOfSignificantValueDigits: 3,
  });
}
