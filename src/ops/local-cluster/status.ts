import type pg from 'pg';
import type { Roll } from '../../runtime/cluster/membership-port.js';
import { listShowtimesWithOwners, type ShowtimeList } from '../listed-showtimes.js';
import { Pulse } from '../pulse.js';
import type { RollReader } from '../roll-reader.js';
import type { NodeProcess } from './node-process.js';

export interface NodeStatus {
  readonly name: string;
  readonly url: string;
  /** `live`, `draining`, `dead (SIGKILL)`, … : what is known of it, in words. */
  readonly state: string;
  /** Dead, or taken for it by the others: what it owned is for who asks first. */
  readonly isGone: boolean;
  readonly pid: number | undefined;
  /** As it told with its latest beat; undefined where there is no such beat, or its sender is dead. */
  readonly showtimes: number | undefined;
  readonly hot: number | undefined;
}

export interface Status {
  readonly nodes: readonly NodeStatus[];
  readonly redisAnswers: boolean;
  /** Those that some node has claimed; undefined where Postgres does not answer. */
  readonly owned: ShowtimeList | undefined;
  readonly pins: Roll['pins'];
}

const SHOWTIMES_SHOWN = 20;

/** Asks the processes, the roll and Postgres who is there and who owns what. */
export class StatusReader {
  readonly #nodes: readonly NodeProcess[];
  readonly #reader: RollReader;
  readonly #pool: pg.Pool;
  readonly #pulse: Pulse;

  constructor(nodes: readonly NodeProcess[], reader: RollReader, pool: pg.Pool, detectionMs: number) {
    this.#nodes = nodes;
    this.#reader = reader;
    this.#pool = pool;
    this.#pulse = new Pulse(detectionMs);
  }

  async read(): Promise<Status> {
    const [roll, owned] = await Promise.all([
      this.#reader.read().catch(() => undefined),
      listShowtimesWithOwners(this.#pool, SHOWTIMES_SHOWN, true).catch(() => undefined),
    ]);
    const now = performance.now();
    if (roll) this.#pulse.observe(roll, now);
    return {
      nodes: this.#nodes.map((node) => this.#statusOf(node, roll, now)),
      redisAnswers: this.#reader.redisAnswers,
      owned,
      pins: roll?.pins ?? new Map(),
    };
  }

  #statusOf(node: NodeProcess, roll: Roll | undefined, now: number): NodeStatus {
    const { name, url, pid } = node;
    const lives = roll?.members.filter(({ member }) => member.name === name) ?? [];
    const member = lives.find(({ member: { id } }) => this.#pulse.isAlive(id, now) !== false)?.member;
    const known = { name, url, pid, isGone: false, showtimes: undefined, hot: undefined };
    if (node.isRestarting) return { ...known, state: 'restarting', isGone: true };
    if (node.ending !== undefined) return { ...known, state: `dead (${node.ending})`, isGone: true };
    if (!roll) return { ...known, state: 'running' };
    if (!member) return { ...known, state: 'silent', isGone: true };
    const state = member.draining ? 'draining' : 'live';
    return { ...known, state, showtimes: member.showtimes, hot: member.hot.length };
  }
}
