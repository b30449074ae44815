import { recordingLog } from '../redis/recording-log.js';
import { DirectWorld } from './direct-links.js';
import { nodeLinkContract } from './node-link-suite.js';

nodeLinkContract('direct', async () => {
  const { log, take } = recordingLog('error');
  const world = new DirectWorld(log);
  return { link: () => world.open(), errors: take, close: () => world.close() };
});
