import Opossum from 'opossum';
import pg from 'pg';
import type { Log } from '../kernel/log.js';

export interface CircuitOptions {
  /** In the log. */
  readonly name: string;
  readonly log: Log;
  /** A call that takes longer has failed, though nobody stops it. */
  readonly timeoutMs: number;
  /** For how long an open circuit refuses before it lets one call try. */
  readonly retryAfterMs: number;
  /** Calls of the last ten seconds below which it never opens: one failure among two calls says nothing. */
  readonly callsMin: number;
  /** False for a rejection that is an answer: the store is well, the question was not. Absent: all count. */
  readonly isFailure?: (error: unknown) => boolean;
}

/** The circuit is open: the call was not made. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  readonly retryAfterMs: number;

  constructor(circuit: string, retryAfterMs: number) {
    super(`${circuit} is not asked at the moment: it failed too often.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Stands before a store that may be slow or away, so that who asks hears of it at once and the store is left in peace:
 * after failures in more than half of the calls of ten seconds it opens and refuses, then lets one call through, and
 * closes when that succeeds.
 *
 * For reads that can be asked again or done without. Never around the journal: the committer must give the same batch
 * until it is answered, and a claim already fails alone.
 */
export class CircuitBreaker {
  readonly #options: CircuitOptions;
  readonly #circuit: Opossum<[() => Promise<unknown>], unknown>;
  #isTold = false;

  constructor(options: CircuitOptions) {
    const { timeoutMs, retryAfterMs, callsMin, isFailure = () => true } = options;
    this.#options = options;
    this.#circuit = new Opossum((call: () => Promise<unknown>) => call(), {
      name: options.name,
      timeout: timeoutMs,
      resetTimeout: retryAfterMs,
      volumeThreshold: callsMin,
      errorThresholdPercentage: 50,
      errorFilter: (error: unknown) => !isOurs(error) && !isFailure(error),
      // What we do not read costs a timer and a sort for each circuit.
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    });
    this.#tellOfChanges();
  }

  get isOpen(): boolean {
    return this.#circuit.opened;
  }

  /** @throws CircuitOpenError where the call was not made; an Error with code ETIMEDOUT where it took too long. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return (await this.#circuit.fire(call)) as T;
    } catch (error) {
      if (!isOurs(error) || (error as NodeJS.ErrnoException).code === 'ETIMEDOUT') throw error;
      throw new CircuitOpenError(this.#options.name, this.#options.retryAfterMs);
    }
  }

  /** Ends its timers; what is called from then on is refused. */
  stop(): void {
    this.#circuit.shutdown();
  }

  /** One line when it opens and one when it closes: the tries in between are no news. */
  #tellOfChanges(): void {
    const { name, log, retryAfterMs } = this.#options;
    this.#circuit.on('open', () => {
      if (this.#isTold) return;
      this.#isTold = true;
      log.warn(
        { event: 'store.circuit_opened', circuit: name, retryAfterMs },
        'A store failed too often. Its circuit breaker is open.',
      );
    });
    this.#circuit.on('close', () => {
      if (!this.#isTold) return;
      this.#isTold = false;
      log.info(
        { event: 'store.circuit_closed', circuit: name },
        'A store answers again. Its circuit breaker is closed.',
      );
    });
  }
}

/** The pool's `query`, through a circuit. The pool itself stays what it is, for whoever must not be refused. */
export function guardedReads(pool: Pick<pg.Pool, 'query'>, circuit: CircuitBreaker): Pick<pg.Pool, 'query'> {
  const query = (text: string, values?: unknown[]) => circuit.run(() => pool.query(text, values));
  return { query: query as pg.Pool['query'] };
}

/**
 * True where Postgres did not answer, or not as one that is well: every error but its own, and of its own those of
 * connections (08), resources (53), shutdown and start (57), the system (58) and itself (XX).
 */
export function isPostgresFailing(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|53|57|58|XX)/.test(error.code ?? 'XX');
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && Opossum.isOurError(error);
}
