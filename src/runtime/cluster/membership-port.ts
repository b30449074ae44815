/** Who is in the cluster. Every method answers or rejects in bounded time; none waits for a store that is away. */
export interface Membership {
  /** Registers or renews, and reads the roll. `beat` rises with every call of this life. Harmless when it runs twice. */
  beat(self: Member, beat: number): Promise<Roll>;
  leave(memberId: string): Promise<void>;
  /** Takes dead members off the roll, so that it does not grow for ever. */
  forget(memberIds: readonly string[]): Promise<void>;
  /** `nodeName` undefined: let the showtime live where the hash says. */
  pin(showtimeId: string, nodeName: string | undefined): Promise<void>;
}

/** What the store of the members says at one moment. It may have forgotten any of it: it is a hint, never a guarantee. */
export interface Roll {
  /** Each member that ever registered and did not leave, with the number of its latest beat. */
  readonly members: readonly { readonly member: Member; readonly beat: number }[];
  /** Showtimes that somebody moved by hand, to the name of the node where they should live. */
  readonly pins: ReadonlyMap<string, string>;
}

/** One life of one node of the cluster. */
export interface Member {
  /** Made anew with every start: two lives of a node are two members. */
  readonly id: string;
  /** What people and Postgres call the node; the same in every life. No two live members may share it. */
  readonly name: string;
  /** Where clients reach this very node, such as https://a.tickets.example; absent where only a balancer can be reached. */
  readonly url?: string;
  /** Where other nodes reach its link, as `host:port`; absent where they reach it over Redis only. */
  readonly link?: string;
  /** Its share of the showtimes, relative to the weights of the others; above 0. */
  readonly weight: number;
  /** It gives its showtimes away and takes none. */
  readonly draining: boolean;
  /** Showtimes of its own with so many watchers that others should relay them instead of sending more clients. */
  readonly hot: readonly string[];
  /** Showtimes that run on it, for people to read. */
  readonly showtimes: number;
}
