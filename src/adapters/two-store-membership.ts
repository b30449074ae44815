import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { Member, Membership, Roll } from '../runtime/cluster/membership-port.js';
import { DoubtedMembers } from './doubted-members.js';

export interface TwoStoreMembershipOptions {
  /** Answers fast, and may forget, lie or vanish: Redis. */
  readonly quick: Membership;
  /** Postgres: it answers whenever anything can be sold. */
  readonly sure: Membership;
  readonly beatMs: number;
  readonly detectionMs: number;
  readonly timers: Timers;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  readonly log: Log;
}

type Entry = Roll['members'][number];

interface Asked {
  readonly roll: Roll;
  readonly askedAt: number;
}

type Settled = { readonly ok: true; readonly roll: Roll } | { readonly ok: false; readonly error: unknown };

/** So often within `detectionMs` a node beats in the sure store while the quick one answers. */
const WITNESSED_A_DETECTION = 3;
/** There must be time to ask the other store within half of `detectionMs`: past that, an answer counts as a gap. */
const PATIENCES_A_DETECTION = 6;
/** Entries of the quick store that were doubted for so many times `detectionMs` are taken out of it. */
const DOUBTED_DETECTIONS_MAX = 2;
/** A quick store that comes and goes is told of so often. */
const TOLD_EVERY_MS = 60_000;

/**
 * One membership over two stores. While the quick store answers, its roll is the roll, and the sure one is asked a few times
 * within `detectionMs`: that is enough for a node which only reaches the sure store to see the others and to be seen.
 * While the quick store is silent, each beat goes to the sure one.
 *
 * Invariant: a member is on the merged roll with the highest beat that either store shows. A life counts its beats upwards
 * in both, so the highest one is always the newest word of that member.
 *
 * The quick store may come back with members that died while it was away. An entry that the sure store does not have is
 * therefore left out until its beat is seen to rise. While the sure store is silent, nothing is doubted.
 *
 * Pins are those of the sure store, which does not forget; those of the quick store count while the other is silent.
 */
export class TwoStoreMembership implements Membership {
  readonly #options: TwoStoreMembershipOptions;
  readonly #witnessMs: number;
  /** A store that takes longer is not waited for. */
  readonly #patienceMs: number;
  #quickSilent = false;
  #sureSilent = false;
  #sure: Asked | undefined;
  #sureAskedAt = Number.NEGATIVE_INFINITY;
  #quickPins: Roll['pins'] = new Map();
  #pinned = false;
  #selfId: string | undefined;
  #falls = 0;
  #told = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #doubts = new DoubtedMembers();
  readonly #underway = new Set<Promise<unknown>>();

  constructor(options: TwoStoreMembershipOptions) {
    this.#options = options;
    this.#witnessMs = options.detectionMs / WITNESSED_A_DETECTION;
    this.#patienceMs = options.detectionMs / PATIENCES_A_DETECTION;
  }

  async beat(self: Member, beat: number): Promise<Roll> {
    const { monotonic, beatMs } = this.#options;
    const askedAt = monotonic();
    const quick = this.#askQuick(self, beat);
    // Half a beat early rather than one late.
    const isDue = askedAt - this.#sureAskedAt + beatMs / 2 >= this.#witnessMs;
    if (this.#quickSilent) return await this.#whicheverAnswers(quick, this.#askSure(self, beat));
    // The first beat of a life is in both stores, so that the others believe in it at once.
    const isFirst = this.#selfId !== self.id;
    this.#selfId = self.id;
    const witnessed = isDue || isFirst || this.#pinned ? this.#askSure(self, beat) : undefined;
    const first = await this.#inTime(quick);
    if (!first?.ok) {
      this.#quickFell(first?.error);
      return await this.#whicheverAnswers(quick, witnessed ?? this.#askSure(self, beat));
    }
    if (isFirst || this.#needsSure(first.roll)) await this.#inTime(witnessed ?? this.#askSure(self, beat));
    this.#quickPins = first.roll.pins;
    return this.#merged(first.roll);
  }

  async leave(memberId: string): Promise<void> {
    // A beat that arrived after it would register the member once more.
    await Promise.all(this.#underway);
    await either([this.#options.quick.leave(memberId), this.#options.sure.leave(memberId)]);
    this.#drop([memberId]);
  }

  async forget(memberIds: readonly string[]): Promise<void> {
    await either([this.#options.quick.forget(memberIds), this.#options.sure.forget(memberIds)]);
    this.#drop(memberIds);
  }

  async pin(showtimeId: string, nodeName: string | undefined): Promise<void> {
    await this.#options.sure.pin(showtimeId, nodeName);
    this.#pinned = true;
    // A copy, which has the other nodes look sooner. Where it fails they look within a third of `detectionMs`.
    await this.#options.quick.pin(showtimeId, nodeName).catch(() => {});
  }

  /** Never rejects. One answer in time says that the store is back. */
  async #askQuick(self: Member, beat: number): Promise<Settled> {
    const { quick, monotonic } = this.#options;
    const askedAt = monotonic();
    const settled = await this.#settled(quick.beat(self, beat));
    if (settled.ok && this.#quickSilent && monotonic() - askedAt <= this.#patienceMs) this.#quickIsBack();
    return settled;
  }

  /** Never rejects. */
  async #askSure(self: Member, beat: number): Promise<Settled> {
    const { sure, monotonic } = this.#options;
    const askedAt = monotonic();
    this.#sureAskedAt = askedAt;
    const settled = await this.#settled(sure.beat(self, beat));
    // Answers may overtake each other.
    if (settled.ok && askedAt >= (this.#sure?.askedAt ?? askedAt)) this.#sure = { roll: settled.roll, askedAt };
    if (settled.ok) this.#pinned = false;
    this.#noteSure(settled);
    return settled;
  }

  /** @throws what the sure store failed with, where neither answers. */
  async #whicheverAnswers(quick: Promise<Settled>, sure: Promise<Settled>): Promise<Roll> {
    const first = await Promise.race([quick, sure]);
    const answers = first.ok ? [first] : [await quick, await sure];
    if (answers.every(({ ok }) => !ok)) throw ((await sure) as { error: unknown }).error;
    const isQuick = await Promise.race([quick, Promise.resolve(undefined)]);
    return this.#merged(isQuick?.ok ? isQuick.roll : undefined);
  }

  /** Undefined where it takes too long. */
  async #inTime(asked: Promise<Settled>): Promise<Settled | undefined> {
    let cancel = () => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#options.timers.after(this.#patienceMs, () => resolve(undefined));
    });
    const settled = await Promise.race([asked, late]);
    cancel();
    return settled;
  }

  async #settled(asked: Promise<Roll>): Promise<Settled> {
    const settled = asked.then(
      (roll) => ({ ok: true, roll }) as const,
      (error: unknown) => ({ ok: false, error }) as const,
    );
    this.#underway.add(settled);
    try {
      return await settled;
    } finally {
      this.#underway.delete(settled);
    }
  }

  /** From what the sure store last said. */
  #drop(memberIds: readonly string[]): void {
    if (!this.#sure) return;
    const { roll, askedAt } = this.#sure;
    const members = roll.members.filter(({ member }) => !memberIds.includes(member.id));
    this.#sure = { roll: { ...roll, members }, askedAt };
  }

  /** Whether the roll shows something that only the sure store can settle, and that cannot wait for the next look at it. */
  #needsSure({ members, pins }: Roll): boolean {
    if (this.#sureSilent) return false;
    if (!this.#sure || this.#pinned || !samePins(pins, this.#quickPins)) return true;
    const known = new Set(this.#sure.roll.members.map(({ member }) => member.id));
    return members.some(({ member: { id } }) => !known.has(id) && this.#doubts.isOpen(id, this.#sureAskedAt));
  }

  #merged(quick: Roll | undefined): Roll {
    const { monotonic, detectionMs } = this.#options;
    const now = monotonic();
    // What is older says nothing of who lives now, and may list a member that has left.
    const sure = this.#sure && now - this.#sure.askedAt <= detectionMs ? this.#sure.roll : undefined;
    const newest = new Map<string, Entry>();
    for (const entry of sure?.members ?? []) newest.set(entry.member.id, entry);
    const inSure = sure && new Set(newest.keys());
    for (const entry of quick ? this.#doubts.believable(quick.members, inSure, now) : []) {
      const other = newest.get(entry.member.id);
      if (!other || other.beat < entry.beat) newest.set(entry.member.id, entry);
    }
    const stale = this.#doubts.stale(DOUBTED_DETECTIONS_MAX * detectionMs, now);
    if (stale.length > 0) this.#options.quick.forget(stale).catch(() => {});
    return { members: [...newest.values()], pins: sure?.pins ?? quick?.pins ?? this.#quickPins };
  }

  #quickFell(error: unknown): void {
    const { monotonic, log } = this.#options;
    this.#quickSilent = true;
    this.#falls++;
    // It may come back with members that died meanwhile.
    this.#doubts.clear();
    const now = monotonic();
    if (now - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = now;
    this.#told = true;
    log.warn(
      { event: 'cluster.roll_from_postgres', err: error, times: this.#falls },
      'Redis does not answer in time. The nodes find each other through Postgres meanwhile.',
    );
    this.#falls = 0;
  }

  #quickIsBack(): void {
    this.#quickSilent = false;
    if (!this.#told) return;
    this.#told = false;
    this.#options.log.info({ event: 'cluster.roll_from_redis' }, 'Redis answers again and has the roll of the nodes.');
  }

  #noteSure(settled: Settled): void {
    const { log } = this.#options;
    if (!settled.ok && !this.#sureSilent) {
      log.warn(
        { event: 'cluster.roll_not_in_postgres', err: settled.error },
        'The node cannot write its row in usher.nodes. Nodes without Redis cannot see it.',
      );
    }
    if (settled.ok && this.#sureSilent)
      log.info({ event: 'cluster.roll_in_postgres' }, 'The node writes its row in usher.nodes again.');
    this.#sureSilent = !settled.ok;
  }
}

/** Resolves when all have settled and one has succeeded. @throws the first failure where none has. */
async function either(attempts: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(attempts);
  const [first] = settled;
  if (first?.status === 'rejected' && settled.every(({ status }) => status === 'rejected')) throw first.reason;
}

function samePins(one: Roll['pins'], other: Roll['pins']): boolean {
  return one.size === other.size && [...one].every(([showtimeId, name]) => other.get(showtimeId) === name);
}
