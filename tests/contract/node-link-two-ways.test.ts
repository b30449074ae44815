import { MemoryHub } from '../../src/adapters/memory/memory-node-link.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { TwoWayNodeLink } from '../../src/adapters/two-way-node-link.js';
import { recordingLog } from '../redis/recording-log.js';
import { DirectWorld } from './direct-links.js';
import { nodeLinkContract } from './node-link-suite.js';

for (const isUp of [true, false]) {
  nodeLinkContract(`two ways, all nodes connected, Redis ${isUp ? 'up' : 'away'}`, async () => {
    const { log, take } = recordingLog('error');
    const hub = new MemoryHub(nodeTimers, log);
    const world = new DirectWorld(log);
    const link = () =>
      world.open((direct) => {
        const shared = Object.assign(hub.link(), { isUp });
        if (!isUp) shared.cut();
        return new TwoWayNodeLink({ direct, shared, timers: nodeTimers });
      });
    return { link, errors: take, close: () => world.close() };
  });
}

nodeLinkContract('two ways, no node connected, as among nodes that only reach Redis', async () => {
  const { log, take } = recordingLog('error');
  const hub = new MemoryHub(nodeTimers, log);
  const world = new DirectWorld(log, false);
  const link = () =>
    world.open((direct) => {
      const shared = Object.assign(hub.link(), { isUp: true });
      const link = new TwoWayNodeLink({ direct, shared, timers: nodeTimers });
      link.meet([{ id: 'who has no address' }]);
      return link;
    });
  return { link, errors: take, close: () => world.close() };
});
