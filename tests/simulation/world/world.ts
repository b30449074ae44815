import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { SeatMap } from '../../../src/core/seat-map.js';
import type { Playbill } from '../../../src/runtime/playbill-port.js';
import { silentLog } from '../../silent-log.js';
import { rowOf } from '../../unit/runtime/playhouse.js';
import { HeldOrders } from '../oracles/held-orders.js';
import { Census, type Sometimes } from './census.js';
import { LostTails } from './lost-tails.js';
import { Random } from './random.js';
import { RULES } from './rules.js';
import type { Sales } from './sales.js';
import { SimHub } from './sim-hub.js';
import { SimJournal } from './sim-journal.js';
import { SimNetwork } from './sim-network.js';
import { SimNode } from './sim-node.js';
import { SimNodes } from './sim-nodes.js';
import { SimRoll } from './sim-roll.js';
import { SimWaitlist } from './sim-waitlist.js';
import { TIMES } from './times.js';
import { Trace } from './trace.js';
import { Weather } from './weather.js';

export interface WorldOptions {
  readonly seed: number;
  readonly seats: number;
  readonly showtimes: number;
  /** Who wait for seats; where there are none, no node has a waitlist. */
  readonly waiters: readonly number[];
  /** Whether clients can be sent to a node by its URL; else what lives elsewhere is relayed. */
  readonly addressed: boolean;
  /** Watchers past which a showtime is relayed in place of sending clients on. */
  readonly hotWatchers: number;
  readonly keepTrace: boolean;
}

/** What is promised, and was broken. */
export interface Violation {
  readonly promise: string;
  readonly what: string;
}

/** One cluster with its stores, its network and its time, all ruled by one seed. */
export class World {
  readonly options: WorldOptions;
  readonly time = new VirtualTime(TIMES.start);
  readonly census = new Census();
  readonly trace: Trace;
  readonly journal: SimJournal;
  readonly tails: LostTails;
  readonly roll = new SimRoll();
  /** The roll in Postgres. */
  readonly rollInPostgres = new SimNodes(() => this.time.now(), 2 * TIMES.detection);
  readonly hub: SimHub;
  readonly weather: Weather;
  readonly network: SimNetwork;
  readonly waitlist: SimWaitlist;
  /** What nodes share of orders; absent where nobody makes any. */
  sales: Sales | undefined;
  readonly showtimes: readonly string[];
  readonly map: SeatMap;
  readonly playbill: Playbill;
  readonly violations: Violation[] = [];
  /** Ends the faults of the journal that are to come of themselves. */
  endOfFaults = false;
  /** The newest life of each node that was ever started, and the lives before. */
  readonly #nodes: SimNode[] = [];

  constructor(options: WorldOptions) {
    const { seats, showtimes, keepTrace } = options;
    this.options = options;
    this.trace = new Trace(() => this.time.now() - TIMES.start, keepTrace);
    const isAlive = (writerId: string) => this.#nodes.some((node) => node.writerId === writerId && !node.life.isDead);
    this.tails = new LostTails(isAlive, (promise, what) => this.violate(promise, what));
    const heldOrders = new HeldOrders((promise, what) => this.violate(promise, what));
    this.journal = new SimJournal(() => this.time.now(), seats, this.census, this.tails, isAlive, heldOrders);
    this.hub = new SimHub(this.time, silentLog, this.random('messages'), this.census);
    this.weather = new Weather(this.time, this.random('weather'), this.census);
    this.network = new SimNetwork(this.time, this.random('network'), () => this.nodes, {
      count: (what) => this.count(what),
      violate: (promise, what) => this.violate(promise, what),
    });
    this.waitlist = new SimWaitlist({
      time: this.time,
      epochOf: (showtimeId) => this.journal.peek(showtimeId).epoch,
      changed: ({ id, state }) => {
        this.trace.add('waitlist', `${id.slice(-4)} ${state}`);
        if (state === 'lapsed' || state === 'declined') this.count('an offer ended without being taken');
        if (state === 'left') this.count('somebody left the line');
      },
    });
    this.showtimes = Array.from({ length: showtimes }, (_, i) => `00000000-0000-7000-8000-00000000000${i + 1}`);
    this.map = rowOf(seats);
    const terms = { map: this.map, mapHash: 'row', rules: RULES, version: 1 };
    this.playbill = {
      terms: async (showtimeId) => (this.showtimes.includes(showtimeId) ? terms : undefined),
      versions: async (showtimeIds) => new Map(showtimeIds.map((id) => [id, terms.version])),
    };
  }

  random(stream: string): Random {
    return new Random(this.options.seed, stream);
  }

  violate(promise: string, what: string): void {
    this.violations.push({ promise, what });
    this.trace.add('!', `${promise}: ${what}`);
  }

  count(what: Sometimes): void {
    this.census.count(what);
  }

  /** The newest life of each name. */
  get nodes(): readonly SimNode[] {
    return [...new Map(this.#nodes.map((node) => [node.name, node])).values()];
  }

  /** Starts a node, or starts it again: a new life under the old name. */
  startNode(name: string): SimNode {
    const { addressed, hotWatchers } = this.options;
    const life = this.#nodes.length + 1;
    const node = new SimNode({ name, life, url: addressed ? `http://${name}` : undefined, hotWatchers }, this);
    this.#nodes.push(node);
    this.trace.add(name, `starts life ${life}`);
    node.life.enter(() => void node.start());
    return node;
  }

  labels(): readonly string[] {
    return this.map.data.seats.label;
  }
}
