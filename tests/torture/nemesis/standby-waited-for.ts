import { setTimeout as sleep } from 'node:timers/promises';
import type { StagedNode } from '../stage/staged-node.js';
import { type MakeFault, pick } from './fault.js';
import { DyingOwner } from './primary-killed.js';

const CANCEL_EVERY_MS = 40;
const CANCELLED_MS_MIN = 800;
const CANCELLED_MS_MAX = 2_500;
/** Claims are given up after some seconds and made again: this is long enough for several rounds. */
const AWAY_MS_MIN = 2_000;
const AWAY_MS_MAX = 8_000;

/**
 * Commits wait for a synchronous standby that is away, and somebody cancels every wait, as operators do: Postgres answers
 * "done" with a notice. Then the standby comes back, or is promoted and has none of it, as an owner dies or does not.
 */
export const waitsCancelled: MakeFault = (stage, random) => {
  const forMs = CANCELLED_MS_MIN + random() * (CANCELLED_MS_MAX - CANCELLED_MS_MIN);
  const comesBack = random() < 0.3;
  const owner = new DyingOwner(stage, random, random() < 0.5);
  return {
    name: 'waits for the standby cancelled',
    detail: comesBack ? 'and it comes back' : `and it is promoted ${owner.detail}`,
    async start() {
      await stage.pair.setSynchronous(true);
      stage.pair.pair.cutReplication();
      const until = performance.now() + forMs;
      while (performance.now() < until) {
        await stage.pair.pair.cancelWaits();
        await sleep(CANCEL_EVERY_MS);
      }
      if (!comesBack) await owner.failOver();
    },
    async heal() {
      owner.startAgain();
      await stage.pair.mend();
    },
  };
};

/** Every commit and every claim waits for a synchronous standby that is away, while an owner is dead and others take over. */
export const standbyAway: MakeFault = (stage, random) => {
  const showtime = pick(stage.showtimes, random);
  const awayMs = AWAY_MS_MIN + random() * (AWAY_MS_MAX - AWAY_MS_MIN);
  let owner: StagedNode | undefined;
  return {
    name: 'synchronous standby away',
    detail: `${awayMs.toFixed(0)} ms and more, the owner of ${showtime.id} killed`,
    async start() {
      owner = (await stage.ownerOf(showtime.id)) ?? pick(stage.nodes, random);
      await stage.pair.setSynchronous(true);
      stage.pair.pair.cutReplication();
      await owner.process.end('SIGKILL');
      await sleep(awayMs);
    },
    async heal() {
      owner?.process.start();
      await stage.pair.mend();
    },
  };
};
