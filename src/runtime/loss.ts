import type { Log } from './ports.js';

/**
 * Why an actor ends before its time. `fenced`: Postgres refused its write, as the epoch is another's. `taken_over`: Postgres
 * was asked, and named a later epoch. `unconfirmed`: what it wrote became durable when the lease had lapsed. `refused`: a
 * guard of the store. `broken`: a fault of the server. After the last two this node may own the showtime still.
 */
export type LossReason = 'fenced' | 'taken_over' | 'unconfirmed' | 'refused' | 'broken';

interface Told {
  readonly level: 'warn' | 'error';
  readonly sentence: string;
}

const TOLD: Readonly<Record<LossReason, Told>> = {
  fenced: {
    level: 'warn',
    sentence: 'Postgres refused a write: another node owns this showtime now, and this node stops running it',
  },
  taken_over: {
    level: 'warn',
    sentence: 'Postgres names another owner of this showtime, and this node stops running it',
  },
  unconfirmed: {
    level: 'warn',
    sentence:
      'the lease lapsed before a write of this showtime could be told; this node stops running it until Postgres says whose it is',
  },
  refused: {
    level: 'error',
    sentence: 'Postgres does not take what this showtime wrote; its house is dropped from memory and loaded again',
  },
  broken: {
    level: 'error',
    sentence: 'this showtime failed by a fault of the server; its house is dropped from memory and loaded again',
  },
};

/** One line about the end of an actor: `event` is `showtime.` and the reason. */
export function tellOfLoss(
  { showtimeId, epoch }: { readonly showtimeId: string; readonly epoch: number },
  reason: LossReason,
  log: Log,
): void {
  const { level, sentence } = TOLD[reason];
  log[level]({ event: `showtime.${reason}`, showtimeId, epoch }, sentence);
}
