import { AnchoredClock } from '../../../src/adapters/anchored-clock.js';
import { MemoryJournalClient } from '../../../src/adapters/memory/memory-journal-client.js';
import { MemoryMembership } from '../../../src/adapters/memory/memory-membership.js';
import type { MemoryNodeLink } from '../../../src/adapters/memory/memory-node-link.js';
import { TwoStoreMembership } from '../../../src/adapters/two-store-membership.js';
import { testTill } from '../../../src/boxoffice/payments/test-payment.js';
import { WaitlistDesk } from '../../../src/boxoffice/waitlist/waitlist-desk.js';
import { anchorClock } from '../../../src/composition/anchor-clock.js';
import { drainNode } from '../../../src/composition/drain-node.js';
import { HostedDesk } from '../../../src/composition/house-desk.js';
import type { HouseParts } from '../../../src/composition/houses.js';
import { OfferWatch } from '../../../src/composition/offer-watch.js';
import { type SharedHouses, sharedHouses } from '../../../src/composition/shared-houses.js';
import type { Undo } from '../../../src/composition/store.js';
import type { Clock } from '../../../src/kernel/clock.js';
import type { Log } from '../../../src/kernel/log.js';
import type { Feed } from '../../../src/runtime/audience.js';
import type { Membership } from '../../../src/runtime/cluster/membership-port.js';
import { GroupCommitter } from '../../../src/runtime/group-committer.js';
import type { Journal } from '../../../src/runtime/journal-port.js';
import type { Playbill } from '../../../src/runtime/playbill-port.js';
import type { Census } from './census.js';
import { Life } from './life.js';
import { LifeLink } from './life-link.js';
import { SimBoxOffice } from './sim-box-office.js';
import { SimGateway } from './sim-gateway.js';
import { SimIds } from './sim-ids.js';
import { TIMES } from './times.js';
import type { World } from './world.js';

const ACTOR_LIMITS = {
  gatedMax: 40,
  commitWaitMsMax: TIMES.commitWait,
  immediateWatchersMax: 3,
  tickMs: 25,
  changesPerDeltaMax: 700,
  historyMax: 8,
  replaysMax: 1_000,
} as const;
const STARTS_AGAIN_AFTER_MS = 150;
/** Of a good clock of a host: it gains or loses so much. */
const DRIFT_MAX = 0.0005;

export interface SimNodeOptions {
  readonly name: string;
  /** Counts lives, of all nodes. */
  readonly life: number;
  readonly url: string | undefined;
  readonly hotWatchers: number;
}

/** One life of one node: the wiring of production over memory, in a process that can be frozen and killed. */
export class SimNode {
  readonly name: string;
  readonly life: Life;
  readonly link: MemoryNodeLink;
  readonly gateway: SimGateway;
  houses: SharedHouses | undefined;
  waiting: WaitlistDesk | undefined;
  boxOffice: SimBoxOffice | undefined;
  /** As the journal knows this life. */
  writerId = '';
  readonly #options: SimNodeOptions;
  readonly #world: World;
  readonly #log: Log;
  readonly #ids: SimIds;
  /** Of the host, until Postgres was asked. */
  #anchored: AnchoredClock;
  readonly #clock: Clock = { now: () => this.#anchored.now() };
  readonly #newClock: () => AnchoredClock;
  readonly #monotonic: () => number;
  readonly #undo: Undo = [];

  constructor(options: SimNodeOptions, world: World) {
    const { time, hub, census } = world;
    this.name = options.name;
    this.#options = options;
    this.#world = world;
    this.life = new Life(time);
    this.link = hub.link();
    this.#ids = new SimIds(0x1000 + options.life);
    this.#log = nodeLog(world, `${options.name}.${options.life}`, census);
    const random = world.random(`clock of ${options.life}`);
    const rate = 1 + (random.fraction() - 0.5) * 2 * DRIFT_MAX;
    const bootAt = time.now();
    this.#monotonic = () => (time.now() - bootAt) * rate;
    const skewMs = random.between(-2_000, 2_000);
    this.#newClock = () => new AnchoredClock(time.now() + skewMs, this.#monotonic);
    this.#anchored = this.#newClock();
    const { life } = this;
    this.gateway = new SimGateway({
      life,
      clock: this.#clock,
      ids: this.#ids,
      log: this.#log,
      count: (what) => world.count(what),
    });
  }

  /** Resolves when it takes clients; where a store is away, it tries for as long as it lives. */
  async start(): Promise<void> {
    for (;;) {
      try {
        await this.#start();
        return;
      } catch (error) {
        this.#log.warn({ event: 'sim.node_not_started', err: error }, 'The node could not start.');
        for (const step of this.#undo.splice(0).reverse()) await step();
        await new Promise<void>((resolve) => void this.life.timers.after(STARTS_AGAIN_AFTER_MS, resolve));
      }
    }
  }

  async drain(): Promise<void> {
    const { houses, gateway } = this;
    if (!houses) return;
    const { leave, directory } = houses;
    await drainNode({ leave, gateway, directory, timers: this.life.timers, log: this.#log }, TIMES.drain);
    for (const step of this.#undo.splice(0).reverse()) await step();
  }

  /** The end of the process. */
  kill(): void {
    this.life.kill();
    this.link.cut();
  }

  async #start(): Promise<void> {
    const { life } = this;
    const { hub, census, playbill } = this.#world;
    const { name, url, hotWatchers } = this.#options;
    const id = this.#ids.uuid();
    this.writerId = id;
    const client = this.#client(id);
    // As the real node does before any actor runs: its holds end by the clock of Postgres.
    const make = () => {
      this.#anchored = this.#newClock();
      return this.#anchored;
    };
    await anchorClock(make, () => client.commit({ number: 0, after: 0, slices: [] }), this.#monotonic);
    const committer = new GroupCommitter(client, this.#clock, life.timers, this.#log);
    this.#undo.push(committer.lookEvery(TIMES.look));
    const waitlist = this.#waitlist();
    const parts: HouseParts = {
      journal: client,
      playbill: this.#playbill(playbill),
      context: {
        clock: this.#clock,
        timers: life.timers,
        log: this.#log,
        committer,
        till: testTill(true),
        limits: ACTOR_LIMITS,
      },
      audienceFor: this.gateway.channels.audienceFor,
      passivateAfterMs: TIMES.passivateAfter,
      actorsMax: 100,
      termsCheckMs: TIMES.termsCheck,
      counted: (feed, showtimeId) => waitlist.watch.watched(this.#watched(feed), showtimeId),
      ...(waitlist.atClaim ? { waitlist: waitlist.atClaim } : {}),
    };
    const link = new LifeLink(this.link, life, () => {
      const isTwice = hub.repeats();
      if (isTwice) census.count('a message between nodes came twice');
      return isTwice;
    });
    const { beat: beatMs, detection: detectionMs, lease: leaseMs, freeze: freezeMs } = TIMES;
    const membership = new TwoStoreMembership({
      quick: this.#membership('redis'),
      sure: this.#membership('postgres'),
      beatMs,
      detectionMs,
      timers: life.timers,
      monotonic: this.#monotonic,
      log: this.#log,
    });
    const houses = await sharedHouses(
      { beatMs, detectionMs, leaseMs, freezeMs, hotWatchers },
      { id, name, weight: 1, ...(url === undefined ? {} : { url }) },
      parts,
      { membership, link, monotonic: this.#monotonic },
      this.#log,
      this.#undo,
    );
    this.gateway.listen(houses.hosts);
    waitlist.desk.bind(houses.hosts);
    await houses.join();
    const of = { name, life, clock: this.#clock, ids: this.#ids, log: this.#log, hosts: houses.hosts };
    const { sales } = this.#world;
    if (sales) this.boxOffice = new SimBoxOffice(this.#world, sales, of, this.#undo);
    this.houses = houses;
  }

  /** As production wires it; without the record where nobody waits. */
  #waitlist() {
    const { life, name } = this;
    const { waitlist, weather, options } = this.#world;
    const { timers } = life;
    const uuid = () => this.#ids.uuid();
    const desk = new HostedDesk({ clock: this.#clock, timers, askMsMax: TIMES.ask, answerMsMax: TIMES.commitWait });
    const watch = new OfferWatch((showtimeId) => this.waiting?.nudge(showtimeId));
    if (options.waiters.length === 0) return { desk, watch };
    const way = { life, trip: () => weather.postgres(name, 'owners') };
    const limits = { offerMs: TIMES.offer, entriesMax: 100, entriesPerPerson: 10 };
    const store = waitlist.store(way);
    this.waiting = new WaitlistDesk({
      store,
      house: desk,
      timers,
      log: this.#log,
      uuid,
      limits,
      checkMs: TIMES.waitlist,
    });
    this.#undo.push(() => this.waiting?.stop());
    return { desk, watch, atClaim: waitlist.waitlist(way, TIMES.offer, uuid) };
  }

  #watched(feed: Feed): Feed {
    return {
      size: () => feed.size(),
      changed: (change, by) => feed.changed(change, by),
      delta: (delta) => feed.delta(delta),
      terms: (terms) => feed.terms(terms),
      ended: (reason, url) => {
        if (reason === 'passivated') this.#world.count('a showtime was passivated');
        feed.ended(reason, url);
      },
    };
  }

  #client(writerId: string): Journal {
    const { journal, time, weather } = this.#world;
    const { life, name } = this;
    const memory = new MemoryJournalClient({
      journal,
      timers: time,
      writerId,
      replayWindowMs: TIMES.replayWindow,
      nodeName: name,
      trip: (call) => weather.postgres(name, call),
    });
    return {
      claim: async (showtimeId, after) => {
        const claim = await life.hears(memory.claim(showtimeId, after));
        const { recorded } = claim;
        const recall = (holder: string, commandId: string) => life.hears(recorded.recall(holder, commandId));
        return { ...claim, recorded: { has: recorded.has, recall } };
      },
      commit: async (batch) => {
        const sentAt = this.#monotonic();
        const answer = await life.hears(memory.commit(batch));
        this.#anchored.observe(time.now(), sentAt, this.#monotonic());
        return answer;
      },
      owners: (showtimeIds) => life.hears(memory.owners(showtimeIds)),
      position: () => life.hears(memory.position()),
      confirm: (after, timeline) => life.hears(memory.confirm(after, timeline)),
      restore: (number, after, restoration) => life.hears(memory.restore(number, after, restoration)),
    };
  }

  #membership(store: 'redis' | 'postgres'): Membership {
    const { life, name } = this;
    const { weather, roll, rollInPostgres, time: timers } = this.#world;
    const memory = new MemoryMembership(
      store === 'redis'
        ? { roll, timers, trip: () => weather.redis(name) }
        : { roll: rollInPostgres, timers, trip: () => weather.rollInPostgres(name) },
    );
    return {
      beat: (self, beat) => life.hears(memory.beat(self, beat)),
      leave: (memberId) => life.hears(memory.leave(memberId)),
      forget: (memberIds) => life.hears(memory.forget(memberIds)),
      pin: (showtimeId, nodeName) => life.hears(memory.pin(showtimeId, nodeName)),
    };
  }

  /** Reads the catalogue, which is in Postgres too. */
  #playbill(playbill: Playbill): Playbill {
    const { weather } = this.#world;
    return {
      terms: async (showtimeId) => {
        if (weather.isAway('postgres', this.name)) throw new Error('Postgres is away.');
        return await playbill.terms(showtimeId);
      },
      versions: async (showtimeIds) => {
        if (weather.isAway('postgres', this.name)) throw new Error('Postgres is away.');
        return await playbill.versions(showtimeIds);
      },
    };
  }
}

/** What an operator is to hear of, and is no fault of the node: it was struck by one. */
const ALARMS = new Set([
  'Most other nodes disappeared at the same time. For a while this node claims none of their showtimes.',
  'A newer process runs under the name of this node.',
]);
/** After a promotion that lost something. */
const TAIL_LOST = new Set(['journal.behind', 'journal.seat_lost']);
const STORE_AWAY = /^(The connection to the store broke|Postgres is away|This node is cut off)\.$/;

/** Warnings are told to the trace; an error in the log of a node is a finding. */
function nodeLog(world: World, who: string, census: Census): Log {
  const line = (fields: object, message: string) => {
    const { err, reason, showtimeId } = fields as { err?: unknown; reason?: string; showtimeId?: string };
    const detail = [showtimeId?.slice(-1), reason, err instanceof Error ? err.message : undefined].filter(Boolean);
    return [message, ...detail].join(' · ');
  };
  return {
    debug: (fields, message) => {
      if (message === 'A showtime was handed over.') census.count('a showtime was handed over');
      world.trace.add(who, line(fields, message));
    },
    info: (fields, message) => world.trace.add(who, line(fields, message)),
    warn: (fields, message) => {
      if ((fields as { event?: string }).event === 'showtime.unconfirmed') census.count('a node lost its lease');
      world.trace.add(who, line(fields, message));
    },
    error: (fields, message) => {
      const { err } = fields as { err?: unknown };
      const { event } = fields as { event?: string };
      const isStruck = err instanceof Error && STORE_AWAY.test(err.message);
      const isTail = world.tails.happened && TAIL_LOST.has(event ?? '');
      if (isStruck || isTail || ALARMS.has(message)) return world.trace.add(who, line(fields, message));
      const stack = err instanceof Error ? err.stack : String(err);
      world.violate('an error in the log', `${who}: ${line(fields, message)}\n${stack}`);
    },
  };
}
