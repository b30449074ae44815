import { type MakeFault, pick } from './fault.js';

/** SIGSTOP for longer than its lease: it wakes up and still believes that it owns what others have taken. */
export const nodeFrozen: MakeFault = (stage, random) => {
  const { process } = pick(stage.nodes, random);
  return {
    name: 'node frozen',
    detail: process.name,
    start: async () => process.freeze(),
    heal: async () => process.thaw(),
  };
};
