/** `npm run cluster`: a cluster on this machine. Touches `process`, so that nothing else here does. */
import { fileURLToPath } from 'node:url';
import { runCluster } from './local-cluster/run-cluster.js';

/** npm passes on an interrupt that the terminal has given to everybody already: within so long, two are one. */
const ECHO_MS_MAX = 500;
/** Both bundles lie in one folder. */
const SERVER_PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));

const stop = new AbortController();
const kill = new AbortController();
let askedAt = 0;

function asked(): void {
  if (!stop.signal.aborted) {
    askedAt = performance.now();
    stop.abort();
  } else if (performance.now() - askedAt > ECHO_MS_MAX) kill.abort();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, asked);
// Nobody looks any more, as where the output went to `head`.
process.stdout.on('error', () => stop.abort());

process.exitCode = await runCluster(process.argv.slice(2), {
  environment: process.env,
  nodeCommand: [process.execPath, '--enable-source-maps', SERVER_PROGRAM],
  output: process.stdout,
  err: (text) => void process.stderr.write(text),
  stop: stop.signal,
  kill: kill.signal,
});
