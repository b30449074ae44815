import { clockShifted } from './clock-shifted.js';
import type { MakeFault } from './fault.js';
import { linkFromNodesBroken, linkToClientsBroken, linkToPostgresBroken, linkToRedisBroken } from './links-broken.js';
import { nodeDrained } from './node-drained.js';
import { nodeFrozen } from './node-frozen.js';
import { nodeKilled } from './node-killed.js';
import { nodeKilledRepeatedly } from './node-killed-repeatedly.js';
import { offTheRolls } from './off-the-rolls.js';
import { postgresKilled } from './postgres-killed.js';
import {
  primaryKilledStandbyLags,
  primaryKilledStandbySynchronous,
  primaryKilledWithAnOwner,
} from './primary-killed.js';
import { redisAway, redisAwayOwnerKilled } from './redis-away.js';
import { redisEmptied, redisFrozen, redisKilled } from './redis-faults.js';
import { rolesSwitched } from './roles-switched.js';
import { standbyAway, waitsCancelled } from './standby-waited-for.js';

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
  'link from nodes broken': linkFromNodesBroken,
  'link to clients broken': linkToClientsBroken,
};

/** Those that a node without Redis can suffer. */
export function loneFaults(faults: readonly string[]): readonly string[] {
  return faults.filter((name) => !name.includes('redis') && !name.includes('nodes') && !name.includes('rolls'));
}

/** Those that a Postgres with a standby can suffer as well. */
const OF_A_PAIR: Readonly<Record<string, MakeFault>> = {
  'primary killed while the standby lags': primaryKilledStandbyLags,
  'primary and owner killed while the standby lags': primaryKilledWithAnOwner,
  'primary killed with a synchronous standby': primaryKilledStandbySynchronous,
  'waits for the standby cancelled': waitsCancelled,
  'synchronous standby away': standbyAway,
  'roles switched before the proxies': rolesSwitched,
};
const OF_A_LONG_SILENCE: Readonly<Record<string, MakeFault>> = {
  'redis away': redisAway,
  'owner killed with redis away': redisAwayOwnerKilled,
};

/** Of a run in which Postgres is failed over. */
export const FAILOVER_FAULTS: Readonly<Record<string, MakeFault>> = {
  ...FAULTS,
  ...OF_A_PAIR,
  ...OF_A_LONG_SILENCE,
  'node off the rolls': offTheRolls,
};

/** Two that break the same server would heal one another. */
export function mayCoincide(a: string, b: string): boolean {
  const ofPair = (name: string) => name in OF_A_PAIR || name === 'postgres killed';
  const ofRedis = (name: string) => name.includes('redis') && !name.startsWith('link');
  const isLong = (name: string) => name in OF_A_LONG_SILENCE;
  // Each of those lives would leave behind what waits for the standby.
  const leaves = ['synchronous standby away', 'node killed repeatedly'];
  if (leaves.includes(a) && leaves.includes(b)) return false;
  return a !== b && !(ofPair(a) && ofPair(b)) && !(ofRedis(a) && ofRedis(b) && (isLong(a) || isLong(b)));
}
