import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { quantile } from './trend.js';
import { REPLAY_WINDOW_MS, type SoakedNode, type TwoNodes } from './two-nodes.js';

/** What is looked at every few seconds, by name. All of it should stay as it is. */
export type Gauges = Readonly<Record<string, number>>;

const MIB = 2 ** 20;
const CPU_PRESSURE = '/proc/pressure/cpu';

/** What is behind the names `a rss MiB`, `a heap MiB` and so on, of every node. */
export async function gaugesOfNode({ name, url, server, inspector }: SoakedNode): Promise<Gauges> {
  const status = readFileSync(`/proc/${server.pid}/status`, 'latin1');
  const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const { heapBytes, externalBytes, loopDelayP99Ms } = await inspector.look();
  return {
    [`${name} rss MiB`]: (field('VmRSS') * 1024) / MIB,
    [`${name} heap MiB`]: heapBytes / MIB,
    [`${name} external MiB`]: externalBytes / MIB,
    [`${name} files`]: readdirSync(`/proc/${server.pid}/fd`).length,
    [`${name} threads`]: field('Threads'),
    [`${name} loop p99 ms`]: loopDelayP99Ms,
    [`${name} accept queue`]: acceptQueue(Number(url.port)),
  };
}

/** Connections that the kernel took and the node did not yet: of a listening socket, Linux shows them as unread bytes. */
function acceptQueue(port: number): number {
  const LISTEN = '0A';
  const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n');
  return lines.reduce((sum, line) => {
    const [, local = '', , state, queues = ''] = line.trim().split(/\s+/);
    const isOurs = state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isOurs ? sum + Number.parseInt(queues.split(':')[1] ?? '', 16) : sum;
  }, 0);
}

export async function gaugesOfStores({ pool, redis }: Pick<TwoNodes, 'pool' | 'redis'>): Promise<Gauges> {
  const { rows } = await pool.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM usher.hold_seats) AS "held seats",
            (SELECT count(*)::int FROM usher.command_results) AS "outcome rows",
            (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
               FROM usher.command_results) AS "oldest outcome s",
            pg_total_relation_size('usher.hold_seats')::float8 / ${MIB} AS "held seats MiB",
            count(*) FILTER (WHERE application_name <> 'soak')::int AS "pg connections",
            count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS "pg lock waits"
       FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  const info = await redis.info();
  const figure = (key: string) => Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(info)?.[1]);
  return {
    ...rows[0],
    'redis MiB': figure('used_memory') / MIB,
    'redis keys': await redis.dbsize(),
    'redis clients': figure('connected_clients'),
    // The largest of those that it has looked at lately: what it wants to tell a node that does not read.
    'redis unread KiB': figure('client_recent_max_output_buffer') / 1024,
  };
}

/** Percent of the last ten seconds in which somebody waited for a processor; NaN where Linux does not tell. */
export function gaugesOfMachine(): Gauges {
  const pressure = existsSync(CPU_PRESSURE) ? readFileSync(CPU_PRESSURE, 'latin1') : '';
  return { 'cpu wait %': Number(/^some avg10=([\d.]+)/.exec(pressure)?.[1]) };
}

export function gaugesOfLatency(commands: readonly number[], reads: readonly number[], ms: number): Gauges {
  return {
    'commands/s': commands.length / (ms / 1_000),
    'p50 ms': quantile(commands, 0.5),
    'p99 ms': quantile(commands, 0.99),
    'reads p50 ms': quantile(reads, 0.5),
    'reads p99 ms': quantile(reads, 0.99),
  };
}

/** Purged once a minute, when twice the window has passed; and some seconds for a purge that waits its turn. */
export const OLDEST_OUTCOME_S_MAX = (2 * REPLAY_WINDOW_MS) / 1_000 + 60 + 15;
