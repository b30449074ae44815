import { setTimeout as sleep } from 'node:timers/promises';
import { DETECTION_MS, type StagedNode } from '../stage/staged-node.js';
import { type MakeFault, pick } from './fault.js';

/** From the death of an owner until others sell, at most; what is left of it is the fault's own time. */
const TAKE_OVER_MS = 2 * DETECTION_MS;

/** Nobody hears of anybody over Redis for longer than it takes to call a silent node dead. */
export const redisAway: MakeFault = ({ redis }) => ({
  name: 'redis away',
  detail: '',
  async start() {
    await redis.kill();
    await sleep(DETECTION_MS);
  },
  heal: () => redis.restart(),
});

/** The same, and a node is killed meanwhile and stays down: others must sell what it owned before Redis is back. */
export const redisAwayOwnerKilled: MakeFault = (stage, random) => {
  const showtime = pick(stage.showtimes, random);
  let owner: StagedNode | undefined;
  return {
    name: 'owner killed with redis away',
    detail: `the owner of ${showtime.id}`,
    async start() {
      await stage.redis.kill();
      await sleep(DETECTION_MS / 2);
      owner = (await stage.ownerOf(showtime.id)) ?? pick(stage.nodes, random);
      const owned = await stage.ownedBy(owner);
      await owner.process.end('SIGKILL');
      stage.witness.moment('owner killed with redis away', owned);
      await sleep(TAKE_OVER_MS);
    },
    async heal() {
      await stage.redis.restart();
      owner?.process.start();
    },
  };
};
