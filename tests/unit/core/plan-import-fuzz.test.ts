import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import { importPlan } from '../../../src/core/plan-import.js';
import { planOf } from './halls.js';

// Many halls, each searched twice: seconds on a quiet machine, and longer on a busy one.
vi.setConfig({ testTimeout: 90_000 });

/** Keys of the format, so that random objects reach deep into the importer instead of failing at its door. */
const KEYS =
  'name size width height categories color zones position x y rows row_number row_label seats seat_guid seat_number category areas shape usher standing capacity wheelchair companion_of pair_with focal_point rectangle circle radius polygon points text seat_label start_direction layout whole looks_at __proto__ constructor'.split(
    ' ',
  );
const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    '',
    '1',
    '-3.5',
    'polygon',
    'circle',
    'Row %s',
    'S T A G E',
    'SCREEN',
    '\u0000',
    '\ud800',
    '__proto__',
    'x'.repeat(100),
  ),
  fc.boolean(),
  fc.constant(null),
);
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 8, withCrossShrink: true },
    leaf,
    fc.array(tie('anything'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('anything'), { maxKeys: 8, noNullPrototype: true }),
  ),
}));

/** A whole plan in which a few values, anywhere, are replaced by rubbish. */
const mutated = fc
  .tuple(fc.array(fc.tuple(fc.nat(), leafOrTree()), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([changes]) => {
    const plan = planOf([
      { rows: ['..wc', 'pq._..'] },
      { name: 'Balcony', rows: ['..', 'pqpq'], standing: { Floor: 5 } },
    ]);
    for (const [where, value] of changes) {
      const spots = spotsOf(plan);
      const [holder, key] = spots[where % spots.length]!;
      holder[key] = value;
    }
    return plan;
  });

function leafOrTree() {
  return fc.oneof(leaf, anything);
}

function spotsOf(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key): [Record<string, unknown>, string][] => [
    [holder, key],
    ...spotsOf(holder[key]),
  ]);
}

function check(json: unknown): boolean {
  const result = importPlan(json);
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    return false;
  }
  // Whatever is let through compiles, so no import can break a house later.
  const map = compileSeatMap(result.map);
  expect(map.count).toBeGreaterThan(0);
  for (const label of result.map.seats.label) {
    expect(label.length).toBeGreaterThan(0);
    expect(label.length).toBeLessThanOrEqual(64);
  }
  for (const { count, examples } of result.repairs) {
    expect(count).toBeGreaterThanOrEqual(examples.length);
    for (const { path } of examples) expect(path).not.toBe('');
  }
  expect(result.repairs.length).toBeLessThan(100);
  expect(JSON.parse(JSON.stringify(result.map))).toEqual(result.map);
  return true;
}

describe('import: any JSON', () => {
  it('never throws on values of the format in any disorder', () => {
    fc.assert(
      fc.property(anything, (json) => {
        check(json);
      }),
      { numRuns: 1500 },
    );
  });

  it('never throws on a plan with rubbish in it, and what it accepts compiles', () => {
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(mutated, (json) => {
        if (check(json)) accepted++;
        else refused++;
      }),
      { numRuns: 1500 },
    );
    // Both ends must be reached, or the property says nothing.
    expect(accepted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });

  it('finds the same under the key of pretix’s API, as an object and as its text', () => {
    fc.assert(
      fc.property(mutated, (json) => {
        const plain = JSON.parse(JSON.stringify(json));
        const [result, ...wrapped] = [plain, { layout: plain }, { layout: JSON.stringify(plain) }].map((plan) =>
          importPlan(plan),
        );
        for (const other of wrapped) expect(other.ok && other.map).toEqual(result!.ok && result!.map);
      }),
      { numRuns: 100 },
    );
  });
});
