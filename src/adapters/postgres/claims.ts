import type pg from 'pg';
import { type Claim, JournalBehind, JournalRecovering } from '../../runtime/journal-port.js';
import { PrimaryClient } from './primary-client.js';
import { readClaim } from './read-claim.js';
import type { ReplayBounds } from './recorded-results.js';
import { isUnconfirmedCommit } from './unconfirmed-commit.js';

export interface ClaimsOptions {
  readonly pool: pg.Pool;
  /** This life of this node. */
  readonly writerId: string;
  readonly nodeName: string;
  readonly replays: ReplayBounds;
  /** For how long a claim may go without an answer before it is given up, and ended in Postgres. */
  readonly answerMsMax?: number;
}

const ANSWER_MS_MAX = 6_000;
/** What Postgres needs to end a statement that it was asked to end. */
const END_MS_MAX = 1_500;
/** For a claim to wait until one of those before it is done. */
const QUEUE_MS_MAX = 3_000;
/** Connections of the pool that claims leave to reads: a Postgres that confirms no claim still answers those. */
const LEFT_TO_READS = 2;

/**
 * The claims of a node. While a synchronous standby is away every claim waits in Postgres, whatever its client does; each
 * one given up and tried again would leave a backend there, until Postgres has none left for anybody.
 *
 * Invariants: one claim of a showtime is in flight, and so many in all as the pool has connections but two. A claim is in
 * flight until Postgres has ended it.
 */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #atOnceMax: number;
  readonly #inFlight = new Map<string, Promise<Claim>>();
  readonly #startedAt = new Set<{ readonly at: number }>();
  #running = 0;
  /** Those that wait for one to end, the first in front. */
  readonly #queue: (() => void)[] = [];

  constructor(options: ClaimsOptions) {
    this.#options = options;
    this.#atOnceMax = Math.max(1, options.pool.options.max - LEFT_TO_READS);
  }

  /** How many there are. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** For how long the oldest claim in flight has been going on, in milliseconds; 0 where there is none. */
  get waitingMs(): number {
    const [oldest] = this.#startedAt;
    return oldest ? performance.now() - oldest.at : 0;
  }

  /** @throws Error where it was not answered, or not confirmed: it may have happened, and harms nobody. */
  claim(showtimeId: string, after: number): Promise<Claim> {
    const inFlight = this.#inFlight.get(showtimeId);
    if (inFlight) return inFlight;
    const claim = this.#inTurn(showtimeId, after).finally(() => this.#inFlight.delete(showtimeId));
    this.#inFlight.set(showtimeId, claim);
    return claim;
  }

  async #inTurn(showtimeId: string, after: number): Promise<Claim> {
    if (this.#running < this.#atOnceMax) this.#running++;
    else await this.#turn();
    const started = { at: performance.now() };
    this.#startedAt.add(started);
    try {
      return await this.#claim(showtimeId, after);
    } finally {
      this.#startedAt.delete(started);
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Takes the place of one that ends. @throws Error where Postgres lets claims wait: nobody knows for how long. */
  async #turn(): Promise<void> {
    const tooMany = () =>
      new Error(
        `Postgres has ${this.#atOnceMax} claims of this node to answer, the oldest for ${Math.round(this.waitingMs)} ms.`,
      );
    if (this.waitingMs > QUEUE_MS_MAX) throw tooMany();
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(turn), 1);
        reject(tooMany());
      }, QUEUE_MS_MAX);
      this.#queue.push(turn);
    });
  }

  async #claim(showtimeId: string, after: number): Promise<Claim> {
    const { pool, writerId, nodeName, replays, answerMsMax = ANSWER_MS_MAX } = this.#options;
    const client = await pool.connect();
    let broken: Error | undefined;
    let isUnconfirmed = false;
    // The query in flight hears of it as well; but without a listener of its own a client in use ends the process.
    const onError = (error: Error) => {
      broken = error;
    };
    const onNotice = (notice: { readonly code?: string | undefined }) => {
      isUnconfirmed ||= isUnconfirmedCommit(notice);
    };
    client.on('error', onError);
    client.on('notice', onNotice);
    const confirmed = () => {
      if (isUnconfirmed) throw new Error(`The claim of showtime ${showtimeId} may not have reached the standby.`);
    };
    try {
      const reading = readClaim(client, pool, { showtimeId, writerId, nodeName, after }, replays, confirmed);
      return await withinOrEnded(reading, client, answerMsMax);
    } catch (error) {
      // These two are answers, and no faults of the connection.
      if (!(error instanceof JournalBehind || error instanceof JournalRecovering)) broken = error as Error;
      throw error;
    } finally {
      client.off('error', onError);
      client.off('notice', onNotice);
      // A connection that failed within a transaction is not given back.
      client.release(broken);
    }
  }
}

/** Past the deadline the statement is ended in Postgres, and that is waited for; what it says then counts for nothing. */
async function withinOrEnded(reading: Promise<Claim>, client: pg.PoolClient, answerMsMax: number): Promise<Claim> {
  const ended = reading.then(
    () => {},
    () => {},
  );
  const deadline = timer(answerMsMax);
  const isAnswered = await Promise.race([ended.then(() => true), deadline.over.then(() => false)]);
  deadline.cancel();
  if (isAnswered) return await reading;
  if (client instanceof PrimaryClient) void client.cancel();
  const patience = timer(END_MS_MAX);
  await Promise.race([ended, patience.over]);
  patience.cancel();
  throw new Error(`Postgres did not answer a claim within ${answerMsMax} ms.`);
}

function timer(ms: number): { readonly over: Promise<void>; cancel(): void } {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    const handle = setTimeout(resolve, ms);
    cancel = () => clearTimeout(handle);
  });
  return { over, cancel };
}
