import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clusterFileIn, DATA_DIRECTORY } from '../cluster-file.js';
import { Misuse } from '../misuse.js';
import { RollReader } from '../roll-reader.js';
import { type LocalCluster, launch, type Undo } from './launch.js';
import { CLUSTER_HELP, type LaunchOptions, readLaunchOptions } from './launch-options.js';
import { type Output, Screen } from './screen.js';
import { StatusReader } from './status.js';
import { statusText } from './status-text.js';

export interface ClusterOutside {
  readonly environment: NodeJS.ProcessEnv;
  readonly nodeCommand: readonly string[];
  readonly output: Output;
  readonly err: (text: string) => void;
  /** Aborted when the cluster is to be stopped in good order, and when there is no more patience for that. */
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

const REFRESH_MS = 2_000;
const ANSWER_MS_MAX = 2_000;

/** From the words of the command line to the exit code: runs until it is stopped. */
export async function runCluster(argv: readonly string[], outside: ClusterOutside): Promise<0 | 1 | 2> {
  const { output, err, stop } = outside;
  const screen = new Screen(output);
  const undo: Undo = [];
  try {
    const options = readLaunchOptions(argv);
    if (options === 'help') {
      output.write(CLUSTER_HELP);
      return 0;
    }
    const dataDirectory = resolve(options.dataDirectory);
    output.write(`Starting Postgres, Redis and ${options.nodes === 1 ? 'a node' : `${options.nodes} nodes`}.\n`);
    const say = (line: string) => screen.note(line);
    const cluster = await launch({ ...outside, options, dataDirectory, say }, undo);
    screen.head(headOf(cluster, options, dataDirectory));
    await watch(cluster, screen, stop, undo);
    return 0;
  } catch (error) {
    if (stop.aborted) return 0;
    err(`The cluster cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Misuse ? 2 : 1;
  } finally {
    screen.end();
    if (undo.length > 0) screen.note('Stopping the nodes, Redis and Postgres. Ctrl-C again: at once.');
    await takeDown(undo, err);
  }
}

function headOf({ sharedUrl }: LocalCluster, options: LaunchOptions, dataDirectory: string): string[] {
  const isUsual = dataDirectory === resolve(DATA_DIRECTORY);
  const where = isUsual ? '' : ` --data-dir ${options.dataDirectory}`;
  return [
    `Usher is ready: ${sharedUrl} (any node). Stop it with Ctrl-C.`,
    `Look into it by "npm run ctl -- nodes${where}"; "npm run ctl -- --help" says what else.`,
    `Logs: ${dataDirectory}/node-*.log. For ctl: ${clusterFileIn(dataDirectory)}`,
  ];
}

async function watch({ nodes, address }: LocalCluster, screen: Screen, stop: AbortSignal, undo: Undo): Promise<void> {
  const pool = new pg.Pool({
    connectionString: address.databaseUrl,
    max: 2,
    application_name: 'usher-cluster',
    connectionTimeoutMillis: ANSWER_MS_MAX,
    query_timeout: ANSWER_MS_MAX,
  });
  pool.on('error', () => {});
  undo.push(() => pool.end());
  const reader = new RollReader(address, pool);
  undo.push(async () => reader.close());
  const status = new StatusReader(nodes, reader, pool, address.detectionMs);
  while (!stop.aborted) {
    screen.draw(statusText(await status.read(), address.redisUrl));
    await sleep(REFRESH_MS, undefined, { signal: stop }).catch(() => {});
  }
}

/** All of it, whatever fails on the way: what is left running is worse than a message. */
async function takeDown(undo: Undo, err: (text: string) => void): Promise<void> {
  for (const step of undo.reverse()) {
    await step().catch((error: unknown) => err(`${error instanceof Error ? error.message : String(error)}\n`));
  }
}
