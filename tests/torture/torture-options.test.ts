import { expect, test } from 'vitest';
import { Misuse } from '../../src/ops/misuse.js';
import { MONEY_FAULT_NAMES } from './money/nemesis/money-faults.js';
import { FAILOVER_FAULTS, FAULTS, loneFaults, mayCoincide } from './nemesis/all-faults.js';
import { HELP, readOptions } from './torture-options.js';

test('everything has a default, and every fault is drawn from', () => {
  expect(readOptions(['--seed', '7'])).toEqual({
    durationMs: 300_000,
    seed: 7,
    nodes: 3,
    clients: 60,
    failover: false,
    money: false,
    mutations: false,
    only: '',
    history: undefined,
    faults: Object.keys(FAULTS),
  });
  for (const name of Object.keys(FAULTS)) expect(HELP).toContain(name);
});

test('one node has no Redis to break', () => {
  expect(readOptions(['--nodes', '1'])).toMatchObject({ faults: loneFaults(Object.keys(FAULTS)) });
  expect(() => readOptions(['--nodes', '1', '--faults', 'redis killed'])).toThrow(Misuse);
});

test('a standby can be promoted only where there is one', () => {
  expect(readOptions(['--failover'])).toMatchObject({ failover: true, faults: Object.keys(FAILOVER_FAULTS) });
  expect(readOptions(['--failover', '--nodes', '1'])).toMatchObject({
    faults: loneFaults(Object.keys(FAILOVER_FAULTS)),
  });
  expect(() => readOptions(['--faults', 'synchronous standby away'])).toThrow(Misuse);
  for (const name of Object.keys(FAILOVER_FAULTS)) expect(HELP).toContain(name);
});

test('money has faults of its own, and lasts ten minutes', () => {
  expect(readOptions(['--money'])).toMatchObject({
    money: true,
    durationMs: 600_000,
    clients: 24,
    faults: MONEY_FAULT_NAMES,
  });
  expect(() => readOptions(['--money', '--failover'])).toThrow(Misuse);
  expect(() => readOptions(['--faults', 'provider lies'])).toThrow(Misuse);
  for (const name of MONEY_FAULT_NAMES) expect(HELP).toContain(name);
});

test('no two faults break the same server at once, and each is drawn beside some other', () => {
  const names = Object.keys(FAILOVER_FAULTS);
  expect(mayCoincide('postgres killed', 'synchronous standby away')).toBe(false);
  expect(mayCoincide('redis killed', 'owner killed with redis away')).toBe(false);
  expect(mayCoincide('redis killed', 'redis frozen')).toBe(true);
  for (const name of names) expect(names.filter((other) => mayCoincide(name, other)).length).toBeGreaterThan(5);
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
