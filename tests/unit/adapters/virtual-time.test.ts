import { expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';

it('stands still until it is told to go, and goes no further', async () => {
  const time = new VirtualTime(100);
  const seen: string[] = [];
  for (const ms of [30, 10, 20, 10]) time.after(ms, () => seen.push(`${time.now()}`));
  expect(time.next).toBe(110);
  await time.advance(20);
  expect([seen, time.now(), time.next]).toEqual([['110', '110', '120'], 120, 130]);
});

it('runs equal times in the order of their making, each after the promises of the one before', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  for (const name of ['a', 'b']) {
    time.after(5, async () => {
      seen.push(name);
      await null;
      await null;
      seen.push(`${name} later`);
    });
  }
  time.after(4, () => void time.after(1, () => seen.push('c')));
  await time.advance(5);
  expect(seen).toEqual(['a', 'a later', 'b', 'b later', 'c']);
});

it('runs what is made meanwhile where it is due, and nothing that was cancelled', async () => {
  const time = new VirtualTime();
  const seen: number[] = [];
  const again = () => {
    seen.push(time.now());
    time.after(3, again);
  };
  time.soon(again);
  const cancel = time.after(4, () => seen.push(-1));
  cancel();
  await time.advance(7);
  expect(seen).toEqual([0, 3, 6]);
});

it('steps from one thing to the next, and says when there is none', async () => {
  const time = new VirtualTime();
  let ran = 0;
  time.after(1_000, () => ran++);
  expect([await time.step(), time.now(), ran]).toEqual([true, 1_000, 1]);
  expect(await time.step()).toBe(false);
});
