/** Redis did not do what it was asked, or did not say so in time: it may have. Asking again harms nobody. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure';
  readonly code = 'redis_unavailable';
  readonly retryable = true;
}

/**
 * What `asked` resolves with, or a `RedisFailure` after `msMax` at the latest. The error of ioredis is told by its message
 * only: it carries the arguments of its command, which are nothing for a log.
 */
export function answered<Answer>(what: string, msMax: number, asked: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new RedisFailure(`Redis did not ${what}: ${reason}`));
    const timer = setTimeout(() => fail(`no answer in ${msMax} ms`), msMax);
    asked
      .then(resolve, (error: unknown) => fail(error instanceof Error ? error.message : 'an unknown error'))
      .finally(() => clearTimeout(timer));
  });
}
