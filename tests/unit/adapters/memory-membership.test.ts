import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryMembership, MemoryRoll } from '../../../src/adapters/memory/memory-membership.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { member } from '../runtime/cluster/rolls.js';

let time: VirtualTime;
let roll: MemoryRoll;
let trip: Trip;
let membership: MemoryMembership;
let told: string[];

beforeEach(() => {
  time = new VirtualTime();
  roll = new MemoryRoll();
  trip = {};
  told = [];
  membership = new MemoryMembership({ roll, timers: time, trip: () => trip });
});

/** Notes when a call was settled, and how. */
function watch(promise: Promise<unknown>): void {
  promise.then(
    () => told.push(`answered at ${time.now()}`),
    () => told.push(`broken at ${time.now()}`),
  );
}

describe('the way to the roll', () => {
  it('takes its time there and back; the answer is of the moment in which it was written', async () => {
    trip = { thereMs: 10, backMs: 5 };
    const answer = membership.beat(member('a'), 1);
    watch(answer);
    await time.advance(9);
    expect(roll.members.size).toBe(0);
    await time.advance(1);
    expect([roll.members.size, told]).toEqual([1, []]);
    roll.forgetAll();
    await time.advance(5);
    expect(told).toEqual(['answered at 15']);
    expect((await answer).members).toHaveLength(1);
  });

  it('may lose what is asked, or only the answer', async () => {
    trip = { lost: 'request', brokenAfterMs: 20 };
    watch(membership.pin('s', 'a'));
    await time.advance(20);
    expect([told, roll.pins.size]).toEqual([['broken at 20'], 0]);
    trip = { lost: 'answer', brokenAfterMs: 20 };
    watch(membership.pin('s', 'a'));
    await time.advance(20);
    expect([told, roll.pins.size]).toEqual([['broken at 20', 'broken at 40'], 1]);
  });

  it('may lead to a beat that arrives after its sender gave it up, and left', async () => {
    trip = { lost: 'answer', brokenAfterMs: 5, thereMs: 50 };
    watch(membership.beat(member('a'), 1));
    await time.advance(5);
    trip = {};
    watch(membership.leave('a'));
    await time.advance(45);
    expect([told, [...roll.members.keys()]]).toEqual([['broken at 5', 'answered at 5'], ['a']]);
  });
});
