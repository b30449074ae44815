import type { Timers } from '../../kernel/timers.js';
import type { Member, Membership, Roll } from '../../runtime/cluster/membership-port.js';
import { type Trip, travel } from './trip.js';

/** The store behind MemoryMembership: what Redis is to a cluster, shared by nodes of one process. */
export class MemoryRoll {
  readonly members = new Map<string, { readonly member: Member; readonly beat: number }>();
  readonly pins = new Map<string, string>();

  /** As FLUSHALL: nothing is left, and nobody is told. */
  forgetAll(): void {
    this.members.clear();
    this.pins.clear();
  }

  read(): Roll {
    return { members: [...this.members.values()], pins: new Map(this.pins) };
  }
}

export interface MemoryMembershipOptions {
  readonly roll: MemoryRoll;
  readonly timers: Timers;
  /** Asked at each call; absent: every call arrives and is answered, as fast as timers go. */
  readonly trip?: (call: keyof Membership) => Trip;
}

/** The reference Membership: one node's way to a MemoryRoll, which can be as bad as a network. */
export class MemoryMembership implements Membership {
  readonly #options: MemoryMembershipOptions;

  constructor(options: MemoryMembershipOptions) {
    this.#options = options;
  }

  async beat(self: Member, beat: number): Promise<Roll> {
    return await this.#travel('beat', (roll) => {
      roll.members.set(self.id, { member: self, beat });
      return roll.read();
    });
  }

  async leave(memberId: string): Promise<void> {
    await this.#travel('leave', (roll) => roll.members.delete(memberId));
  }

  async forget(memberIds: readonly string[]): Promise<void> {
    await this.#travel('forget', (roll) => {
      for (const id of memberIds) roll.members.delete(id);
    });
  }

  async pin(showtimeId: string, nodeName: string | undefined): Promise<void> {
    await this.#travel('pin', (roll) => {
      if (nodeName === undefined) roll.pins.delete(showtimeId);
      else roll.pins.set(showtimeId, nodeName);
    });
  }

  #travel<Answer>(call: keyof Membership, act: (roll: MemoryRoll) => Answer): Promise<Answer> {
    const { roll, timers, trip } = this.#options;
    return travel(timers, trip?.(call) ?? {}, () => act(roll));
  }
}
