import type { Cluster, Redis } from 'ioredis';
import { readRoll } from '../adapters/redis/read-roll.js';
import { connectByKey, isConnected } from '../adapters/redis/redis-connection.js';
import { answered } from '../adapters/redis/redis-failure.js';
import { readRedisUrl } from '../adapters/redis/redis-url.js';
import type { Roll } from '../runtime/ports.js';
import type { ClusterAddress } from './cluster-file.js';
import { silentLog } from './plain-log.js';

const CONNECT_MS_MAX = 2_000;
const ANSWER_MS_MAX = 1_000;

/** Reads the roll as one who is not on it: `Membership.beat` would make a member of whoever asks. */
export class RollReader {
  readonly #client: Redis | Cluster;
  readonly #keys: readonly string[];
  /** As people write it, without the password. */
  readonly #where: string;

  constructor({ redisUrl, clusterName }: Pick<ClusterAddress, 'redisUrl' | 'clusterName'>) {
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
  }

  /** Rejects in bounded time where Redis does not answer, with a sentence for people. */
  async read(): Promise<Roll> {
    if (!(await isConnected(this.#client, CONNECT_MS_MAX))) {
      throw new Error(`Redis does not answer at ${this.#where}. Does it run, and is that where the cluster has it?`);
    }
    const hashes = Promise.all(this.#keys.map((key) => this.#client.hgetall(key)));
    const fields = await answered('show the roll', ANSWER_MS_MAX, hashes);
    return readRoll(fields.map((hash) => Object.entries(hash).flat())).roll;
  }

  close(): void {
    this.#client.disconnect();
  }
}
