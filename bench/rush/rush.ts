/** The premiere rush: `npm run rush -- --help`. This one program is the conductor and, forked, its crowds. */
import { fileURLToPath } from 'node:url';
import { conduct } from './conductor.js';
import { CROWD_VARIABLE } from './crew.js';
import { joinRush } from './crowd.js';
import { startOwnServer } from './own-server.js';
import { Progress } from './progress.js';
import { describe, failings } from './report.js';
import { HELP, readOptions } from './rush-options.js';

/** Both bundles lie in one folder. */
const PROGRAM = fileURLToPath(import.meta.url);
const SERVER_PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));

if (process.env[CROWD_VARIABLE] !== undefined && process.send) {
  joinRush();
} else {
  process.exitCode = await rush(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}

/** @returns the exit code. */
async function rush(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const progress = new Progress(process.stdout);
  if (!options.server) progress.phase('a server of its own starts');
  const own = options.server ? undefined : await startOwnServer(SERVER_PROGRAM, options.holdTtlMs);
  const server = options.server ?? own;
  if (!server) throw new Error('There is no server.');
  // An interrupted rush must not leave a Postgres and a server behind.
  const interrupted = () => void own?.stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const result = await conduct(options, server, PROGRAM, progress);
    progress.finishLine();
    process.stdout.write(describe(result, options));
    return failings(result, options).length === 0 ? 0 : 1;
  } finally {
    await own?.stop();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}
