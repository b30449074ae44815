/** Reads the settings, starts a node, and drains it when asked to stop. The only file that touches `process`. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstStartText } from './composition/first-start.js';
import { readConfig } from './config.js';
import { type RunningNode, startNode } from './node.js';
import { type FoldingLog, foldRepeats } from './observability/fold-repeats.js';
import { createLog } from './observability/log.js';

/** One level below the root of the project, both as source and as bundle. */
const root = fileURLToPath(new URL('..', import.meta.url));

/** A request with a long session is over the 4 KiB of uWebSockets.js. Read by the binary when it is loaded. */
process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= '16384';

let asked = false;

function stopOn(signal: NodeJS.Signals, starting: Promise<RunningNode>, log: FoldingLog): void {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (asked) process.exit(1);
    asked = true;
    log.info({ event: 'node.draining', signal }, 'The node drains.');
    starting
      .then((node) => node.stop())
      .then(
        () => {
          log.flush();
          process.exit(0);
        },
        (error) => {
          log.error({ event: 'node.not_stopped', err: error }, 'The node did not stop cleanly.');
          process.exit(1);
        },
      );
  });
}

try {
  const settings = readConfig(process.env);
  const config = { ...settings, dataDirectory: resolve(settings.dataDirectory) };
  const log = foldRepeats(createLog(config.logLevel), (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  });
  const started = performance.now();
  const paths = {
    sql: resolve(root, 'sql'),
    demo: resolve(root, 'client-sdk/dist/demo'),
    planWorker: resolve(root, 'dist/plan-worker.js'),
    printWorker: resolve(root, 'dist/print-worker.js'),
    mailWorker: resolve(root, 'dist/mail-worker.js'),
  };
  const starting = startNode(config, paths, log);
  // From the first moment: a start that is cut short must not leave its Postgres running.
  stopOn('SIGTERM', starting, log);
  stopOn('SIGINT', starting, log);
  const { url, firstStart } = await starting;
  log.info({ event: 'node.ready', url, ms: Math.round(performance.now() - started) }, 'The node is ready.');
  // Of an embedded Postgres nobody has the DATABASE_URL that `ctl setup-link` needs.
  const isTried = !config.production && config.databaseUrl === undefined;
  const isWatched = process.stdout.isTTY || config.demo || isTried;
  if (isWatched) {
    process.stdout.write(`\n  Usher is ready: ${url}\n  Its HTTP API:   ${url}/docs\n  Stop it with Ctrl-C.\n\n`);
  }
  // In production, standard output is the log, which many people and programs read.
  if (isWatched && !config.production) process.stdout.write(firstStartText(url, firstStart));
  else if (firstStart.setupLink) {
    const message =
      'There is no administrator. Run `ctl setup-link` with the DATABASE_URL and TOKEN_SECRET of this server.';
    log.warn({ event: 'setup.no_administrator' }, message);
  }
} catch (error) {
  process.stderr.write(`Usher cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
