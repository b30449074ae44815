import { expect, it } from 'vitest';
import type { MembersSeen } from '../../../../src/runtime/cluster/members.js';
import type { Member } from '../../../../src/runtime/cluster/membership-port.js';
import { samePins, sameView } from '../../../../src/runtime/cluster/same-view.js';
import { member } from './rolls.js';

const view = (live: readonly Member[], candidates: readonly Member[] = []): MembersSeen => ({
  live,
  candidates,
  frozen: false,
});
const ONE = member('a#1', { hot: ['s'] });

it.each<[string, Partial<Member>]>([
  ['another life', { id: 'a#2' }],
  ['another url', { url: 'http://a.example' }],
  ['another weight', { weight: 2 }],
  ['draining', { draining: true }],
  ['more that is hot', { hot: ['s', 't'] }],
  ['something else that is hot', { hot: ['t'] }],
])('a view differs by a member with %s, be it live or a candidate', (_, change) => {
  const other = { ...ONE, ...change };
  expect(sameView(view([ONE]), view([other]))).toBe(false);
  expect(sameView(view([], [ONE]), view([], [other]))).toBe(false);
});

it('a view differs by a member more or less', () => {
  expect(sameView(view([ONE]), view([ONE, member('b#1')]))).toBe(false);
  expect(sameView(view([ONE, member('b#1')]), view([ONE]))).toBe(false);
});

it('a view is the same however many showtimes run where', () => {
  expect(sameView(view([ONE], [ONE]), view([{ ...ONE, showtimes: 9 }], [{ ...ONE, hot: ['s'] }]))).toBe(true);
});

it('pins differ by their number, by what is pinned, and by where', () => {
  const pins = new Map([['s', 'a']]);
  expect(samePins(pins, new Map([['s', 'a']]))).toBe(true);
  expect(samePins(pins, new Map())).toBe(false);
  expect(samePins(pins, new Map([['s', 'b']]))).toBe(false);
  expect(samePins(pins, new Map([['t', 'a']]))).toBe(false);
});
