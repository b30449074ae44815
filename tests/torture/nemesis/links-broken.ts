import type { Breakable } from '../stage/faulty-link.js';
import type { StagedNode } from '../stage/staged-node.js';
import { type MakeFault, pick } from './fault.js';

const LINKS: Readonly<Record<string, (node: StagedNode) => Breakable>> = {
  postgres: (node) => node.toPostgres,
  redis: (node) => node.toRedis,
  nodes: (node) => node.fromNodes,
  clients: (node) => node.fromClients,
};

const HOW: Readonly<Record<string, (link: Breakable) => void>> = {
  'questions held': (link) => link.hold('up'),
  'answers held': (link) => link.hold('down'),
  'questions lost': (link) => link.lose('up'),
  'answers lost': (link) => link.lose('down'),
  reset: (link) => link.reset(),
  cut: (link) => link.cut(),
};

/** One of the ways from or to a node fails in one of six manners; what was held may arrive late, or never. */
function broken(where: string): MakeFault {
  return (stage, random) => {
    const node = pick(stage.nodes, random);
    const link = LINKS[where]?.(node);
    const [manner, breakIt] = pick(Object.entries(HOW), random);
    const late = random() < 0.5;
    return {
      name: `link ${where === 'nodes' ? 'from' : 'to'} ${where} broken`,
      detail: `${node.process.name}, ${manner}${manner.endsWith('held') && late ? ', and delivered late' : ''}`,
      start: async () => {
        if (link) breakIt(link);
      },
      heal: async () => link?.heal(late),
    };
  };
}

export const linkToPostgresBroken = broken('postgres');
export const linkToRedisBroken = broken('redis');
export const linkToClientsBroken = broken('clients');
export const linkFromNodesBroken = broken('nodes');
