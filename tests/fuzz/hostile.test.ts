import { afterAll, beforeAll, expect, it } from 'vitest';
import { floods } from './hostile/floods.js';
import { halfOpen } from './hostile/half-open.js';
import { slowReaders } from './hostile/slow-readers.js';
import { slowloris } from './hostile/slowloris.js';
import { Violations } from './oracle/violations.js';
import { Target } from './target/target.js';

let target: Target;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(async () => {
  expect(await target.stop()).toBe(0);
});

/** In short: few of them, and without waiting for the times that the server takes to cut them. */
it.each(Object.entries({ slowReaders, slowloris, halfOpen, floods }))('%s harm nobody else', async (_, hostile) => {
  const violations = new Violations();
  const said = await hostile(target, violations, 'short');
  expect(violations.lines(), said).toEqual([]);
  expect(target.log().faults).toEqual([]);
});
