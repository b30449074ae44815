import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { developmentSecret } from '../../adapters/development-secret.js';
import { startEmbeddedPostgres } from '../../adapters/postgres/embedded-postgres.js';
import { type ClusterAddress, removeClusterFile, writeClusterFile } from '../cluster-file.js';
import { plainLog } from '../plain-log.js';
import { startRedisServer } from '../redis-server.js';
import { type ChosenPorts, choosePorts } from './choose-ports.js';
import { endsWithUs } from './ends-with-us.js';
import type { LaunchOptions } from './launch-options.js';
import { NodeProcess } from './node-process.js';

export interface LaunchContext {
  readonly options: LaunchOptions;
  /** Absolute. */
  readonly dataDirectory: string;
  /** What runs a node: Node.js and the server's bundle. */
  readonly nodeCommand: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

/** What takes down what was started, in the order in which it was started. */
export type Undo = (() => Promise<unknown>)[];

export interface LocalCluster {
  readonly address: ClusterAddress & { readonly databaseUrl: string };
  readonly sharedUrl: string;
  readonly nodes: readonly NodeProcess[];
}

const CLUSTER_NAME = 'usher';
const BEAT_MS_MAX = 500;
/** Of detectionMs: a node may lose a beat or two and is still alive. */
const BEATS_TO_DETECT = 6;
/** Postgres takes 100 connections; each node needs two besides its pool, and people need some. */
const POOLED_CONNECTIONS = 70;
const POOL_MAX = 10;
/** Longer than a node takes to drain, unless its DRAIN_MS_MAX says so. */
const STOP_MS_MAX = 60_000;

/**
 * Starts Postgres, Redis and the nodes; resolves when all nodes are ready.
 * @throws Error with a sentence for people; what was started so far is in `undo`.
 */
export async function launch(context: LaunchContext, undo: Undo): Promise<LocalCluster> {
  const { options, dataDirectory, say, stop, kill } = context;
  await mkdir(dataDirectory, { recursive: true });
  const ports = await choosePorts(options.nodes, options.port, say);
  const postgres = await startEmbeddedPostgres({ directory: dataDirectory, log: plainLog(say) });
  undo.push(() => postgres.stop());
  stop.throwIfAborted();
  const redis = await startRedisServer({ directory: dataDirectory, say });
  undo.push(() => redis.stop(kill.aborted ? 'SIGKILL' : 'SIGTERM'));
  stop.throwIfAborted();
  const { detectionMs } = options;
  const beatMs = Math.min(BEAT_MS_MAX, Math.floor(detectionMs / BEATS_TO_DETECT));
  const stores = { redisUrl: redis.url, databaseUrl: postgres.url };
  const address = { ...stores, clusterName: CLUSTER_NAME, beatMs, detectionMs };
  await writeClusterFile(dataDirectory, address);
  undo.push(() => removeClusterFile(dataDirectory));
  const secret = context.environment['TOKEN_SECRET'] ?? (await developmentSecret(dataDirectory));
  const nodes = nodesOf(context, address, ports, secret, await endsWithUs());
  undo.push(() => Promise.all(nodes.map((node) => node.stop(STOP_MS_MAX, kill))));
  for (const node of nodes) await node.start();
  await Promise.all(nodes.map((node) => node.ready(stop)));
  return { address, sharedUrl: localUrl(ports.shared), nodes };
}

function nodesOf(
  { options, dataDirectory, nodeCommand, environment, say }: LaunchContext,
  { redisUrl, databaseUrl, clusterName, beatMs, detectionMs }: LocalCluster['address'],
  ports: ChosenPorts,
  secret: string,
  prefix: readonly string[],
): NodeProcess[] {
  const [program = '', ...args] = [...prefix, ...nodeCommand];
  const everyPort = [ports.shared, ...ports.nodes];
  // A page of one node talks to another when its showtime lives there.
  const origins = everyPort.flatMap((port) => [localUrl(port), `http://127.0.0.1:${port}`]);
  const ofAll = {
    ...environment,
    DATABASE_URL: databaseUrl,
    DATABASE_CONNECTIONS: String(Math.min(POOL_MAX, Math.floor(POOLED_CONNECTIONS / options.nodes))),
    REDIS_URL: redisUrl,
    CLUSTER_NAME: clusterName,
    CLUSTER_BEAT_MS: String(beatMs),
    CLUSTER_DETECTION_MS: String(detectionMs),
    SHARED_PORT: String(ports.shared),
    // All nodes are on this machine.
    LINK_HOST: '127.0.0.1',
    TOKEN_SECRET: secret,
    DATA_DIR: dataDirectory,
    DEMO: 'true',
    ALLOWED_ORIGINS: [environment['ALLOWED_ORIGINS'] ?? '', ...origins].filter((origin) => origin !== '').join(','),
  };
  return ports.nodes.map((port, i) => {
    const name = `node-${i + 1}`;
    const url = localUrl(port);
    return new NodeProcess({
      ...{ name, url, say, restart: options.restart },
      command: [program, ...args],
      environment: { ...ofAll, NODE_NAME: name, PORT: String(port), PUBLIC_URL: url },
      logFile: join(dataDirectory, `${name}.log`),
    });
  });
}

function localUrl(port: number): string {
  return `http://localhost:${port}`;
}
