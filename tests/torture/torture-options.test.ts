import { expect, test } from 'vitest';
import { Misuse } from '../../src/ops/misuse.js';
import { FAULTS, LONE_FAULTS } from './nemesis/all-faults.js';
import { HELP, readOptions } from './torture-options.js';

test('everything has a default, and every fault is drawn from', () => {
  expect(readOptions(['--seed', '7'])).toEqual({
    durationMs: 300_000,
    seed: 7,
    nodes: 3,
    clients: 60,
    history: undefined,
    faults: Object.keys(FAULTS),
  });
  for (const name of Object.keys(FAULTS)) expect(HELP).toContain(name);
});

test('one node has no Redis to break', () => {
  expect(readOptions(['--nodes', '1'])).toMatchObject({ faults: LONE_FAULTS });
  expect(() => readOptions(['--nodes', '1', '--faults', 'redis killed'])).toThrow(Misuse);
});

test.each([
  ['--minutes', '0'],
  ['--minutes', 'x'],
  ['--seed', '-1'],
  ['--nodes', '1.5'],
  ['--clients', '4'],
  ['--what'],
])('%s %s is refused with a sentence', (...argv) => {
  expect(() => readOptions(argv.filter(Boolean))).toThrow(Misuse);
});
