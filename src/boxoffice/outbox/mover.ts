import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { OutboxHandler } from './outbox-handler-port.js';

/** Moved in one transaction. It holds a lock that ends of steps wait for: some ten milliseconds for so many. */
const ROWS_MAX = 500;
/** After a wake, what else commits in this time is moved along. */
const GATHER_MS = 5;
/** While another node moves, and after a failure. */
const AGAIN_MS = 25;
const AGAIN_AFTER_FAILURE_MS = 1_000;

interface OutboxMoverOptions {
  readonly pool: Pick<Pool, 'query'>;
  /** All that happens and may be moved; of other topics a newer version takes care. */
  readonly topics: readonly string[];
  readonly handlers: readonly OutboxHandler[];
  /** For what was committed elsewhere, or by a node that has died. */
  readonly pollMs: number;
  readonly timers: Timers;
  /** Called when jobs were queued, at most so many. */
  readonly onMoved: (rows: number) => void;
  readonly log: Log;
}

/**
 * Moves the rows of the outbox into the job queue, in bulk: soon after this node has committed one, and by a poll.
 *
 * Invariant: each row is moved once, and the rows of a subject in the order of their ids (`boxoffice.move_outbox`).
 */
export class OutboxMover {
  readonly #options: OutboxMoverOptions;
  readonly #routes: readonly [readonly string[], readonly string[]];
  #cancel = () => {};
  #isStopped = false;
  #moving: Promise<void> | undefined;
  /** Something was committed since the present move began. */
  #isWoken = false;
  #rowsMoved = 0;

  constructor(options: OutboxMoverOptions) {
    this.#options = options;
    this.#routes = routesOf(options.topics, options.handlers);
    this.#later(0);
  }

  get rowsMoved(): number {
    return this.#rowsMoved;
  }

  /** Call it after the commit of a transaction that wrote to the outbox. Never fails, and never waits. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    if (!this.#moving) this.#later(GATHER_MS);
  }

  /** Resolves when the move that was under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#moving;
  }

  #later(ms: number): void {
    this.#cancel();
    if (this.#isStopped) return;
    this.#cancel = this.#options.timers.after(ms, () => {
      this.#moving = this.#run().then((waitMs) => {
        this.#moving = undefined;
        this.#later(this.#isWoken ? Math.min(waitMs, GATHER_MS) : waitMs);
      });
    });
  }

  /** Returns after how many milliseconds to look again. */
  async #run(): Promise<number> {
    const { pool, pollMs, onMoved, log } = this.#options;
    this.#isWoken = false;
    try {
      const { rows } = await pool.query<{ moved: number }>('SELECT boxoffice.move_outbox($1, $2, $3) AS moved', [
        ...this.#routes,
        ROWS_MAX,
      ]);
      const moved = rows[0]?.moved ?? 0;
      // The other one may have begun before what this node was woken for was committed.
      if (moved < 0) return AGAIN_MS;
      if (moved === 0) return pollMs;
      this.#rowsMoved += moved;
      onMoved(moved);
      return moved === ROWS_MAX ? 0 : pollMs;
    } catch (err) {
      if (!this.#isStopped)
        log.warn({ event: 'outbox.not_moved', err }, 'The outbox could not be moved into the job queue. It keeps all.');
      this.#isWoken = false;
      return AGAIN_AFTER_FAILURE_MS;
    }
  }
}

/** Each topic with each of its handlers, and with '' where it has none. */
function routesOf(topics: readonly string[], handlers: readonly OutboxHandler[]): [string[], string[]] {
  const routes = topics.flatMap((topic) => {
    const names = handlers.filter((handler) => handler.topics.includes(topic)).map(({ name }) => name);
    return (names.length === 0 ? [''] : names).map((name) => [topic, name] as const);
  });
  return [routes.map(([topic]) => topic), routes.map(([, name]) => name)];
}
