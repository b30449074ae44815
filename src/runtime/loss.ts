import type { Log } from '../kernel/log.js';

/**
 * Why an actor ends before its time. `fenced`: Postgres refused its write, as the epoch is another's. `taken_over`: Postgres
 * was asked, and named a later epoch. `journal_behind`: Postgres has lost
 * what was acknowledged, or the claim of this node. `unconfirmed`: what it wrote became durable when the lease had lapsed. `refused`: a
 * guard of the store. `broken`: a fault of the server. After the last two this node may own the showtime still.
 */
export type LossReason = 'fenced' | 'taken_over' | 'journal_behind' | 'unconfirmed' | 'refused' | 'broken';

interface Told {
  readonly event: string;
  readonly level: 'warn' | 'error';
  readonly sentence: string;
}

const TOLD: Readonly<Record<LossReason, Told>> = {
  fenced: {
    event: 'showtime.fenced',
    level: 'warn',
    sentence: 'Postgres refused a write: another node owns this showtime now, and this node stops running it',
  },
  taken_over: {
    event: 'showtime.taken_over',
    level: 'warn',
    sentence: 'Postgres names another owner of this showtime, and this node stops running it',
  },
  journal_behind: {
    event: 'showtime.journal_behind',
    level: 'warn',
    sentence:
      'Postgres lost commits of this node; this showtime stops, and is loaded when what is remembered of it is written again',
  },
  unconfirmed: {
    event: 'showtime.unconfirmed',
    level: 'warn',
    sentence:
      'the lease lapsed before a write of this showtime could be told; this node stops running it until Postgres says whose it is',
  },
  refused: {
    event: 'showtime.refused',
    level: 'error',
    sentence: 'Postgres does not take what this showtime wrote; its house is dropped from memory and loaded again',
  },
  broken: {
    event: 'showtime.broken',
    level: 'error',
    sentence: 'this showtime failed by a fault of the server; its house is dropped from memory and loaded again',
  },
};

const NOT_ALONE =
  'another node uses this database, and the two take showtimes from each other, as neither has REDIS_URL: give both the same Redis, or stop one of them';

/** One line about the end of an actor. */
export function tellOfLoss(
  { showtimeId, epoch }: { readonly showtimeId: string; readonly epoch: number },
  reason: LossReason,
  { log, isAlone = false }: { readonly log: Log; readonly isAlone?: boolean | undefined },
): void {
  const { event, level, sentence } = TOLD[reason];
  log[level]({ event, showtimeId, epoch }, sentence);
  if (isAlone && (reason === 'fenced' || reason === 'taken_over')) log.error({ event: 'node.not_alone' }, NOT_ALONE);
}
