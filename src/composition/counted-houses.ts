import { nodeTimers } from '../adapters/node-timers.js';
import { countSeats } from '../boxoffice/availability/count-seats.js';
import { Reconciler } from '../boxoffice/availability/reconciler.js';
import { StuckMonitor } from '../boxoffice/availability/stuck-monitor.js';
import type { Config } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Actor } from '../runtime/actor.js';
import type { Feed } from '../runtime/audience.js';
import type { Directory } from '../runtime/directory.js';
import type { GroupCommitter } from '../runtime/group-committer.js';
import type { BoxOffice } from './box-office.js';
import type { Store, Undo } from './store.js';

/** A feed that tells the availability board as well. `running` is asked later: at its making there is no actor yet. */
export function countedFeed(
  feed: Feed,
  showtimeId: string,
  board: BoxOffice['board'],
  running: (showtimeId: string) => Actor | undefined,
): Feed {
  const read = () => {
    const actor = running(showtimeId);
    return actor && countsOf(actor);
  };
  board.changed(showtimeId, read);
  return {
    size: () => feed.size(),
    changed: (change, by) => feed.changed(change, by),
    delta: (delta) => {
      feed.delta(delta);
      board.changed(showtimeId, read);
    },
    terms: (terms) => feed.terms(terms),
    ended: (reason, url) => feed.ended(reason, url),
  };
}

/** Looks from time to time whether memory, cache and Postgres agree, and for what is stuck. */
export function keepCountsRight(
  config: Config,
  { pool, clock, writerId }: Store,
  { cache, toggles }: BoxOffice,
  directory: Directory,
  committer: GroupCommitter,
  log: Log,
  undo: Undo,
): void {
  const timers = nodeTimers;
  const running = () => directory.all().map(({ showtimeId }) => showtimeId);
  const reconciler = new Reconciler({
    pool,
    writer: { id: writerId, acknowledged: () => committer.acknowledged, behind: () => committer.look() },
    cache,
    clock,
    timers,
    log,
    running,
    look: (showtimeId) => {
      const actor = directory.running(showtimeId);
      return actor && { counts: countsOf(actor), settledMark: actor.settledMark };
    },
    reload: (showtimeId) => directory.running(showtimeId)?.end('lost'),
    countsAreOn: () => toggles.isOn('availability'),
    everyMs: config.reconcileMs,
  });
  undo.push(() => reconciler.stop());
  const monitor = new StuckMonitor({ pool, timers, log, running, everyMs: config.stuckCheckMs });
  undo.push(() => monitor.stop());
}

function countsOf({ epoch, seq, statuses }: Actor) {
  return countSeats(epoch, seq, statuses);
}
