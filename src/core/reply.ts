import type { Change } from './change.js';
import type { Booking, Hold } from './house.js';
import type { Refusal } from './refusal.js';
import type { OfferEnd } from './waitlist/waiting.js';

/** A hold that somebody who waited is offered. `id` is that of the entry. */
export interface OfferView {
  readonly id: string;
  readonly holder: string;
  readonly holdId: string;
  readonly seats: readonly string[];
  readonly expiresAt: number;
}

/** In the order in which best-available tries them. */
export type SearchQuality = 'adjacent' | 'adjacent_leaves_gap' | 'same_row' | 'nearby' | 'scattered';

/** What the asker is told. Values, ready to be kept as the outcome of a `commandId`. */
export type Reply =
  | {
      readonly ok: true;
      readonly type: 'hold';
      readonly hold: Hold;
      readonly quality?: SearchQuality;
    }
  /** `hold` is what remains, if anything does. */
  | {
      readonly ok: true;
      readonly type: 'release';
      readonly seats: readonly number[];
      readonly hold?: Hold;
    }
  | { readonly ok: true; readonly type: 'booking'; readonly booking: Booking }
  | { readonly ok: true; readonly type: 'seats'; readonly seats: readonly number[] }
  /**
   * To the server only: every offer that runs, and which of the entries that were asked about have ended. `isFree`: they were not
   * entered, as what they wish is free. `isOver`: nothing will be sold any more.
   */
  | {
      readonly ok: true;
      readonly type: 'waiting';
      readonly isFree: boolean;
      readonly isOver: boolean;
      readonly offers: readonly OfferView[];
      readonly ended: readonly { readonly id: string; readonly end: OfferEnd }[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Applied {
  readonly reply: Reply;
  /** Empty where nothing changed: every refusal, and an expire with nothing due. */
  readonly changes: readonly Change[];
}
