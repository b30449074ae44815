import { type MembersSeen, MemberView } from '../../../../src/runtime/cluster/members.js';
import type { Member, Roll } from '../../../../src/runtime/cluster/membership-port.js';

export const BEAT_MS = 1_000;
export const DETECTION_MS = 5_000;
export const FREEZE_MS = 15_000;

export function member(id: string, change: Partial<Member> = {}): Member {
  return { id, name: id.split('#')[0]!, weight: 1, draining: false, hot: [], showtimes: 0, ...change };
}

/**
 * A view and the roll that it looks at. Everybody beats once a beat, unless a test says otherwise, and the view reads the
 * roll a tenth of a beat after them. Ids are `name#life`.
 */
export class Rolls {
  readonly self: Member;
  readonly view: MemberView;
  readonly entries = new Map<string, { member: Member; beat: number }>();
  readonly beating = new Set<string>();
  readonly #next = new Map<string, Member>();
  #beat = 0;
  now = 0;

  constructor(others: readonly string[] = [], self = 'me#1') {
    this.self = member(self);
    this.view = new MemberView(this.self, { detectionMs: DETECTION_MS, freezeMs: FREEZE_MS });
    for (const id of others) this.beating.add(id);
  }

  get seen(): MembersSeen {
    return this.view.seen(this.self);
  }

  get live(): string {
    return this.seen.live.map(({ id }) => id).join(' ');
  }

  get candidates(): string {
    return this.seen.candidates.map(({ id }) => id).join(' ');
  }

  roll(): Roll {
    return { members: [...this.entries.values()], pins: new Map() };
  }

  kill(...ids: readonly string[]): void {
    for (const id of ids) this.beating.delete(id);
  }

  /** From its next beat on. */
  says(id: string, change: Partial<Member>): void {
    this.#next.set(id, member(id, change));
  }

  beatAll(): void {
    this.#beat++;
    for (const id of this.beating) {
      this.entries.set(id, { member: this.#next.get(id) ?? member(id), beat: this.#beat });
    }
  }

  /** Lets time pass: in every beat the others beat and, where the store answers, the view reads. */
  pass(beats: number, answers = true): void {
    for (let i = 0; i < beats; i++) {
      if (answers) this.beatAll();
      this.now += BEAT_MS;
      if (answers) this.read();
    }
  }

  /** Beats until the predicate holds; -1 where it does not in a hundred. */
  until(holds: () => boolean): number {
    for (let beats = 0; beats < 100; beats++) {
      if (holds()) return beats;
      this.pass(1);
    }
    return -1;
  }

  read(tookMs = 0): void {
    this.view.observe(this.roll(), this.now, this.now + tookMs);
    this.now += tookMs;
  }
}
