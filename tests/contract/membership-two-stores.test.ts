import { MemoryMembership, MemoryRoll } from '../../src/adapters/memory/memory-membership.js';
import type { Trip } from '../../src/adapters/memory/trip.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { TwoStoreMembership } from '../../src/adapters/two-store-membership.js';
import { silentLog } from '../silent-log.js';
import { membershipContract } from './membership-suite.js';

const WELL: Trip = {};
const AWAY: Trip = { lost: 'request', brokenAfterMs: 1 };

/** Whatever one of the stores does, the pair keeps what the port promises. */
for (const [name, quickTrip] of [
  ['two stores', WELL],
  ['two stores, the quick one of which is away', AWAY],
] as const) {
  membershipContract(name, async () => ({
    membership: new TwoStoreMembership({
      quick: new MemoryMembership({ roll: new MemoryRoll(), timers: nodeTimers, trip: () => quickTrip }),
      sure: new MemoryMembership({ roll: new MemoryRoll(), timers: nodeTimers }),
      beatMs: 500,
      detectionMs: 30_000,
      timers: nodeTimers,
      monotonic: () => performance.now(),
      log: silentLog,
    }),
    async close() {},
  }));
}
