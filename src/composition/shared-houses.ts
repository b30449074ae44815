import type { ClusterConfig } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import { Cluster } from '../runtime/cluster/cluster.js';
import type { Member, Membership } from '../runtime/cluster/membership-port.js';
import { Directory } from '../runtime/directory.js';
import { HandOff } from '../runtime/hand-off.js';
import { Hosts } from '../runtime/hosts.js';
import { NodeCalls } from '../runtime/relay/node-calls.js';
import type { NodeLink } from '../runtime/relay/node-link-port.js';
import { OwnerDesk } from '../runtime/relay/owner-desk.js';
import { readFields, readText } from '../runtime/relay/read-messages.js';
import { Relays } from '../runtime/relay/relays.js';
import { TermsWatch } from '../runtime/terms-watch.js';
import type { HouseParts } from './houses.js';
import type { Undo } from './store.js';

/** Showtimes that change nodes at one time, given away by this one. */
const HAND_OVERS_AT_ONCE = 8;
const HAND_OVER_FLUSH_MS_MAX = 2_000;
const ANSWER_MS_MAX = 2_000;
const STREAM_BEAT_MS = 250;
const STREAM_SILENT_MS_MAX = 1_500;
const RELAY_IDLE_MS_MAX = 30_000;
const RELAYED_COMMANDS_MAX = 5_000;
const EARLY_FRAMES_MAX = 10_000;
/** How often the others are told what is hot here. */
const LOAD_REPORT_MS = 1_000;
const RECEIVE_RETRY_MS = 1_000;

/** What a node shares its showtimes with others by. */
export interface ClusterPorts {
  readonly membership: Membership;
  readonly link: NodeLink;
  /** Told who the other members are whenever that changes: a link may have connections to them. */
  readonly meet?: (others: readonly Member[]) => void;
  /** Milliseconds that only go forward, also while the host's clock is set. */
  readonly monotonic: () => number;
}

export interface SharedHouses {
  readonly hosts: Hosts;
  readonly directory: Directory;
  readonly cluster: Cluster;
  readonly termsWatch: TermsWatch;
  /** Tells the others that this node is there; before, it owns nothing. */
  join(): Promise<void>;
  /** Gives every showtime away, or what can be until `deadline` resolves, and lets go of those that it relays. */
  leave(deadline: Promise<unknown>): Promise<void>;
}

/** The showtimes of a node that shares them with others, over whatever ports: the simulation runs this very wiring. */
export async function sharedHouses(
  config: Pick<ClusterConfig, 'beatMs' | 'detectionMs' | 'leaseMs' | 'freezeMs' | 'hotWatchers'>,
  self: Pick<Member, 'id' | 'name' | 'url' | 'link' | 'weight'>,
  parts: HouseParts,
  { membership, link, meet, monotonic }: ClusterPorts,
  log: Log,
  undo: Undo,
): Promise<SharedHouses> {
  const { playbill, journal, audienceFor } = parts;
  const { clock, timers, limits } = parts.context;
  const { beatMs, detectionMs, leaseMs, freezeMs } = config;
  const calls = new NodeCalls(self.id, link, timers, log);
  const cluster: Cluster = new Cluster({
    self,
    timing: { beatMs, detectionMs, leaseMs, freezeMs },
    membership,
    verify: async () => {
      await directory.verify();
      return true;
    },
    timers,
    monotonic,
    log,
  });
  const desk = new OwnerDesk({ link, clock, timers, beatMs: STREAM_BEAT_MS, silentMsMax: STREAM_SILENT_MS_MAX });
  const directory: Directory = new Directory({
    ...parts,
    context: { ...parts.context, confirmed: () => cluster.lease.held(monotonic()) },
    feedFor: (showtimeId, epoch) =>
      parts.counted(desk.feedFor(showtimeId, epoch), showtimeId, (id) => directory.running(id)),
    askedFor: (showtimeId) => handOff.askFor(showtimeId),
  });
  const madeAt = monotonic();
  // A node that starts while Redis is away knows nothing of the others, and would take what is theirs. After some time
  // somebody has to serve, though.
  const isBlind = () => cluster.members().store === 'unheard' && monotonic() - madeAt < freezeMs;
  const whereabouts = {
    get self() {
      return cluster.self;
    },
    homeOf: (showtimeId: string) => (isBlind() ? undefined : cluster.homeOf(showtimeId)),
    isLinked: () => cluster.members().store === 'answering',
    isQuiet: (memberId: string) => cluster.isQuiet(memberId),
    settled: (showtimeId: string) => cluster.settled(showtimeId),
    memberNamed: (name: string) => cluster.members().live.find((member) => member.name === name),
  };
  const handOff = new HandOff({
    whereabouts,
    directory,
    journal,
    calls,
    log,
    atOnceMax: HAND_OVERS_AT_ONCE,
    flushMsMax: HAND_OVER_FLUSH_MS_MAX,
    answerMsMax: ANSWER_MS_MAX,
  });
  const relays = new Relays({
    playbill,
    audienceFor,
    context: {
      selfId: self.id,
      link,
      calls,
      clock,
      timers,
      log,
      limits: {
        beatMs: STREAM_BEAT_MS,
        silentMsMax: STREAM_SILENT_MS_MAX,
        lostAfterMs: detectionMs,
        answerMsMax: ANSWER_MS_MAX,
        commandMsMax: limits.commitWaitMsMax + ANSWER_MS_MAX,
        commandsMax: RELAYED_COMMANDS_MAX,
        historyMax: limits.historyMax,
        framesMax: EARLY_FRAMES_MAX,
      },
    },
    idleMsMax: RELAY_IDLE_MS_MAX,
    relaysMax: parts.actorsMax,
  });
  desk.serve(calls, directory, (showtimeId) => whereabouts.homeOf(showtimeId)?.id === self.id);
  handOff.serve();
  const termsWatch = new TermsWatch({
    directory,
    playbill,
    timers,
    log,
    everyMs: parts.termsCheckMs,
    tellOwner: (showtimeId) => {
      const home = whereabouts.homeOf(showtimeId);
      if (home && home.id !== self.id) calls.cast(home.id, 'terms', { showtimeId });
    },
  });
  undo.push(() => termsWatch.stop());
  calls.answer('terms', (body) => termsWatch.refresh(readText(readFields(body).showtimeId)));
  calls.answer('drain', () => cluster.drain());
  await receive(calls, timers, log, undo);
  cluster.onChange(() => {
    meet?.(cluster.members().live.filter(({ id }) => id !== self.id));
    relays.review(whereabouts.homeOf);
    void handOff.rebalance();
  });
  undo.push(() => relays.stop());
  return {
    hosts: new Hosts(directory, { whereabouts, relays }),
    directory,
    cluster,
    termsWatch,
    async join() {
      undo.push(() => cluster.stop());
      await cluster.start();
      undo.push(reportLoad(cluster, directory, config.hotWatchers, timers));
    },
    leave: async (deadline) => {
      const left = cluster.drain().then(() => handOff.rebalance());
      await Promise.race([left, deadline]);
      relays.stop();
    },
  };
}

/** Now, or as soon as the link is there: a node that starts without it serves what it owns. */
async function receive(calls: NodeCalls, timers: Timers, log: Log, undo: Undo): Promise<void> {
  let stopped = false;
  undo.push(() => {
    stopped = true;
  });
  const again = async (): Promise<void> => {
    if (stopped) return;
    try {
      await calls.start();
    } catch (error) {
      log.warn({ event: 'link.not_receiving', err: error }, 'The node cannot receive messages from other nodes yet.');
      timers.after(RECEIVE_RETRY_MS, () => void again());
    }
  };
  await again();
}

function reportLoad(cluster: Cluster, directory: Directory, hotWatchers: number, timers: Timers): () => void {
  let cancel = () => {};
  const report = () => {
    const hot = directory.all().filter(({ watchers }) => watchers > hotWatchers);
    cluster.setHot(hot.map(({ showtimeId }) => showtimeId));
    cluster.setShowtimes(directory.size);
    later();
  };
  const later = () => {
    cancel = timers.after(LOAD_REPORT_MS, report);
  };
  later();
  return () => cancel();
}
