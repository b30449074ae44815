/** The element's events. All bubble and are composed; the detail is what is listed here. */
import type { Conflict } from '../../../src/protocol/errors.js';
import type { HoldView } from '../../../src/protocol/server-messages.js';

export interface PickerEvents {
  /** The labels of all seats now held. */
  selectionchange: { readonly seats: readonly string[] };
  /** `hold` is the one that further seats join. */
  holdchange: { readonly hold: HoldView | undefined; readonly holds: readonly HoldView[] };
  /** Seats that were refused, and a free one nearby. What was held before is held still. */
  conflict: { readonly conflicts: readonly Conflict[]; readonly alternative: string | undefined };
  /** A hold ended by time. */
  expire: { readonly holdId: string; readonly seats: readonly string[] };
  connectionchange: { readonly state: string; readonly stale: boolean };
  /** A limit of the showtime kept a seat from being held; `max` is how many seats a hold, or holds a buyer, may have. */
  limit: { readonly code: 'too_many_seats' | 'too_many_holds'; readonly max: number | undefined };
}

/** For `addEventListener`. */
export type PickerEventMap = Omit<HTMLElementEventMap, keyof PickerEvents> & {
  readonly [Name in keyof PickerEvents]: CustomEvent<PickerEvents[Name]>;
};
