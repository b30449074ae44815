/** Reads the settings, starts a node, and drains it when asked to stop. The only file that touches `process`. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from './config.js';
import { startNode } from './node.js';
import { createLog } from './observability/log.js';

/** One level below the root of the project, both as source and as bundle. */
const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const settings = readConfig(process.env);
  const config = { ...settings, dataDirectory: resolve(settings.dataDirectory) };
  const log = createLog(config.logLevel);
  const started = performance.now();
  const node = await startNode(config, { sql: resolve(root, 'sql'), demo: resolve(root, 'client-sdk/dist/demo') }, log);
  log.info({ url: node.url, ms: Math.round(performance.now() - started) }, 'ready');
  if (process.stdout.isTTY || config.demo) {
    process.stdout.write(`\n  Usher is ready: ${node.url}\n  Stop it with Ctrl-C.\n\n`);
  }

  let asked = 0;
  const stop = (signal: string) => {
    asked++;
    // Whoever asks twice does not want to wait.
    if (asked > 1) process.exit(1);
    log.info({ signal }, 'draining');
    node.stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'the node did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  process.stderr.write(`Usher cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
