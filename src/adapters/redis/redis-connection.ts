import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../kernel/log.js';
import { type RedisAddress, readRedisUrl } from './redis-url.js';
import { seedConnector } from './seed-connector.js';

export interface ConnectionOptions {
  /** See redis-url.ts. */
  readonly url: string;
  /** What Redis and the log call this connection; without spaces. */
  readonly name: string;
  readonly log: Log;
  /** A command without an answer for so long is rejected. It may still run, late. Undefined: see `silenceMsMax`. */
  readonly commandMsMax?: number;
  /** Where something was asked and nothing at all came in for so long, the connection is taken for dead and made anew. */
  readonly silenceMsMax: number;
}

const CONNECT_MS_MAX = 3_000;
const DISCONNECT_MS_MAX = 500;
const RETRY_MS_MIN = 50;
/** A node that lost Redis is out of the cluster until it is back: an attempt is cheap, and there are few nodes. */
const RETRY_MS_MAX = 500;
/** More only matter while a cluster is being rearranged. */
const REDIRECTIONS_MAX = 5;

/**
 * One connection, to one server: what is sent over it arrives in its order, which a client of a cluster, that spreads
 * commands over its members, does not promise. Of a cluster it is any member that the URL names.
 */
export function connectOne(options: ConnectionOptions): Redis {
  const address = readRedisUrl(options.url);
  const client = new Redis({
    ...ofEveryConnection(options, address),
    ...target(address),
    // A backlog that builds up while Redis is away helps nobody: what it says would be old.
    enableOfflineQueue: false,
    retryStrategy: retryAfterMs,
    reconnectOnError: isDemoted,
  });
  const outage = logOutages(client, options);
  client.on('close', () => {
    // Where it is 'end' by now, it was us.
    if (client.status !== 'end') outage.began('the connection was closed');
  });
  return client;
}

/** As `connectOne`, but of a cluster a client that finds the member which keeps a key. */
export function connectByKey(options: ConnectionOptions): Redis | Cluster {
  const address = readRedisUrl(options.url);
  if (address.kind !== 'cluster') return connectOne(options);
  const cluster = new Cluster([...address.hosts], {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryAfterMs,
    maxRedirections: REDIRECTIONS_MAX,
    redisOptions: { ...ofEveryConnection(options, address), ...(address.tls ? { tls: {} } : {}) },
    // Names stay names: the certificate of a member is made out to one.
    ...(address.tls ? { dnsLookup: (name, found) => found(null, name) } : {}),
  });
  logOutages(cluster, options);
  return cluster;
}

/** Whether the client has a connection, now or within this time. It goes on trying in any case. */
export function isConnected(client: Redis | Cluster, waitMsMax: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (connected: boolean) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(connected);
    };
    const onReady = () => settle(true);
    const timer = setTimeout(settle, waitMsMax, false);
    client.once('ready', onReady);
  });
}

function ofEveryConnection(options: ConnectionOptions, address: RedisAddress) {
  return {
    username: address.username,
    password: address.password,
    db: address.db,
    connectionName: options.name,
    connectTimeout: CONNECT_MS_MAX,
    disconnectTimeout: DISCONNECT_MS_MAX,
    commandTimeout: options.commandMsMax,
    socketTimeout: options.silenceMsMax,
    maxLoadingRetryTime: 1_000,
    // What was in flight when a connection broke is rejected at once, and never sent again behind our back. (Without
    // the 0, ioredis would neither resend nor settle what the second line tells it not to resend.)
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // The subscriptions of a node link are its own affair: it knows which were confirmed.
    autoResubscribe: false,
  } satisfies RedisOptions;
}

type Target = Omit<RedisOptions, 'replyMapping'>;

function target(address: RedisAddress): Target {
  const tls = address.tls ? { tls: {} } : {};
  const [first] = address.hosts;
  switch (address.kind) {
    case 'single':
      return { ...first, ...tls };
    case 'cluster':
      return { Connector: seedConnector(address.hosts, address.tls) };
    case 'sentinel':
      return {
        ...tls,
        ...(address.tls ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
        sentinels: [...address.hosts],
        name: address.master,
        sentinelPassword: address.sentinelPassword,
        sentinelCommandTimeout: CONNECT_MS_MAX,
        sentinelRetryStrategy: retryAfterMs,
      };
  }
}

/** Doubles up to the bound; a random half of it is left away, so that nodes do not come back all at once. */
function retryAfterMs(times: number): number {
  return Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(times, 16)) * (0.5 + Math.random() / 2);
}

/** A master that became a replica refuses to write: the new one is found by connecting anew. */
function isDemoted(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

/** One line when an outage begins and one when it is over, however often it was tried in between. */
function logOutages(client: Redis | Cluster, { name, log }: ConnectionOptions): { began(reason: string): void } {
  let isAway = false;
  const began = (reason: string) => {
    if (isAway) return;
    isAway = true;
    log.warn({ event: 'redis.away', connection: name, reason }, 'Redis does not answer.');
  };
  // Only the message: an error of ioredis carries the arguments of the command, the password of a log-in among them.
  client.on('error', (error: Error) => began(error.message));
  client.on('ready', () => {
    if (isAway) log.info({ event: 'redis.back', connection: name }, 'Redis answers again.');
    isAway = false;
  });
  return { began };
}
