import { setTimeout as sleep } from 'node:timers/promises';
import type { MakeFault } from './fault.js';

const MOVED_MS_MAX = 2_500;

/**
 * An orderly switch of roles. The former primary is a standby at once, and the proxies lead to it for a while: nodes come
 * to a server that is read-only, by connections that nobody breaks when the proxies are moved.
 */
export const rolesSwitched: MakeFault = (stage, random) => {
  const lateMs = random() * MOVED_MS_MAX;
  const resets = random() < 0.3;
  return {
    name: 'roles switched before the proxies',
    detail: `${lateMs.toFixed(0)} ms${resets ? ', and connections broken off' : ''}`,
    async start() {
      const { pair } = stage;
      const promotion = await pair.switchOver();
      stage.witness.promotion(promotion);
      await sleep(lateMs);
      pair.moveProxies(resets);
    },
    heal: () => stage.pair.mend(),
  };
};
