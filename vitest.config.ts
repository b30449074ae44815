import { defineConfig } from 'vitest/config';

/**
 * Three projects, run one after the other so that the heavy ones have the machine to themselves: `tidy` reads the
 * sources only, `fast` is all that shares one Postgres, `whole` starts servers, browsers and kills them.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'tidy', include: ['tests/tidy/**/*.test.ts'], sequence: { groupOrder: 0 } } },
      {
        test: {
          name: 'fast',
          include: ['tests/{unit,contract,integration,simulation}/**/*.test.ts'],
          globalSetup: ['tests/global-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'whole',
          include: ['tests/{faults,browser,rush,torture,fuzz,abuse,soak}/**/*.test.ts'],
          globalSetup: ['tests/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
