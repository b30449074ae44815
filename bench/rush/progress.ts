import type { Tally } from './tally.js';

const LINE_EVERY_MS = 2_000;

/** Tells people that it is alive: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class Progress {
  #lastLineAt = -LINE_EVERY_MS;
  #open = false;

  readonly #out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  phase(what: string): void {
    this.finishLine();
    this.#out.write(`· ${what}\n`);
    this.#lastLineAt = -LINE_EVERY_MS;
  }

  selling(elapsedMs: number, sold: number, seats: number, { counts, refusals }: Tally): void {
    const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0);
    const line =
      `  ${(elapsedMs / 1000).toFixed(1).padStart(5)} s  sold ${sold}/${seats}  holds ${counts.holds}` +
      `  refused ${refused}  bookings ${counts.bookings}  deltas ${counts.deltas}`;
    if (this.#out.isTTY) {
      this.#out.write(`\r\x1b[2K${line}`);
      this.#open = true;
    } else if (elapsedMs - this.#lastLineAt >= LINE_EVERY_MS) {
      this.#lastLineAt = elapsedMs;
      this.#out.write(`${line}\n`);
    }
  }

  finishLine(): void {
    if (this.#open) this.#out.write('\n');
    this.#open = false;
  }
}
