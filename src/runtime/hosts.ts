import type { Member } from './cluster/membership-port.js';
import type { Directory, Opened } from './directory.js';
import type { Relays } from './relay/relays.js';

/** Where showtimes should live, as far as this node knows. */
export interface Whereabouts {
  readonly self: Member;
  /** Undefined where no node would take it. */
  homeOf(showtimeId: string): Member | undefined;
  /** Messages reach other nodes, as far as is known: without that nothing can be relayed. */
  isLinked(): boolean;
  /** It may be dead, and is soon known to be or not. */
  isQuiet(memberId: string): boolean;
  /** Resolves, in bounded time, when the home of the showtime is not quiet: at once as a rule. */
  settled(showtimeId: string): Promise<void>;
}

/** What a node of a cluster knows of the others, and how it serves showtimes that live there. */
export interface Elsewhere {
  readonly whereabouts: Whereabouts;
  readonly relays: Relays;
}

/** Brings clients of this node together with showtimes, wherever these live. */
export class Hosts {
  readonly #directory: Directory;
  readonly #elsewhere: Elsewhere | undefined;

  /** `elsewhere` is absent on a node that is alone. */
  constructor(directory: Directory, elsewhere?: Elsewhere) {
    this.#directory = directory;
    this.#elsewhere = elsewhere;
    // One showtime, one audience: clients that watched it through another node come back, and find it here.
    if (elsewhere) directory.onActivated((showtimeId) => elsewhere.relays.drop(showtimeId));
  }

  async open(showtimeId: string): Promise<Opened> {
    const opened = await this.#open(showtimeId);
    // Loaded, but nobody can say whether it is ours still.
    return opened.ok && !opened.host.confirmed ? { ok: false, reason: 'moving' } : opened;
  }

  /**
   * The base URL of the node to which clients of this showtime should go instead, if that can be reached. Not where
   * so many watch it that its owner has enough to do: then it is relayed. Nor where that node may be dead: then they
   * wait here for what becomes of it.
   */
  betterUrl(showtimeId: string): string | undefined {
    const home = this.#home(showtimeId);
    if (!home || !this.#elsewhere) return undefined;
    const { whereabouts } = this.#elsewhere;
    const isHot = whereabouts.isLinked() && home.hot.includes(showtimeId);
    return isHot || whereabouts.isQuiet(home.id) ? undefined : home.url;
  }

  async #open(showtimeId: string): Promise<Opened> {
    const { whereabouts, relays } = this.#elsewhere ?? {};
    if (!whereabouts || !relays || this.#directory.running(showtimeId)) return await this.#directory.open(showtimeId);
    await whereabouts.settled(showtimeId);
    // It may have come here while it was waited for.
    if (this.#directory.running(showtimeId)) return await this.#directory.open(showtimeId);
    const home = whereabouts.homeOf(showtimeId);
    if (!home) return { ok: false, reason: 'unavailable' };
    return home.id === whereabouts.self.id
      ? await this.#directory.open(showtimeId)
      : await relays.open(showtimeId, home);
  }

  /** Where it lives, if that is not here. */
  #home(showtimeId: string): Member | undefined {
    const { whereabouts } = this.#elsewhere ?? {};
    if (!whereabouts || this.#directory.running(showtimeId)) return undefined;
    const home = whereabouts.homeOf(showtimeId);
    return home?.id === whereabouts.self.id ? undefined : home;
  }
}
