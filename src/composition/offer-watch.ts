import type { Change } from '../core/change.js';
import type { Feed } from '../runtime/audience.js';

/** Sees, among all that the journal has taken, what concerns offers. */
export class OfferWatch {
  readonly #nudge: (showtimeId: string) => void;

  /** @param nudge called where an offer was made or has ended. */
  constructor(nudge: (showtimeId: string) => void) {
    this.#nudge = nudge;
  }

  /** The feed of a showtime that this node owns from now on. */
  watched(feed: Feed, showtimeId: string): Feed {
    // Those that were made here. What becomes of offers of owners before this one is found by the next comparison.
    const offers = new Set<string>();
    const look = (change: Change) => {
      if (change.type === 'hold_put' && change.isOffer) offers.add(change.hold.id);
      else if (offers.size === 0 || !hasEnded(change) || !offers.delete(change.hold.id)) return;
      this.#nudge(showtimeId);
    };
    return {
      size: () => feed.size(),
      changed: (change, by) => {
        feed.changed(change, by);
        look(change);
      },
      delta: (delta) => feed.delta(delta),
      terms: (terms) => feed.terms(terms),
      ended: (reason, url) => feed.ended(reason, url),
    };
  }
}

function hasEnded(
  change: Change,
): change is Extract<Change, { readonly type: 'booked' | 'hold_dropped' | 'hold_taken_away' }> {
  if (change.type === 'hold_dropped') return change.rest === undefined;
  return change.type === 'booked' || change.type === 'hold_taken_away';
}
