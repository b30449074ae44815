import { randomUUID } from 'node:crypto';
import { freePort } from '../../../src/adapters/free-port.js';
import { nodeTimers } from '../../../src/adapters/node-timers.js';
import { randomIds } from '../../../src/adapters/random-ids.js';
import { localRates } from '../../../src/adapters/rate-limits.js';
import type { ListingReads } from '../../../src/boxoffice/catalogue/cached-listings.js';
import { catalogueEndpoints } from '../../../src/boxoffice/catalogue/catalogue-endpoints.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import type { HouseRules } from '../../../src/core/house.js';
import type { SeatMapData } from '../../../src/core/seat-map.js';
import { Gateway } from '../../../src/gateway/gateway.js';
import type { LiveLimits } from '../../../src/gateway/live/live-limits.js';
import type { IsOn } from '../../../src/gateway/parts.js';
import { Tokens } from '../../../src/gateway/tokens.js';
import type { Authenticate } from '../../../src/http/access.js';
import type { ActorLimits } from '../../../src/runtime/actor-context.js';
import { NO_FEED } from '../../../src/runtime/audience.js';
import { Directory } from '../../../src/runtime/directory.js';
import { GroupCommitter } from '../../../src/runtime/group-committer.js';
import { type Elsewhere, Hosts } from '../../../src/runtime/hosts.js';
import type { Batch, Journal, RecordedResults } from '../../../src/runtime/journal-port.js';
import type { Till } from '../../../src/runtime/till-port.js';
import { silentLog } from '../../silent-log.js';
import { hall } from './hall.js';
import { SECRET } from './sign.js';

export interface LightNodeOptions {
  readonly map?: SeatMapData;
  readonly rules?: Partial<HouseRules>;
  readonly limits?: Partial<LiveLimits>;
  readonly actorLimits?: Partial<ActorLimits>;
  readonly actorsMax?: number;
  readonly till?: Till;
  readonly listings?: Partial<ListingReads>;
  readonly demoDirectory?: string;
  readonly isOn?: IsOn;
  readonly authenticate?: Authenticate;
  /** Whether the node may tell what it has. */
  readonly confirmed?: () => boolean;
  /** The other nodes; absent: it is alone. */
  readonly elsewhere?: Elsewhere;
}

const NO_RECORD: RecordedResults = { has: () => false, recall: async () => undefined };

/** A journal that takes everything, at once or, while it is held back, not at all. */
export class TestJournal implements Journal {
  #released: Promise<void> = Promise.resolve();
  #release: () => void = () => {};
  #fenced = false;

  async claim() {
    return { epoch: 1, timeline: 1, state: { holds: [], bookings: [], blocked: [] }, results: [], recorded: NO_RECORD };
  }

  async commit({ slices }: Batch) {
    await this.#released;
    return { fenced: this.#fenced ? slices : [] };
  }

  async owners() {
    return new Map();
  }

  async position(): Promise<never> {
    throw new Error('nobody asks for it here');
  }

  async confirm(): Promise<never> {
    throw new Error('nobody asks for it here');
  }

  async restore(): Promise<never> {
    throw new Error('nobody asks for it here');
  }

  /** From now on every showtime has another owner. */
  fence(): void {
    this.#fenced = true;
  }

  holdBack(): void {
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  letGo(): void {
    this.#release();
  }
}

const RULES: HouseRules = {
  holdTtlMs: 300_000,
  seatsPerHold: 10,
  holdsPerHolder: 4,
  extensionsPerHold: 1,
  singleGap: 'off',
  distancing: 0,
  prices: [1_200, 900],
  currency: 'EUR',
  salesOpen: true,
  bookAfterClose: true,
};
const NO_LISTINGS: ListingReads = {
  movies: async () => ({ items: [] }),
  showtimes: async () => ({ items: [] }),
  showtime: async () => undefined,
  venues: async () => ({ items: [] }),
  cities: async () => ({ items: [] }),
};

/** The gateway and the runtime as they are, over a journal in memory: for what is about frames, speed and faults. */
export async function openLightNode(options: LightNodeOptions = {}) {
  const clock = { now: () => Date.now() };
  const journal = new TestJournal();
  const port = await freePort();
  const map = compileSeatMap(options.map ?? hall(4, 20));
  const limits: LiveLimits = {
    messagesPerSecond: 1_000_000,
    frameBytes: 16_384,
    heartbeatMs: 60_000,
    helloMsMax: 5_000,
    socketsMax: 100,
    unreadBytesMax: 64 * 1024,
    ...options.limits,
  };
  const ids = randomIds(() => clock.now());
  const tokens = new Tokens(SECRET, 3_600_000, randomUUID, Date.now);
  const gateway = new Gateway({
    host: '127.0.0.1',
    port,
    allowedOrigins: [],
    limits,
    rates: localRates({ requests: 1_000, sockets: 1_000, sessions: 1_000, commands: 1_000 }),
    proxyHops: 0,
    tokens,
    authenticate: options.authenticate ?? ((token) => tokens.verify(token)),
    isRevoked: () => false,
    isOn: options.isOn ?? (() => true),
    endpoints: catalogueEndpoints({
      listings: { ...NO_LISTINGS, ...options.listings },
      availability: { of: async (showtimes) => showtimes, freshUntil: () => 0 },
      seatMapDocument: async () => undefined,
      now: clock.now,
      log: silentLog,
    }),
    checkAnswers: true,
    readiness: async () => undefined,
    clock,
    ids,
    log: silentLog,
    ...(options.demoDirectory ? { demoDirectory: options.demoDirectory } : {}),
  });
  const directory = new Directory({
    journal,
    playbill: {
      terms: async (id) =>
        id.startsWith('0') ? undefined : { map, mapHash: 'h', rules: { ...RULES, ...options.rules }, version: 1 },
      versions: async () => new Map(),
    },
    context: {
      clock,
      timers: nodeTimers,
      log: silentLog,
      committer: new GroupCommitter(journal, clock, nodeTimers, silentLog),
      till: options.till ?? { charge: () => ({ ok: true, method: 'test' }) },
      confirmed: options.confirmed ?? (() => true),
      limits: {
        gatedMax: 20_000,
        commitWaitMsMax: 60_000,
        immediateWatchersMax: 50,
        tickMs: 40,
        changesPerDeltaMax: 700,
        historyMax: 256,
        replaysMax: 50_000,
        ...options.actorLimits,
      },
    },
    audienceFor: gateway.channels.audienceFor,
    feedFor: () => NO_FEED,
    askedFor: async () => true,
    passivateAfterMs: 600_000,
    actorsMax: options.actorsMax ?? 100,
  });
  await gateway.listen(new Hosts(directory, options.elsewhere));
  const showtimeId = `1${randomUUID().slice(1)}`;
  return {
    gateway,
    directory,
    journal,
    port,
    showtimeId,
    liveUrl: (id = showtimeId) => `ws://127.0.0.1:${port}/v1/showtimes/${id}/live`,
    httpUrl: (path = '', id = showtimeId) => `http://127.0.0.1:${port}/v1/showtimes/${id}${path}`,
    close: async () => {
      journal.letGo();
      gateway.stopListening();
      await directory.drain();
      gateway.close();
    },
  };
}

export type LightNode = Awaited<ReturnType<typeof openLightNode>>;
