import type { Log } from '../kernel/log.js';
import type { Member } from './cluster/membership-port.js';
import type { Directory } from './directory.js';
import type { Whereabouts } from './hosts.js';
import type { Journal } from './journal-port.js';
import { standingOf } from './recovery/standing.js';
import type { NodeCalls } from './relay/node-calls.js';
import { readFields, readText } from './relay/read-messages.js';

export interface HandOffOptions {
  readonly whereabouts: Whereabouts & { memberNamed(name: string): Member | undefined };
  readonly directory: Directory;
  readonly journal: Pick<Journal, 'owners'>;
  readonly calls: NodeCalls;
  readonly log: Log;
  /** How many showtimes are given away at a time. */
  readonly atOnceMax: number;
  /** What a showtime that is given away may still take to be written; past it the fence does the rest. */
  readonly flushMsMax: number;
  /** For another node to take a showtime; to give one up it has `flushMsMax` more. */
  readonly answerMsMax: number;
}

/**
 * What came of `take`. `refused`: it was not even claimed, and whoever offered it may go on. `failed`: it may have been
 * claimed, or was not theirs any more.
 */
type TakeAnswer = 'taken' | 'failed' | 'refused';

/**
 * Planned moves of showtimes between nodes. Who has a showtime that should live elsewhere gives it away, a few at a
 * time; who is asked for one that another still runs asks for it first. Neither is needed for safety: the epoch is.
 */
export class HandOff {
  readonly #options: HandOffOptions;
  #giving: Promise<void> | undefined;
  #again = false;
  /** Showtimes whose owner gives them to us just now: nobody is to be asked for them. */
  readonly #given = new Set<string>();

  constructor(options: HandOffOptions) {
    this.#options = options;
  }

  serve(): void {
    const { calls, directory } = this.#options;
    calls.answer('take', async (body) => {
      const { showtimeId, from } = readFields(body);
      return await this.#takeOver(readText(showtimeId), readText(from));
    });
    calls.answer('yield', async (body) => {
      const { showtimeId, to } = readFields(body);
      return await this.#yield(readText(showtimeId), readText(to));
    });
    directory.onActivated((showtimeId) => {
      // It came to live elsewhere while it was loaded, and no rebalance has seen it. What was given to us is left: the
      // giver may know more than we do, and giving it straight back would have two views of the cluster play ball.
      if (!this.#given.has(showtimeId) && this.#newHomeOf(showtimeId)) void this.rebalance();
    });
  }

  /**
   * Before a claim: has whoever runs the showtime give it up in good order. False where they say that it is theirs.
   * Where they do not answer it is claimed without them.
   */
  async askFor(showtimeId: string): Promise<boolean> {
    const { journal, whereabouts, calls, log, answerMsMax, flushMsMax } = this.#options;
    const { self } = whereabouts;
    if (this.#given.has(showtimeId)) return true;
    const owner = (await journal.owners([showtimeId])).get(showtimeId);
    const member = owner && owner.node !== self.name ? whereabouts.memberNamed(owner.node) : undefined;
    if (!member) return true;
    try {
      const call = { showtimeId, to: self.name };
      return (await calls.call(member.id, 'yield', call, flushMsMax + answerMsMax)) !== false;
    } catch (error) {
      log.warn(
        { event: 'showtime.claimed_unanswered', err: error, showtimeId, owner: member.name },
        'The owner of a showtime did not answer. This node claims the showtime.',
      );
      return true;
    }
  }

  /** Gives away what should live elsewhere. Resolves when there is no more of it, or what is left was refused. */
  async rebalance(): Promise<void> {
    this.#again = true;
    this.#giving ??= this.#giveAll();
    await this.#giving;
  }

  /**
   * For who owns a showtime and sees its home here. Whose it is may give it, so it is taken also where our own view of the
   * cluster is behind theirs. An offer that came late is none any more.
   */
  async #takeOver(showtimeId: string, from: string): Promise<TakeAnswer> {
    const { directory, whereabouts, journal } = this.#options;
    if (whereabouts.self.draining) return 'refused';
    const owner = (await journal.owners([showtimeId])).get(showtimeId);
    if (owner?.node !== from) return 'failed';
    // One of ours from before, which does not know yet that it was overtaken, is not what they give.
    const running = directory.running(showtimeId);
    if (running && standingOf(running, owner, true) === 'overtaken') running.lost('taken_over');
    this.#given.add(showtimeId);
    try {
      return (await directory.open(showtimeId)).ok ? 'taken' : 'failed';
    } finally {
      this.#given.delete(showtimeId);
    }
  }

  async #yield(showtimeId: string, to: string): Promise<boolean> {
    const { directory, whereabouts } = this.#options;
    const isHome = whereabouts.homeOf(showtimeId)?.id === whereabouts.self.id;
    // Where it should live is seen differently here: whoever is wrong will know with the next beats.
    if (isHome && (directory.running(showtimeId) || directory.isOpening(showtimeId))) return false;
    await this.#give(showtimeId, whereabouts.memberNamed(to), async () => true);
    return true;
  }

  async #giveAll(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#givePresent();
      }
    } finally {
      // In the turn in which it is found that there is no more: who asks after that must start anew.
      this.#giving = undefined;
    }
  }

  async #givePresent(): Promise<void> {
    const { directory, log, whereabouts, atOnceMax } = this.#options;
    const away = directory.all().flatMap(({ showtimeId }) => (this.#newHomeOf(showtimeId) ? [showtimeId] : []));
    if (away.length === 0) return;
    log.info(
      { event: 'cluster.giving_away', node: whereabouts.self.name, showtimes: away.length },
      'The node hands its showtimes over to other nodes.',
    );
    const next = away.values();
    const giver = async () => {
      for (const showtimeId of next) {
        const home = this.#newHomeOf(showtimeId);
        if (home) await this.#give(showtimeId, home, () => this.#taken(showtimeId, home));
      }
    };
    await Promise.all(Array.from({ length: atOnceMax }, giver));
  }

  #newHomeOf(showtimeId: string): Member | undefined {
    const { whereabouts } = this.#options;
    const home = whereabouts.homeOf(showtimeId);
    return home && home.id !== whereabouts.self.id ? home : undefined;
  }

  /** So that its clients find it running. If it does not come to that, it is loaded when the first of them asks. */
  async #taken(showtimeId: string, home: Member): Promise<boolean> {
    const { calls, answerMsMax, whereabouts } = this.#options;
    // Nobody would answer, and what is left to do before the end of a drain has better use for the time.
    if (!whereabouts.isLinked()) return true;
    const call = { showtimeId, from: whereabouts.self.name };
    return (await calls.call(home.id, 'take', call, answerMsMax)) !== 'refused';
  }

  async #give(showtimeId: string, to: Member | undefined, taken: () => Promise<boolean>): Promise<void> {
    const { directory, log, flushMsMax } = this.#options;
    try {
      await directory.handOver(showtimeId, to?.url, flushMsMax, taken);
      log.debug({ event: 'showtime.handed_over', showtimeId, to: to?.name }, 'A showtime was handed over.');
    } catch (error) {
      log.error(
        { event: 'showtime.hand_over_failed', err: error, showtimeId },
        'The hand-over of a showtime failed. Another node will claim it.',
      );
    }
  }
}
