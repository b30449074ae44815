import type { Cluster, Redis } from 'ioredis';
import { readPostgresRoll } from '../adapters/postgres/postgres-membership.js';
import { readRoll } from '../adapters/redis/read-roll.js';
import { connectByKey, isConnected } from '../adapters/redis/redis-connection.js';
import { answered } from '../adapters/redis/redis-failure.js';
import { readRedisUrl } from '../adapters/redis/redis-url.js';
import type { Roll } from '../runtime/cluster/membership-port.js';
import type { ClusterAddress } from './cluster-file.js';
import { sentenceOf } from './misuse.js';
import { silentLog } from './plain-log.js';

const CONNECT_MS_MAX = 2_000;
const ANSWER_MS_MAX = 1_000;

/** The part of a pool that a question needs. */
type Database = Parameters<typeof readPostgresRoll>[0];

/**
 * Reads the roll as one who is not on it: `Membership.beat` would make a member of whoever asks. It is in Redis, and in
 * Postgres too, where nodes are that do not reach Redis; of each member the newest entry counts.
 */
export class RollReader {
  readonly #client: Redis | Cluster;
  readonly #keys: readonly string[];
  readonly #clusterName: string;
  /** As people write it, without the password. */
  readonly #where: string;
  readonly #database: Database | undefined;
  #redisAnswers = true;

  /** `database` undefined: Redis alone is read. */
  constructor({ redisUrl, clusterName }: Pick<ClusterAddress, 'redisUrl' | 'clusterName'>, database?: Database) {
    this.#where = readRedisUrl(redisUrl)
      .hosts.map(({ host, port }) => `${host}:${port}`)
      .join(', ');
    this.#client = connectByKey({
      url: redisUrl,
      name: `${clusterName}-roll-reader`,
      log: silentLog,
      commandMsMax: ANSWER_MS_MAX,
      silenceMsMax: 2 * ANSWER_MS_MAX,
    });
    this.#keys = ['members', 'beats', 'pins'].map((hash) => `{${clusterName}}:${hash}`);
    this.#clusterName = clusterName;
    this.#database = database;
  }

  /** Whether Redis answered the last time that the roll was read. */
  get redisAnswers(): boolean {
    return this.#redisAnswers;
  }

  /** Rejects in bounded time where neither store answers, with a sentence for people. */
  async read(): Promise<Roll> {
    const [redis, postgres] = await Promise.allSettled([this.#readRedis(), this.#readPostgres()]);
    this.#redisAnswers = redis.status === 'fulfilled';
    const ofPostgres = postgres.status === 'fulfilled' ? postgres.value : undefined;
    if (redis.status === 'fulfilled') return ofPostgres ? newestOf(redis.value, ofPostgres) : redis.value;
    if (ofPostgres) return ofPostgres;
    const also = postgres.status === 'rejected' ? ` Nor does Postgres: ${sentenceOf(postgres.reason)}` : '';
    throw new Error(`${sentenceOf(redis.reason)}${also}`, { cause: redis.reason });
  }

  close(): void {
    this.#client.disconnect();
  }

  async #readRedis(): Promise<Roll> {
    // Who was away a moment ago is not waited for again.
    if (!(await isConnected(this.#client, this.#redisAnswers ? CONNECT_MS_MAX : 0))) {
      throw new Error(`Redis does not answer at ${this.#where}. Does it run, and is that where the cluster has it?`);
    }
    const hashes = Promise.all(this.#keys.map((key) => this.#client.hgetall(key)));
    const fields = await answered('show the roll', ANSWER_MS_MAX, hashes);
    return readRoll(fields.map((hash) => Object.entries(hash).flat())).roll;
  }

  async #readPostgres(): Promise<Roll | undefined> {
    return this.#database && (await readPostgresRoll(this.#database, this.#clusterName));
  }
}

/** Pins are those of Postgres; those in Redis are a copy. */
function newestOf(redis: Roll, postgres: Roll): Roll {
  const newest = new Map(redis.members.map((entry) => [entry.member.id, entry]));
  for (const entry of postgres.members) {
    const other = newest.get(entry.member.id);
    if (!other || other.beat < entry.beat) newest.set(entry.member.id, entry);
  }
  return { members: [...newest.values()], pins: postgres.pins };
}
