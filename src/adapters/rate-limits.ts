import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Rate, Rates } from '../http/rates-port.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/** How many of each a second. */
export type RatesPerSecond = Readonly<Record<Rate, number>>;

export interface SharedRatesOptions {
  /** An ioredis client. */
  readonly redis: object;
  /** Names the cluster: two of them may share a Redis. */
  readonly prefix: string;
  readonly perSecond: RatesPerSecond;
  /** Bounds what a count may wait for Redis; of its own, since it stands before every request. */
  readonly circuit: CircuitBreaker;
}

/** Counts by the second, on this node alone. */
export function localRates(perSecond: RatesPerSecond): Rates {
  const limiters = limitersOf((rate) => new RateLimiterMemory({ points: perSecond[rate], duration: 1 }));
  return { consume: (rate, key) => waitOf(limiters[rate], key) };
}

/**
 * Counts by the second in Redis, shared by all nodes, with one command a count. While Redis does not answer each node
 * counts for itself, with the whole allowance: too lenient by the number of nodes, which is better than turning
 * everybody away.
 */
export function sharedRates({ redis, prefix, perSecond, circuit }: SharedRatesOptions): Rates {
  const local = localRates(perSecond);
  const limiters = limitersOf((rate) => {
    const points = perSecond[rate];
    return new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `${prefix}:rate:${rate}`,
      points,
      duration: 1,
      // Who is over it already is told so without asking Redis again: a flood costs it nothing.
      inMemoryBlockOnConsumed: points,
      rejectIfRedisNotReady: true,
    });
  });
  return {
    async consume(rate, key) {
      try {
        return await circuit.run(() => waitOf(limiters[rate], key));
      } catch {
        // Whatever it was, the circuit tells when it becomes more than an incident.
        return await local.consume(rate, key);
      }
    },
  };
}

function limitersOf<T>(limiterOf: (rate: Rate) => T): Readonly<Record<Rate, T>> {
  return {
    requests: limiterOf('requests'),
    sockets: limiterOf('sockets'),
    sessions: limiterOf('sessions'),
    commands: limiterOf('commands'),
  };
}

/** A refusal is an answer, and no failure: what rejects is that there was none. */
async function waitOf(limiter: RateLimiterAbstract, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return Math.max(1, refused.msBeforeNext);
  }
}
