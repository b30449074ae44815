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
    sentence: 'Postgres fenced a write, because another node owns this showtime now. This node stops running it.',
  },
  taken_over: {
    event: 'showtime.taken_over',
    level: 'warn',
    sentence: 'Postgres names another owner of this showtime. This node stops running it.',
  },
  journal_behind: {
    event: 'showtime.journal_behind',
    level: 'warn',
    sentence:
      'Postgres lost commits of this node. The showtime stops, and is loaded again after its commits were restored.',
  },
  unconfirmed: {
    event: 'showtime.unconfirmed',
    level: 'warn',
    sentence:
      'The lease expired before a write of this showtime was acknowledged. This node stops running it until Postgres names the owner.',
  },
  refused: {
    event: 'showtime.refused',
    level: 'error',
    sentence: 'Postgres refused a write of this showtime. The node drops the house from memory and loads it again.',
  },
  broken: {
    event: 'showtime.broken',
    level: 'error',
    sentence: 'A bug stopped this showtime. The node drops the house from memory and loads it again.',
  },
};

const NOT_ALONE =
  'Another node without REDIS_URL uses this database, and the two take showtimes from each other. Give both the same REDIS_URL, or stop one of them.';

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
