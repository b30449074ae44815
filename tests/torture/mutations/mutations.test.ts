import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownMutations } from '../../simulation/mutations/catch-mutations.js';
import { applyMutation } from '../../simulation/mutations/plant.js';
import { MONEY_PATCHES } from '../money/catch-money-mutations.js';
import { MONEY_FAULT_NAMES } from '../money/nemesis/money-faults.js';
import { FAILOVER_FAULTS } from '../nemesis/all-faults.js';
import { expectationOf, PATCHES } from './catch-mutations.js';
import { copyServer } from './plant-in-server.js';

const mutations = (await Promise.all([PATCHES, MONEY_PATCHES].map((folder) => knownMutations(folder)))).flat();
const known = [...Object.keys(FAILOVER_FAULTS), ...MONEY_FAULT_NAMES];

test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  '%s applies to the server as it is, and says how it shows',
  async (_, mutation) => {
    const { faults } = expectationOf(mutation);
    for (const name of faults) expect(known).toContain(name);
    const directory = await mkdtemp(join(tmpdir(), 'usher-mutation-'));
    try {
      await copyServer(directory);
      await applyMutation(mutation, directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);
