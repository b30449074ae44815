import { type MakeFault, pick } from './fault.js';

/** SIGTERM, as in a deploy: it hands over what it owns. */
export const nodeDrained: MakeFault = (stage, random) => {
  const { process } = pick(stage.nodes, random);
  return {
    name: 'node drained',
    detail: process.name,
    start: () => process.end('SIGTERM'),
    heal: async () => process.start(),
  };
};
