import type { ClientState } from '../../../client-sdk/src/index.js';
import type { World } from '../world/world.js';

/** Told of every state that a client goes through. */
export type View = (state: ClientState) => void;

interface Place {
  readonly epoch: number;
  readonly seq: number;
  /** Who said so first. */
  readonly teller: string;
  readonly seats: string;
}

/**
 * Everyone sees one house. Whoever shows a showtime at `{epoch, seq}` shows the same seats there as all others, no client
 * goes back, and what is shown is what the journal had after some commit under that very epoch, in the order of seq.
 */
export class ToldStates {
  readonly #world: World;
  readonly #places = new Map<string, Map<string, Place>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** For one window: what it shows must be the house. */
  follow(name: string, showtimeId: string): View {
    let last: { epoch: number; seq: number } = { epoch: 0, seq: -1 };
    let lastSeats: Uint8Array | undefined;
    return ({ epoch, seq, statuses }) => {
      // Without a position the client knows that it knows nothing.
      if (epoch === undefined || seq === undefined || statuses === lastSeats) return;
      lastSeats = statuses;
      if (epoch < last.epoch || (epoch === last.epoch && seq < last.seq)) {
        this.#world.violate(
          'everyone sees one house',
          `${name} went back from ${last.epoch}.${last.seq} to ${epoch}.${seq}`,
        );
      }
      last = { epoch, seq };
      this.#see({ epoch, seq, teller: name, seats: spell(statuses) }, showtimeId);
    };
  }

  /** Once all is over: every place that anybody was shown was committed under its epoch, in order. */
  check(): void {
    for (const [showtimeId, places] of this.#places) {
      const byEpoch = new Map<number, Place[]>();
      for (const place of places.values()) byEpoch.set(place.epoch, [...(byEpoch.get(place.epoch) ?? []), place]);
      for (const [epoch, told] of byEpoch) this.#checkEpoch(showtimeId, epoch, told);
    }
  }

  #checkEpoch(showtimeId: string, epoch: number, told: readonly Place[]): void {
    const states = this.#world.journal.statesOf(showtimeId).filter((state) => state.epoch === epoch);
    let at = 0;
    for (const place of told.toSorted((a, b) => a.seq - b.seq)) {
      while (at < states.length && states[at]?.seats !== place.seats) at++;
      if (at < states.length) continue;
      const { teller, seq, seats } = place;
      const committed = states.map((state) => state.seats).join(' ');
      this.#world.violate(
        'nothing is told that is not committed',
        `${teller} was shown ${seats} at ${epoch}.${seq}, and the journal had ${committed}`,
      );
      return;
    }
  }

  #see(place: Place, showtimeId: string): void {
    const places = this.#places.get(showtimeId) ?? new Map<string, Place>();
    this.#places.set(showtimeId, places);
    const key = `${place.epoch}.${place.seq}`;
    const known = places.get(key);
    if (!known) places.set(key, place);
    else if (known.seats !== place.seats) {
      const what = `at ${key} ${known.teller} was shown ${known.seats}, and ${place.teller} ${place.seats}`;
      this.#world.violate('everyone sees one house', what);
    }
  }
}

export function spell(statuses: Uint8Array): string {
  let letters = '';
  for (const code of statuses) letters += '.hbx'[code] ?? '?';
  return letters;
}
