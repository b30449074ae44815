import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Member, Membership, Roll } from '../../src/runtime/cluster/membership-port.js';

const member = (id: string, change: Partial<Member> = {}): Member => ({
  id,
  name: `node-${id}`,
  weight: 1,
  draining: false,
  hot: [],
  showtimes: 0,
  ...change,
});

function beats(roll: Roll): Record<string, number> {
  return Object.fromEntries(roll.members.map((entry) => [entry.member.id, entry.beat]));
}

function find(roll: Roll, id: string): Member | undefined {
  return roll.members.find((entry) => entry.member.id === id)?.member;
}

/** What every Membership keeps. Each `make` gives one on a store in which there is nobody yet. */
export function membershipContract(
  name: string,
  make: () => Promise<{ membership: Membership; close(): Promise<void> }>,
): void {
  describe(`the membership of ${name}`, () => {
    let membership: Membership;
    let close: () => Promise<void>;

    beforeEach(async () => {
      const made = await make();
      membership = made.membership;
      close = () => made.close();
    });
    afterEach(() => close());

    describe('a beat', () => {
      it('registers, and answers the roll with who beats in it', async () => {
        expect(await membership.beat(member('a'), 1)).toEqual({
          members: [{ member: member('a'), beat: 1 }],
          pins: new Map(),
        });
      });

      it('shows everybody who registered, each with its latest beat', async () => {
        await membership.beat(member('a'), 1);
        await membership.beat(member('b'), 7);
        expect(beats(await membership.beat(member('a'), 2))).toEqual({ a: 2, b: 7 });
      });

      it('carries what a member says of itself, all of it and as it was', async () => {
        const told = member('0199f000-0000-7000-8000-000000000001', {
          name: 'Säle: "nord" {1} *',
          url: 'https://a.tickets.example/base?x=1&y=2',
          weight: 0.375,
          draining: true,
          hot: Array.from({ length: 100 }, (_, i) => `0199f000-0000-7000-8000-${String(i).padStart(12, '0')}`),
          showtimes: 12_345,
        });
        await membership.beat(told, 1);
        expect(find(await membership.beat(member('b'), 1), told.id)).toEqual(told);
      });

      it('leaves the url out where there is none', async () => {
        await membership.beat(member('a'), 1);
        expect(find(await membership.beat(member('b'), 1), 'a')).not.toHaveProperty('url');
      });

      it('renews: what was said before is gone', async () => {
        await membership.beat(member('a', { url: 'http://a.example', hot: ['s', 't'], showtimes: 2 }), 1);
        const renewed = member('a', { draining: true, hot: ['t'], showtimes: 1 });
        expect(await membership.beat(renewed, 2)).toMatchObject({ members: [{ member: renewed, beat: 2 }] });
        expect(find(await membership.beat(member('b'), 1), 'a')).toEqual(renewed);
      });

      it('is harmless when it runs twice', async () => {
        const [first, second] = [await membership.beat(member('a'), 3), await membership.beat(member('a'), 3)];
        expect(second).toEqual(first);
      });

      it('of many at once loses nobody', async () => {
        const ids = Array.from({ length: 100 }, (_, i) => `m-${i}`);
        await Promise.all(ids.map((id, i) => membership.beat(member(id), i + 1)));
        const roll = await membership.beat(member('last'), 1);
        expect(beats(roll)).toEqual({ ...Object.fromEntries(ids.map((id, i) => [id, i + 1])), last: 1 });
      });

      it('of two lives of one name shows both', async () => {
        await membership.beat(member('a-1', { name: 'a' }), 9);
        expect(beats(await membership.beat(member('a-2', { name: 'a' }), 1))).toEqual({ 'a-1': 9, 'a-2': 1 });
      });

      it('takes numbers as high as a life can count', async () => {
        const high = Number.MAX_SAFE_INTEGER;
        expect(beats(await membership.beat(member('a'), high))).toEqual({ a: high });
      });
    });

    describe('a member', () => {
      it('that leaves is off the roll, and nobody else is', async () => {
        await membership.beat(member('a'), 1);
        await membership.beat(member('b'), 1);
        await membership.leave('a');
        expect(beats(await membership.beat(member('b'), 2))).toEqual({ b: 2 });
      });

      it('may leave twice, or without ever having been there', async () => {
        await membership.beat(member('a'), 1);
        await membership.leave('a');
        await membership.leave('a');
        await membership.leave('nobody');
        expect(beats(await membership.beat(member('b'), 1))).toEqual({ b: 1 });
      });

      it('that is forgotten is off the roll, with all who are forgotten with it, and nobody else', async () => {
        for (const id of ['a', 'b', 'c']) await membership.beat(member(id), 1);
        await membership.forget(['a', 'b', 'nobody']);
        await membership.forget([]);
        expect(beats(await membership.beat(member('c'), 2))).toEqual({ c: 2 });
      });

      it('that was forgotten though it lives is back with its next beat', async () => {
        await membership.beat(member('a'), 1);
        await membership.forget(['a']);
        expect(beats(await membership.beat(member('a'), 2))).toEqual({ a: 2 });
      });
    });

    describe('a pin', () => {
      const pins = async () => (await membership.beat(member('reader'), 1)).pins;

      it('is seen by everybody, until it is moved or taken away', async () => {
        await membership.pin('s', 'node-a');
        await membership.pin('t', 'node-b');
        expect(await pins()).toEqual(
          new Map([
            ['s', 'node-a'],
            ['t', 'node-b'],
          ]),
        );
        await membership.pin('s', 'node-b');
        await membership.pin('t', undefined);
        expect(await pins()).toEqual(new Map([['s', 'node-b']]));
      });

      it('may be taken away where there is none', async () => {
        await membership.pin('s', undefined);
        expect(await pins()).toEqual(new Map());
      });

      it('stays when its node leaves or is forgotten: it is of the name, and the name comes back', async () => {
        await membership.beat(member('a'), 1);
        await membership.pin('s', 'node-a');
        await membership.forget(['a']);
        await membership.leave('a');
        expect(await pins()).toEqual(new Map([['s', 'node-a']]));
      });
    });

    it('answers a roll that later calls do not change', async () => {
      await membership.pin('s', 'node-a');
      const before = await membership.beat(member('a'), 1);
      await membership.pin('s', undefined);
      await membership.beat(member('b'), 1);
      await membership.leave('a');
      expect([beats(before), before.pins]).toEqual([{ a: 1 }, new Map([['s', 'node-a']])]);
    });
  });
}
