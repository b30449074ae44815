import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { Primary } from '../../adapters/postgres/primary.js';
import { primaryPool } from '../../adapters/postgres/primary-pool.js';
import type { Member, Roll } from '../../runtime/cluster/membership-port.js';
import type { ClusterAddress } from '../cluster-file.js';
import { Misuse, sentenceOf } from '../misuse.js';
import { silentLog } from '../plain-log.js';
import { Pulse } from '../pulse.js';
import { RollReader } from '../roll-reader.js';

export interface MemberSeen {
  readonly member: Member;
  readonly beat: number;
  readonly state: 'live' | 'draining' | 'dead';
}

export interface RollSeen {
  /** By name, and of one name the newest life first. */
  readonly members: readonly MemberSeen[];
  readonly pins: Roll['pins'];
}

const DATABASE_MS_MAX = 5_000;

/** What a command can ask of a cluster, from outside of it. */
export class ClusterView {
  readonly address: ClusterAddress;
  readonly #reader: RollReader;
  /** Undefined where it is not known where Postgres is. */
  readonly #pool: pg.Pool | undefined;

  constructor(address: ClusterAddress) {
    this.address = address;
    if (address.databaseUrl !== undefined) this.#pool = openPool(address.databaseUrl);
    this.#reader = new RollReader(address, this.#pool);
  }

  roll(): Promise<Roll> {
    return this.#reader.read();
  }

  /** Reads the roll until every member has beaten, or has been silent for so long that it is dead. */
  async observe(): Promise<RollSeen> {
    const { beatMs, detectionMs } = this.address;
    const pulse = new Pulse(detectionMs);
    // Those that register meanwhile are not waited for without end.
    const giveUpAt = performance.now() + 2 * detectionMs;
    for (;;) {
      const roll = await this.roll();
      const now = performance.now();
      pulse.observe(roll, now);
      const isUnsure = roll.members.some(({ member }) => pulse.isAlive(member.id, now) === undefined);
      if (!isUnsure || now > giveUpAt) return seenOf(roll, (id) => pulse.isAlive(id, now) !== false);
      await sleep(beatMs / 2);
    }
  }

  /** @throws Error where Postgres cannot be reached, or has no such tables; Misuse where it is not known where it is. */
  async ask<Answer>(question: (pool: pg.Pool) => Promise<Answer>): Promise<Answer> {
    if (!this.#pool) throw new Misuse('This needs Postgres: set DATABASE_URL as well.');
    try {
      return await question(this.#pool);
    } catch (error) {
      throw new Error(`The question to Postgres failed: ${sentenceOf(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#reader.close();
    await this.#pool?.end();
  }
}

/** The life of a node that counts. @throws Misuse where no such node is on the roll. */
export function memberNamed(name: string, { members }: RollSeen): MemberSeen {
  const lives = members.filter(({ member }) => member.name === name);
  const found = lives.find(({ state }) => state !== 'dead') ?? lives[0];
  if (found) return found;
  const names = [...new Set(members.map(({ member }) => member.name))].join(', ');
  throw new Misuse(`There is no node ${name} in the cluster; there ${names === '' ? 'is none' : `are ${names}`}.`);
}

function seenOf({ members, pins }: Roll, isAlive: (memberId: string) => boolean): RollSeen {
  const seen = members.map(({ member, beat }): MemberSeen => {
    const state = !isAlive(member.id) ? 'dead' : member.draining ? 'draining' : 'live';
    return { member, beat, state };
  });
  // Ids sort by the time at which they were made.
  seen.sort((a, b) => compare(a.member.name, b.member.name) || compare(b.member.id, a.member.id));
  return { members: seen, pins };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function openPool(databaseUrl: string): pg.Pool {
  const options = {
    max: 2,
    application_name: 'usher-ctl',
    connectionTimeoutMillis: DATABASE_MS_MAX,
    query_timeout: DATABASE_MS_MAX,
  };
  return primaryPool(new Primary(databaseUrl), options, silentLog);
}
