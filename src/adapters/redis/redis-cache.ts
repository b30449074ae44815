import type { Cluster, Redis } from 'ioredis';
import type { Cache, SeatCounts } from '../../boxoffice/cache-port.js';
import type { Log } from '../../kernel/log.js';
import type { CircuitBreaker } from '../circuit-breaker.js';

/** A script keeps Redis from everybody else while it runs; so many showtimes take well under a millisecond. */
const SHOWTIMES_PER_CALL = 500;

/**
 * Compares and writes in one step, since two nodes may write at the same time. Counts are stored as text, `epoch seq
 * available held booked blocked seats`; what is there and does not read so is overwritten, of whatever type it is.
 *
 * KEYS: one a showtime. ARGV: the TTL in milliseconds, whether newer ones stay ('1'), then the text for each key.
 */
const PUT_COUNTS = `
for i, key in ipairs(KEYS) do
  local text = ARGV[i + 2]
  local stays = false
  if ARGV[2] == '1' then
    local there = redis.pcall('GET', key)
    local hasEpoch, hasSeq = string.match(type(there) == 'string' and there or '', '^(%d+) (%d+) ')
    if hasEpoch then
      local epoch, seq = string.match(text, '^(%d+) (%d+) ')
      hasEpoch, hasSeq, epoch, seq = tonumber(hasEpoch), tonumber(hasSeq), tonumber(epoch), tonumber(seq)
      stays = hasEpoch > epoch or (hasEpoch == epoch and hasSeq > seq)
    end
  end
  if not stays then redis.call('SET', key, text, 'PX', ARGV[1]) end
end`;

export interface RedisCacheOptions {
  readonly redis: Redis | Cluster;
  /** Names the cluster: two of them may share a Redis. */
  readonly prefix: string;
  /** Bounds every call in time, and spares a Redis that is slow or away. */
  readonly circuit: CircuitBreaker;
  readonly log: Log;
}

/** The cache that the nodes of a cluster share. */
export class RedisCache implements Cache {
  readonly #options: RedisCacheOptions;

  constructor(options: RedisCacheOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<{ readonly value: string | undefined } | undefined> {
    const answer = await this.#ask((redis) => redis.get(this.#key(key)));
    return answer && { value: answer.value ?? undefined };
  }

  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.#ask((redis) => redis.set(this.#key(key), value, 'PX', Math.ceil(ttlMs)))) !== undefined;
  }

  async counts(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, SeatCounts> | undefined> {
    const found = new Map<string, SeatCounts>();
    for (const ids of inPortions(showtimeIds)) {
      const answer = await this.#ask((redis) => redis.mget(ids.map((id) => this.#countsKey(id))));
      if (!answer) return undefined;
      for (const [i, id] of ids.entries()) {
        const counts = readCounts(answer.value[i]);
        if (counts) found.set(id, counts);
      }
    }
    return found;
  }

  async putCounts(
    counts: ReadonlyMap<string, SeatCounts>,
    ttlMs: number,
    overwrite: 'unless newer' | 'always',
  ): Promise<boolean> {
    for (const portion of inPortions([...counts])) {
      const keys = portion.map(([id]) => this.#countsKey(id));
      const texts = portion.map(([, value]) => writeCounts(value));
      const keep = overwrite === 'unless newer' ? '1' : '0';
      const answer = await this.#ask((redis) =>
        redis.eval(PUT_COUNTS, keys.length, ...keys, String(Math.ceil(ttlMs)), keep, ...texts),
      );
      if (!answer) return false;
    }
    return true;
  }

  /** What Redis answered; undefined where it did not. The circuit tells when that becomes more than an incident. */
  #key(key: string): string {
    return `${this.#options.prefix}:${key}`;
  }

  /** The braces keep all counts in one slot of a Redis Cluster, so that a listing's worth comes and goes in one call. */
  #countsKey(showtimeId: string): string {
    return `{${this.#options.prefix}:availability}:${showtimeId}`;
  }

  async #ask<T>(call: (redis: Redis | Cluster) => Promise<T>): Promise<{ readonly value: T } | undefined> {
    const { redis, circuit, log } = this.#options;
    try {
      return { value: await circuit.run(() => call(redis)) };
    } catch (error) {
      // The message only: an error of ioredis carries the arguments of its command, which may be a whole listing.
      log.debug(
        { event: 'cache.unanswered', reason: error instanceof Error ? error.message : 'unknown' },
        'The cache did not answer.',
      );
      return undefined;
    }
  }
}

function* inPortions<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += SHOWTIMES_PER_CALL) {
    yield items.slice(from, from + SHOWTIMES_PER_CALL);
  }
}

function writeCounts({ epoch, seq, available, held, booked, blocked, seats }: SeatCounts): string {
  return [epoch, seq, available, held, booked, blocked, seats].join(' ');
}

/** Undefined for anything that this class did not write. */
function readCounts(text: string | null | undefined): SeatCounts | undefined {
  if (!text || !/^\d{1,15}( \d{1,15}){6}$/.test(text)) return undefined;
  const [epoch = 0, seq = 0, available = 0, held = 0, booked = 0, blocked = 0, seats = 0] = text.split(' ').map(Number);
  if (available + held + booked + blocked !== seats) return undefined;
  return { epoch, seq, available, held, booked, blocked, seats };
}
