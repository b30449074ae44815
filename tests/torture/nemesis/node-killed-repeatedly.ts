import { setTimeout as sleep } from 'node:timers/promises';
import { type MakeFault, pick } from './fault.js';

const READY_MS_MAX = 5_000;
const LIVES_MS_MAX = 700;

/** kill -9 as soon as it is ready or a little later, again and again: while it loads, and while clients ask for what was. */
export const nodeKilledRepeatedly: MakeFault = (stage, random) => {
  const { process } = pick(stage.nodes, random);
  let isOver = false;
  let killing = Promise.resolve();
  const kill = async () => {
    while (!isOver) {
      await process.end('SIGKILL');
      process.start();
      const giveUpAt = performance.now() + READY_MS_MAX;
      while (!isOver && performance.now() < giveUpAt && !(await process.isReady())) await sleep(20);
      await sleep(random() * LIVES_MS_MAX);
    }
  };
  return {
    name: 'node killed repeatedly',
    detail: process.name,
    async start() {
      killing = kill();
    },
    async heal() {
      isOver = true;
      await killing;
      process.start();
    },
  };
};
