import type { RunningHouses } from '../boxoffice/halls/hall-parts.js';
import type { Directory } from '../runtime/directory.js';
import type { TermsWatch } from '../runtime/terms-watch.js';

/** For what an owner accepted before its house is loaded again; what takes longer is answered as unknown, and asked for again. */
const FLUSH_MS_MAX = 2_000;

/** The houses of a node for its box office, which is built before them. */
export class ReloadedHouses implements RunningHouses {
  #houses: { readonly directory: Directory; readonly termsWatch: TermsWatch } | undefined;

  bind(houses: { readonly directory: Directory; readonly termsWatch: TermsWatch }): void {
    this.#houses = houses;
  }

  /** To be called after the terms of a showtime were changed and committed. */
  async tellTerms(showtimeId: string): Promise<void> {
    await this.#houses?.termsWatch.changed(showtimeId);
  }

  async reload(showtimeId: string, change: () => Promise<boolean>): Promise<void> {
    let result: Promise<boolean> | undefined;
    await this.#houses?.directory.handOver(showtimeId, undefined, FLUSH_MS_MAX, () => {
      // Rejects where nobody knows whether it was committed: then the house is loaded again as well.
      result = change();
      return result;
    });
    result ??= change();
    if (await result) await this.#houses?.termsWatch.changed(showtimeId);
  }
}
