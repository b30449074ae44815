import { describe, expect, it } from 'vitest';
import { type Finding, isMet, ratioOfMedians, ratioOfRounds, spreadOf } from '../../../bench/suite/finding.js';
import { readOptions } from '../../../bench/suite/options.js';
import { describe as report } from '../../../bench/suite/report.js';
import { withResults } from '../../../bench/suite/results-page.js';

const finding = (ratio: number, goal: Finding['goal']): Finding => ({
  what: 'holds',
  unit: 'a second',
  figure: spreadOf([1_234.5, 1_200, 1_300]),
  against: { what: 'a peer', figure: spreadOf([100]) },
  ratio: spreadOf([ratio]),
  ...(goal ? { goal } : {}),
});

describe('findings', () => {
  it('are medians with the ends of their rounds', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5, rounds: 3 });
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4, rounds: 4 });
    expect(() => spreadOf([])).toThrow();
  });

  it('are compared round by round, so that a disturbed round disturbs both sides', () => {
    expect(ratioOfRounds([100, 10, 100], [50, 5, 50])).toEqual({ median: 2, min: 2, max: 2, rounds: 3 });
    expect(() => ratioOfRounds([1, 2], [1])).toThrow();
    expect(ratioOfMedians(spreadOf([10, 20, 30]), spreadOf([5])).median).toBe(4);
  });

  it('meet their goal at it, and miss it past it', () => {
    expect(isMet(finding(0.5, { atLeast: 0.5 }))).toBe(true);
    expect(isMet(finding(0.49, { atLeast: 0.5 }))).toBe(false);
    expect(isMet(finding(1.5, { atMost: 1.5 }))).toBe(true);
    expect(isMet(finding(1.51, { atMost: 1.5 }))).toBe(false);
    expect(isMet(finding(0.5, undefined))).toBeUndefined();
  });
});

describe('the table', () => {
  it('says of each figure what it is held against, and whether its goal is met', () => {
    const text = report([
      { name: 'one', seconds: 3, findings: [finding(12, { atLeast: 10 }), finding(2, { atMost: 1.5 })] },
      { name: 'two', seconds: 4, findings: [finding(1, undefined)] },
    ]);
    const [, , first, second, third] = text.split('\n');
    expect(first).toMatch(/^one +holds +1,230 +a second \(1,200–1,300\) +100 +a peer +12 +≥ 10 +yes$/);
    expect(second).toMatch(/ 2 +≤ 1.5 +NO$/);
    expect(third).toMatch(/^two .* stated$/);
    expect(text).toMatch(/1 of 2 goals met in 7 s$/);
  });

  it('does not pass over a benchmark that failed', () => {
    const text = report([{ name: 'one', seconds: 1, findings: [], failure: 'a seat was sold twice' }]);
    expect(text).toContain('one FAILED: a seat was sold twice');
    expect(text).toMatch(/1 benchmarks failed$/);
  });
});

describe('a document with results', () => {
  const machine = {
    processor: 'P',
    cores: 2,
    memoryBytes: 2 ** 30,
    platform: 'linux x64',
    node: 'v20',
    pinning: 'none',
  };
  const outcomes = [{ name: 'one', seconds: 3, findings: [finding(12, { atLeast: 10 })] }];

  it('has those of the last run in place of the older, and all else as it was', () => {
    const marks = [
      '<!-- results: written by `npm run bench -- --results FILE`, not by hand -->',
      '<!-- end of results -->',
    ];
    const once = withResults(`before\n${marks.join('\nyesterday\n')}\nafter\n`, outcomes, new Date(0), machine);
    expect(once).toMatch(/^before\n<!-- results/);
    expect(once).toContain('1970-01-01: P, 2 cores, 1 GiB, Node v20; none. 1 of 1 goals met in 3 s.');
    expect(once).toContain('| one | holds | 1,230 | a second (1,200–1,300) | 100 | a peer | 12 | ≥ 10 | yes |');
    expect(once).toMatch(/<!-- end of results -->\nafter\n$/);
    expect(once).not.toContain('yesterday');
    expect(withResults(once, outcomes, new Date(0), machine)).toBe(once);
  });

  it('has to have a place for them', () => {
    expect(() => withResults('nothing', outcomes, new Date(0), machine)).toThrow(/no place/);
  });
});

describe('the options', () => {
  it('name benchmarks that there are', () => {
    const parsed = readOptions(['one', '--json', 'x.json'], ['one', 'two']);
    expect(parsed).toEqual({ names: ['one'], json: 'x.json', results: undefined, profiles: undefined });
    expect(readOptions(['--help'], [])).toBe('help');
    expect(() => readOptions(['three'], ['one', 'two'])).toThrow(/"three".*one, two/);
    expect(() => readOptions(['--fast'], ['one'])).toThrow();
  });
});
