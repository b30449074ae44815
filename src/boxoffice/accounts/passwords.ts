/** Passwords: how they are hashed and compared, and which ones are refused. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type WireError, wireError } from '../../protocol/errors.js';
import { HashingThread } from './hashing-thread.js';
import { WorkQueue } from './work-queue.js';

/**
 * argon2id by the first of OWASP's recommended settings (Password Storage Cheat Sheet, 2024): 19 MiB, two passes, one lane.
 * The algorithm is the package's default; its enumeration does not exist at run time.
 */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** One core stays free for the event loop, which serves the seat maps. A core does some forty log-ins a second. */
const RUNNING = Math.max(1, Math.min(4, availableParallelism() - 1));
/** Behind the event loop and the other threads of the server, where the cores are busy; nothing is lost where they are not. */
const NICE = 10;
/** About two seconds of work. Who waits longer has pressed the button again. */
const WAITING_PER_RUNNING = 48;
const RETRY_AFTER_MS = 2_000;

export type Hashed = { readonly ok: true; readonly hash: string } | { readonly ok: false; readonly error: WireError };
export type Compared =
  | { readonly ok: true; readonly isRight: boolean }
  | { readonly ok: false; readonly error: WireError };

interface PasswordsOptions {
  /** So many passwords are hashed at a time, and so many more may wait. */
  readonly running: number;
  readonly waiting: number;
  /** How far the threads that hash go behind the rest of the process, 0 to 19. */
  readonly nice: number;
}

/**
 * Hashes and compares passwords, few at a time. Invariant: a flood of log-ins costs a fixed number of threads and a fixed
 * amount of memory; whatever exceeds the queue is refused by `rate_limited` before it costs anything.
 */
export class Passwords {
  readonly #queue: WorkQueue;
  /** Those that do nothing. There are as many as the queue runs at a time, each started when it is needed first. */
  readonly #idle: HashingThread[];
  readonly #threads: readonly HashingThread[];
  /**
   * Compared with where there is no account, so that an unknown address takes as long as a wrong password. It is random, and
   * the hash of nothing that anybody knows.
   */
  readonly #decoy = `$argon2id$v=19$m=19456,t=2,p=1$${randomBase64(16)}$${randomBase64(32)}`;

  constructor(options: Partial<PasswordsOptions> = {}) {
    const { running = RUNNING, waiting = running * WAITING_PER_RUNNING, nice = NICE } = options;
    this.#queue = new WorkQueue({ running, waiting });
    this.#threads = Array.from({ length: running }, () => new HashingThread(nice));
    this.#idle = [...this.#threads];
  }

  /** The password in the PHC string format, with a salt of its own. */
  async hash(password: string): Promise<Hashed> {
    const made = this.#onThread((thread) => thread.hash(normalised(password), ARGON2ID));
    return made === undefined ? BUSY : { ok: true, hash: await made };
  }

  /**
   * Whether the password is the one that was hashed. `hashed` is null where there is no account or it has no password: the
   * answer is no, after the same work.
   */
  async compare(hashed: string | null, password: string): Promise<Compared> {
    const compared = this.#onThread((thread) => thread.verify(hashed ?? this.#decoy, normalised(password)));
    return compared === undefined ? BUSY : { ok: true, isRight: (await compared) && hashed !== null };
  }

  /** Ends the threads. What they are doing is rejected. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #onThread<Result>(work: (thread: HashingThread) => Promise<Result>): Promise<Result> | undefined {
    return this.#queue.run(async () => {
      const thread = this.#idle.pop();
      if (!thread) throw new Error('The queue runs more than there are threads.');
      try {
        return await work(thread);
      } finally {
        this.#idle.push(thread);
      }
    });
  }
}

const BUSY = {
  ok: false,
  error: wireError('rate_limited', 'Many people are logging in; this one was not looked at.', {
    retryAfterMs: RETRY_AFTER_MS,
  }),
} as const;

/** As the PHC string format has it: without padding. */
function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}

/**
 * One form for what looks the same: a letter with an accent may be typed as one sign or as two, depending on the keyboard
 * (RFC 8265 section 4.2.2).
 */
function normalised(password: string): string {
  return password.normalize('NFC');
}
