import { Disappearance } from './disappearance.js';
import type { Member, Roll } from './membership-port.js';
import type { ClusterTiming } from './timing.js';

/** Who is there, by what the rolls have shown so far. Both lists are by name. */
export interface MembersSeen {
  /** Whose beats go on, those that drain included; always with this node itself. */
  readonly live: readonly Member[];
  /** Who may be the home of a showtime: one of each name, none that drains; while frozen, also those that vanished. */
  readonly candidates: readonly Member[];
  /** So many vanished at once that it may be the observer who is wrong: for a while nobody takes their showtimes. */
  readonly frozen: boolean;
}

interface Known {
  readonly member: Member;
  /** The highest that was seen. */
  readonly beat: number;
  /** From when its silence counts: when that beat was first seen here, or a gap ended. */
  readonly since: number;
  /** Given up; it comes back when its beats go on. */
  readonly dead: boolean;
}

/**
 * Watches the rolls and says who lives. Pure: all time is monotonic milliseconds of this node, given by argument.
 *
 * A member is dead when for longer than `detectionMs` no roll has shown a new beat of it. That its entry is missing says no
 * more than that, since a store may forget everything in one moment; only a member that was seen draining and is
 * missing has left. Time in which the store did not answer counts against nobody.
 */
export class MemberView {
  readonly #self: Pick<Member, 'id' | 'name'>;
  readonly #detectionMs: number;
  readonly #disappearance: Disappearance;
  readonly #known = new Map<string, Known>();
  /** Of the latest roll. */
  #askedAt = 0;
  #answeredAt: number | undefined;

  constructor(self: Pick<Member, 'id' | 'name'>, timing: Pick<ClusterTiming, 'detectionMs' | 'freezeMs'>) {
    this.#self = self;
    this.#detectionMs = timing.detectionMs;
    this.#disappearance = new Disappearance(timing);
  }

  /**
   * A roll shows some moment between `askedAt` and `answeredAt`. Silence is counted up to the former and from the latter:
   * an answer that came late, or waited for us while we were stopped, kills nobody.
   */
  observe(roll: Roll, askedAt: number, answeredAt: number): void {
    // Beats of ours failed, or we stood still. The others may have fared alike: each gets the full time to be heard again.
    // Half of detectionMs is one and a half beats at least; the usual unpunctuality is no gap.
    const gap = this.#answeredAt !== undefined && answeredAt - this.#answeredAt > this.#detectionMs / 2;
    if (gap) this.#pardonAll(answeredAt);
    this.#askedAt = askedAt;
    this.#answeredAt = answeredAt;
    this.#read(roll, answeredAt);
    this.#giveUpTheDead(answeredAt);
  }

  /** What follows from the rolls so far, with this node as it is now. */
  seen(self: Member): MembersSeen {
    const others = [...this.#foremost().values()].map(({ member }) => member);
    const named = this.superseded ? others : [self, ...others];
    return {
      live: [self, ...others.filter(({ id }) => !this.#disappearance.held.has(id))].sort(byName),
      candidates: named.filter(({ draining }) => !draining).sort(byName),
      frozen: this.#disappearance.held.size > 0,
    };
  }

  /** A newer life of this very node is at work: a second process under its name, or we are the one that was given up. */
  get superseded(): boolean {
    return this.#foremost().has(this.#self.name);
  }

  /** For how long the rolls have shown no new beat of a member; 0 where it is not known. */
  silenceMsOf(memberId: string): number {
    const known = this.#known.get(memberId);
    return known ? this.#silenceMs(known) : 0;
  }

  /** When the first of those that are silent now will have been so for too long; undefined where none is to come. */
  get nextDeathAt(): number | undefined {
    const now = this.#answeredAt ?? 0;
    const due = [...this.#known.values()].map(({ since }) => since + this.#detectionMs).filter((at) => at >= now);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  /** Members that have been dead for long and still stand in the roll: ripe for `Membership.forget`. */
  get forgettable(): readonly string[] {
    const dead = [...this.#known.values()].filter((known) => known.dead);
    return dead.filter((known) => this.#silenceMs(known) > 2 * this.#detectionMs).map(({ member }) => member.id);
  }

  #pardonAll(now: number): void {
    for (const [id, known] of this.#known) if (!known.dead) this.#known.set(id, { ...known, since: now });
  }

  #read(roll: Roll, answeredAt: number): void {
    const listed = new Set<string>();
    for (const { member, beat } of roll.members) {
      if (member.id === this.#self.id) continue;
      listed.add(member.id);
      const known = this.#known.get(member.id);
      // A life counts its beats upwards and repeats none. A lower number is old news, of a store that was restored or of a
      // message that came late: no sign of life, nor what the member says of itself now.
      if (known && beat <= known.beat) continue;
      this.#known.set(member.id, { member, beat, since: answeredAt, dead: false });
    }
    for (const [id, { member, dead }] of this.#known) {
      if (!listed.has(id) && (member.draining || dead)) this.#known.delete(id);
    }
  }

  #giveUpTheDead(now: number): void {
    const foremost = this.#foremost();
    const silences = new Map<string, number>();
    const dead: string[] = [];
    for (const [id, known] of this.#known) {
      const isHome = !known.member.draining && foremost.get(known.member.name) === known;
      if (isHome) silences.set(id, this.#silenceMs(known));
      else if (this.#silenceMs(known) > this.#detectionMs) dead.push(id);
    }
    dead.push(...this.#disappearance.judge(silences, now));
    for (const id of dead) {
      const known = this.#known.get(id);
      if (known) this.#known.set(id, { ...known, dead: true });
    }
  }

  /**
   * The life that counts of each name but our own, and of ours where it is newer than we are. A new life ends the one
   * before it: a node starts again only when it is dead. Ids sort by the time at which they were made; where that
   * misleads, since a host's clock was set back, the wrong one is found dead like any other, and the right one is left.
   */
  #foremost(): ReadonlyMap<string, Known> {
    const foremost = new Map<string, Known>();
    for (const known of this.#known.values()) {
      const { id, name } = known.member;
      if (known.dead) continue;
      if (name === this.#self.name && id < this.#self.id) continue;
      const rival = foremost.get(name);
      if (!rival || id > rival.member.id) foremost.set(name, known);
    }
    return foremost;
  }

  #silenceMs({ since }: Known): number {
    return this.#askedAt - since;
  }
}

function byName(a: Member, b: Member): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
