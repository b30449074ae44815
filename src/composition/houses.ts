import { nodeTimers } from '../adapters/node-timers.js';
import { testTill } from '../boxoffice/payments/test-payment.js';
import type { Config } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Actor } from '../runtime/actor.js';
import { type Audience, type Feed, NO_FEED } from '../runtime/audience.js';
import { Directory, type DirectoryOptions } from '../runtime/directory.js';
import { GroupCommitter } from '../runtime/group-committer.js';
import { Hosts } from '../runtime/hosts.js';
import { TermsWatch } from '../runtime/terms-watch.js';
import type { BoxOffice } from './box-office.js';
import { countedFeed } from './counted-houses.js';
import { REPLAYS_MAX, type Store, type Undo } from './store.js';

export const ACTOR_LIMITS = {
  gatedMax: 20_000,
  immediateWatchersMax: 50,
  tickMs: 40,
  // 14 to 19 bytes a change in JSON, so under 16 KiB.
  changesPerDeltaMax: 700,
  historyMax: 256,
  replaysMax: REPLAYS_MAX,
} as const;

/** A bound on memory, and not a target: what nobody watches is dropped long before. */
const ACTORS_MAX = 20_000;

/** What the directory of a node is made of, whether it is alone or in a cluster. */
export type HouseParts = Omit<DirectoryOptions, 'feedFor' | 'askedFor' | 'context'> & {
  readonly context: Omit<DirectoryOptions['context'], 'confirmed'>;
  /** How often the terms of what runs here are compared with the store. */
  readonly termsCheckMs: number;
  /** Has the houses of a directory counted by the availability board. */
  readonly counted: (feed: Feed, showtimeId: string, running: (showtimeId: string) => Actor | undefined) => Feed;
};

export function houseParts(
  config: Config,
  { journal, clock }: Store,
  { playbill, board, waitlists }: BoxOffice,
  audienceFor: (showtimeId: string) => Audience,
  log: Log,
): HouseParts {
  const limits = { ...ACTOR_LIMITS, commitWaitMsMax: config.commitWaitMsMax };
  const committer = new GroupCommitter(journal, clock, nodeTimers, log);
  return {
    journal,
    playbill,
    context: { clock, timers: nodeTimers, log, committer, till: testTill(config.testPayments), limits },
    audienceFor,
    passivateAfterMs: config.passivateAfterMs,
    actorsMax: ACTORS_MAX,
    termsCheckMs: config.termsCheckMs,
    waitlist: waitlists.waitlist,
    counted: (feed, showtimeId, running) =>
      waitlists.watched(countedFeed(feed, showtimeId, board, running), showtimeId),
  };
}

/** The showtimes of a node that is alone. */
export function loneHouses(
  parts: HouseParts,
  undo: Undo,
): { readonly hosts: Hosts; readonly directory: Directory; readonly termsWatch: TermsWatch } {
  const directory: Directory = new Directory({
    ...parts,
    context: { ...parts.context, confirmed: () => true, isAlone: true },
    feedFor: (showtimeId) => parts.counted(NO_FEED, showtimeId, (id) => directory.running(id)),
    askedFor: async () => true,
  });
  const { timers, log } = parts.context;
  const everyMs = parts.termsCheckMs;
  const termsWatch = new TermsWatch({ directory, playbill: parts.playbill, timers, log, everyMs, tellOwner: () => {} });
  undo.push(() => termsWatch.stop());
  return { hosts: new Hosts(directory), directory, termsWatch };
}
