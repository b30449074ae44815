import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const MICROSECONDS_MAX = 300_000_000;

/** What the buyers of one process came to, as it travels to the one who asks. */
export interface SalesReport {
  readonly attempts: string;
  /** Attempts whose reply had not come when the time was up; they are among the others with the time that they waited. */
  readonly unanswered: number;
  /** Attempts and bookings that ended with the connection or with a failure of the server, by what was said. */
  readonly broken: Readonly<Record<string, number>>;
  /** When so many seats were known to be booked, in milliseconds from the opening of the doors. */
  readonly sold: readonly { readonly atMs: number; readonly seats: number }[];
}

/** What the buyers of one process come to. */
export class Sales {
  readonly #openedAt = performance.now();
  readonly #attempts = newHistogram();
  readonly #sold: { readonly atMs: number; readonly seats: number }[] = [];
  /** When each was sent, by its number. */
  readonly #waiting = new Map<number, number>();
  #attempt = 0;
  readonly #broken: Record<string, number> = {};
  over = false;

  /** From just before an attempt is written until what this gives is called. */
  attempt(): () => void {
    const attempt = this.#attempt++;
    const sentAt = performance.now();
    this.#waiting.set(attempt, sentAt);
    return () => {
      this.#waiting.delete(attempt);
      if (!this.over) this.#record(performance.now() - sentAt);
    };
  }

  sold(seats: number): void {
    this.#sold.push({ atMs: performance.now() - this.#openedAt, seats });
  }

  broke(reason: string): void {
    this.#broken[reason] = (this.#broken[reason] ?? 0) + 1;
  }

  /** Ends it: what is answered from now on does not count any more. */
  report(): SalesReport {
    this.over = true;
    const now = performance.now();
    for (const sentAt of this.#waiting.values()) this.#record(now - sentAt);
    return {
      attempts: encodeIntoCompressedBase64(this.#attempts),
      unanswered: this.#waiting.size,
      broken: this.#broken,
      sold: this.#sold,
    };
  }

  #record(ms: number): void {
    this.#attempts.recordValue(Math.min(MICROSECONDS_MAX, Math.max(1, Math.round(ms * 1_000))));
  }
}

/** All attempts of all processes, in microseconds. */
export function attemptsOf(reports: readonly SalesReport[]): Histogram {
  const all = newHistogram();
  for (const { attempts } of reports) all.add(decodeFromCompressedBase64(attempts));
  return all;
}

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MICROSECONDS_MAX,
    numberOfSignificantValueDigits: 3,
  });
}
