/** Passwords: how they are hashed and compared, and which ones are refused. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { type WireError, wireError } from '../../protocol/errors.js';
import { WorkQueue } from './work-queue.js';

/**
 * argon2id by the first of OWASP's recommended settings (Password Storage Cheat Sheet, 2024): 19 MiB, two passes, one lane.
 * The algorithm is the package's default; its enumeration does not exist at run time.
 */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/**
 * Hashes run on the threads of libuv, of which a process has four, and which files and DNS need too: at least half of them
 * stay free. One core stays free for the event loop, which serves the seat maps.
 */
const RUNNING = Math.max(1, Math.min(2, availableParallelism() - 1));
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
}

/**
 * Hashes and compares passwords, few at a time. Invariant: a flood of log-ins costs a fixed number of threads and a fixed
 * amount of memory; whatever exceeds the queue is refused by `rate_limited` before it costs anything.
 */
export class Passwords {
  readonly #queue: WorkQueue;
  /** Compared with where there is no account, so that an unknown address takes as long as a wrong password. */
  readonly #decoy: Promise<string>;

  constructor({ running, waiting }: PasswordsOptions = { running: RUNNING, waiting: RUNNING * WAITING_PER_RUNNING }) {
    this.#queue = new WorkQueue({ running, waiting });
    this.#decoy = hash(randomBytes(32), ARGON2ID);
    // Where it fails, each comparison that needs it says so.
    this.#decoy.catch(() => {});
  }

  /** The password in the PHC string format, with a salt of its own. */
  async hash(password: string): Promise<Hashed> {
    const made = this.#queue.run(() => hash(normalised(password), ARGON2ID));
    return made === undefined ? BUSY : { ok: true, hash: await made };
  }

  /**
   * Whether the password is the one that was hashed. `hashed` is null where there is no account or it has no password: the
   * answer is no, after the same work.
   */
  async compare(hashed: string | null, password: string): Promise<Compared> {
    const compared = this.#queue.run(async () => await verify(hashed ?? (await this.#decoy), normalised(password)));
    return compared === undefined ? BUSY : { ok: true, isRight: (await compared) && hashed !== null };
  }
}

const BUSY = {
  ok: false,
  error: wireError('rate_limited', 'Many people are logging in; this one was not looked at.', {
    retryAfterMs: RETRY_AFTER_MS,
  }),
} as const;

/**
 * One form for what looks the same: a letter with an accent may be typed as one sign or as two, depending on the keyboard
 * (RFC 8265 section 4.2.2).
 */
function normalised(password: string): string {
  return password.normalize('NFC');
}
