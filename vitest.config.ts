import { defineConfig } from 'vitest/config';

const globalSetup = ['tests/global-setup.ts'];
/** Programs of the proof have units too, which need no processes. */
const UNITS_OF_PROGRAMS = [
  'tests/rush/{buyer-plan,house-view,load-socket,verdict,witness}.test.ts',
  'tests/soak/verdict.test.ts',
  'tests/fuzz/oracle/*.test.ts',
  'tests/torture/**/*.test.ts',
];
const TORTURE = 'tests/torture/torture.test.ts';

/**
 * Projects, run one after the other: `tidy` reads the sources only; `fast` is all that shares one Postgres; `pairs` starts
 * servers that leave room for another file beside them; `whole` kills them, and has the machine to itself.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'tidy', include: ['tests/tidy/**/*.test.ts'], sequence: { groupOrder: 0 } } },
      {
        test: {
          name: 'fast',
          include: ['tests/{unit,contract,integration,simulation}/**/*.test.ts', ...UNITS_OF_PROGRAMS],
          exclude: [TORTURE],
          globalSetup,
          testTimeout: 20_000,
          hookTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'pairs',
          include: [
            'tests/abuse/**/*.test.ts',
            'tests/browser/{accessible,race}.test.ts',
            'tests/faults/{ops,postgres-outage}.test.ts',
            'tests/fuzz/*.test.ts',
            'tests/rush/rush.test.ts',
          ],
          globalSetup,
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'whole',
          include: [
            'tests/browser/painting.test.ts',
            'tests/faults/crash.test.ts',
            'tests/faults/cluster/**/*.test.ts',
            'tests/soak/soak.test.ts',
            TORTURE,
          ],
          globalSetup,
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
