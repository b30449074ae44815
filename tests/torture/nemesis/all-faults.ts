import { clockShifted } from './clock-shifted.js';
import type { MakeFault } from './fault.js';
import { linkToClientsBroken, linkToPostgresBroken, linkToRedisBroken } from './links-broken.js';
import { nodeDrained } from './node-drained.js';
import { nodeFrozen } from './node-frozen.js';
import { nodeKilled } from './node-killed.js';
import { nodeKilledRepeatedly } from './node-killed-repeatedly.js';
import { postgresKilled } from './postgres-killed.js';
import { redisEmptied, redisFrozen, redisKilled } from './redis-faults.js';

/** By the name that each has in the history. */
export const FAULTS: Readonly<Record<string, MakeFault>> = {
  'node killed': nodeKilled,
  'node killed repeatedly': nodeKilledRepeatedly,
  'node frozen': nodeFrozen,
  'node drained': nodeDrained,
  'clock shifted': clockShifted,
  'redis emptied': redisEmptied,
  'redis killed': redisKilled,
  'redis frozen': redisFrozen,
  'postgres killed': postgresKilled,
  'link to postgres broken': linkToPostgresBroken,
  'link to redis broken': linkToRedisBroken,
  'link to clients broken': linkToClientsBroken,
};

/** Those that a node without Redis can suffer. */
export const LONE_FAULTS: readonly string[] = Object.keys(FAULTS).filter((name) => !name.includes('redis'));
