import { type MakeFault, pick } from './fault.js';

const HOUR_MS = 3_600_000;

/** What `Date` says on one node jumps by up to an hour, forward or back. */
export const clockShifted: MakeFault = (stage, random) => {
  const { process, clock } = pick(stage.nodes, random);
  const offsetMs = Math.round((random() * 2 - 1) * HOUR_MS);
  // One that starts with a wrong clock has nothing but Postgres to set it by.
  const restarts = random() < 0.5;
  return {
    name: 'clock shifted',
    detail: `${process.name} by ${offsetMs} ms${restarts ? ', and started with it' : ''}`,
    async start() {
      await clock.shift(offsetMs);
      if (restarts) {
        await process.end('SIGKILL');
        process.start();
      }
    },
    heal: () => clock.shift(0),
  };
};
