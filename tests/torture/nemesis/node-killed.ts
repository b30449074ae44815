import { type MakeFault, pick } from './fault.js';

/** kill -9; it is started again at the end, or at once, as a supervisor would. */
export const nodeKilled: MakeFault = (stage, random) => {
  const { process } = pick(stage.nodes, random);
  const atOnce = random() < 0.5;
  return {
    name: 'node killed',
    detail: atOnce ? `${process.name}, and started at once` : process.name,
    async start() {
      await process.end('SIGKILL');
      if (atOnce) process.start();
    },
    heal: async () => process.start(),
  };
};
