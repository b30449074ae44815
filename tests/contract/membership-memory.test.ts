import { MemoryMembership, MemoryRoll } from '../../src/adapters/memory/memory-membership.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { membershipContract } from './membership-suite.js';

membershipContract('one process', async () => ({
  membership: new MemoryMembership({ roll: new MemoryRoll(), timers: nodeTimers }),
  async close() {},
}));
