import { defineConfig } from 'vitest/config';

const TIDY = ['tests/tidy/**/*.test.ts'];
const FAST = [
  'tests/{unit,contract,integration,simulation}/**/*.test.ts',
  // Programs of the proof have units too, which need no processes.
  'tests/rush/{buyer-plan,house-view,load-socket,verdict,witness}.test.ts',
  'tests/soak/verdict.test.ts',
  'tests/fuzz/oracle/*.test.ts',
  'tests/torture/{checker,mutations,nemesis,stage}/*.test.ts',
  'tests/postgres/*.test.ts',
  'tests/torture/{first-holds,torture-options}.test.ts',
];
const PAIRS = [
  'tests/abuse/*.test.ts',
  'tests/browser/{accessible,account-page,back-forward,demo,docs,host-page,money,race,setup}.test.ts',
  'tests/demo/*.test.ts',
  'tests/faults/{ops,postgres-outage}.test.ts',
  'tests/fuzz/*.test.ts',
  'tests/generated-client/*.test.ts',
  'tests/package/*.test.ts',
  'tests/rush/rush.test.ts',
  'tests/soak/soak.test.ts',
  'tests/stories/*.test.ts',
];

const ONE_POSTGRES = ['tests/global-setup.ts'];
const WITH_PROCESSES = { globalSetup: ONE_POSTGRES, testTimeout: 180_000, hookTimeout: 60_000 };

/**
 * Projects, run one after the other: `tidy` reads the sources only; `fast` is all that shares one Postgres; `pairs` starts
 * servers that leave room for another file beside them; `whole` is the rest, above all what kills servers, one file
 * after the other, so that each has the machine to itself. A test file that is named nowhere is in `whole`.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'tidy', include: TIDY, sequence: { groupOrder: 0 } } },
      {
        test: {
          name: 'fast',
          include: FAST,
          globalSetup: ONE_POSTGRES,
          testTimeout: 20_000,
          hookTimeout: 30_000,
          maxWorkers: 3,
          // Files that run one after the other in a worker share their modules: importing them anew took a third of the time.
          // So no file here may mock a module.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'pairs', include: PAIRS, ...WITH_PROCESSES, maxWorkers: 2, sequence: { groupOrder: 2 } } },
      {
        test: {
          name: 'whole',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...TIDY, ...FAST, ...PAIRS],
          ...WITH_PROCESSES,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
