import { parseArgs } from 'node:util';
import { DATA_DIRECTORY } from '../cluster-file.js';
import { parsed, wholeNumber } from '../option-values.js';

export interface LaunchOptions {
  readonly nodes: number;
  /** All nodes share it, and each has one of the next for itself. Undefined: the usual. 0: free ones. */
  readonly port: number | undefined;
  readonly dataDirectory: string;
  readonly detectionMs: number;
  /** Whether a node that died is started again. */
  readonly restart: boolean;
}

export const CLUSTER_HELP = `Usage: npm run cluster -- [options]

Starts a cluster on this machine: a Postgres, a Redis, and nodes with the demo cinema, which share its showtimes; shows who
owns what until it is stopped by Ctrl-C. (A second Ctrl-C kills.)

  --nodes <n>       from 1 to 9                                          (default 3)
  --port <n>        all nodes share it, and each has one of the next for itself; 0 takes free ones
                                                                         (default 8080)
  --data-dir <dir>  of Postgres and the logs; the former is kept         (default .usher/cluster)
  --detection <ms>  a node that was not heard of for so long has died    (default 3000)
  --restart         start nodes again that died
  --help

Other settings of nodes are passed on to them by the environment, such as HOLD_TTL_MS, HOT_WATCHERS or LOG_LEVEL.
`;

export const NODES_MAX = 9;

/**
 * @returns 'help' where that was asked for.
 * @throws Misuse
 */
export function readLaunchOptions(argv: readonly string[]): LaunchOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { nodes: text, port: text, 'data-dir': text, detection: text, restart: flag, help: flag };
  const { values } = parsed(() => parseArgs({ args: [...argv], options }));
  if (values.help) return 'help';
  return {
    nodes: wholeNumber('--nodes', values.nodes, 3, 1, NODES_MAX),
    port: values.port === undefined ? undefined : wholeNumber('--port', values.port, 0, 0, 65_535 - NODES_MAX),
    dataDirectory: values['data-dir'] ?? DATA_DIRECTORY,
    detectionMs: wholeNumber('--detection', values.detection, 3_000, 600, 600_000),
    restart: values.restart ?? false,
  };
}
