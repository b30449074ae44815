import { setTimeout as sleep } from 'node:timers/promises';
import type { MakeFault } from './fault.js';

const FLUSH_EVERY_MS = 400;

/** All its keys are gone, again and again. */
export const redisEmptied: MakeFault = ({ redis }) => {
  let isOver = false;
  let emptying = Promise.resolve();
  return {
    name: 'redis emptied',
    detail: '',
    async start() {
      const empty = async () => {
        while (!isOver) {
          // Where it is away just now, there is nothing to be emptied.
          await Promise.race([redis.flushAll().catch(() => {}), sleep(FLUSH_EVERY_MS)]);
          await sleep(FLUSH_EVERY_MS);
        }
      };
      emptying = empty();
    },
    async heal() {
      isOver = true;
      await emptying;
    },
  };
};

/** kill -9; it comes back empty. */
export const redisKilled: MakeFault = ({ redis }) => ({
  name: 'redis killed',
  detail: '',
  start: () => redis.kill(),
  heal: () => redis.restart(),
});

/** It keeps its connections and says nothing. */
export const redisFrozen: MakeFault = ({ redis }) => ({
  name: 'redis frozen',
  detail: '',
  start: async () => redis.pause(),
  heal: async () => redis.resume(),
});
