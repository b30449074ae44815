import type pg from 'pg';
import { z } from 'zod';
import type { Log } from '../../kernel/log.js';
import type { Member, Membership, Roll } from '../../runtime/cluster/membership-port.js';
import { readMember } from '../read-member.js';
import type { Primary } from './primary.js';
import { KEEPALIVES, primaryPool } from './primary-pool.js';

export interface PostgresMembershipOptions {
  readonly primary: Primary;
  readonly log: Log;
  /** Names the cluster. */
  readonly cluster?: string;
  /** A node that has not beaten for so long is not on the roll. */
  readonly silentMsMax: number;
  /** Every method rejects after so long at the latest. */
  readonly answerMsMax?: number;
}

export const PINS_MAX = 10_000;
const ANSWER_MS_MAX = 1_000;

const entry = z.object({ id: z.string(), beat: z.int(), member: z.unknown() });
const row = z.object({ members: z.array(entry), pinned: z.record(z.string(), z.string()) });

/**
 * The roll in `usher.nodes` and `usher.pins`; see sql/0006_nodes.sql. It has a connection of its own, so that claims which
 * wait for Postgres never make this node look dead.
 */
export class PostgresMembership implements Membership {
  readonly #pool: pg.Pool;
  readonly #log: Log;
  readonly #cluster: string;
  readonly #silentMsMax: number;
  #sawMalformed = false;

  constructor(options: PostgresMembershipOptions) {
    const { primary, log, cluster = 'usher', silentMsMax, answerMsMax = ANSWER_MS_MAX } = options;
    const connection = {
      max: 1,
      application_name: 'usher-nodes',
      connectionTimeoutMillis: answerMsMax,
      query_timeout: answerMsMax,
      settings: { statement_timeout: String(answerMsMax), ...KEEPALIVES },
    };
    this.#pool = primaryPool(primary, connection, log);
    this.#log = log;
    this.#cluster = cluster;
    this.#silentMsMax = silentMsMax;
  }

  async beat(self: Member, beat: number): Promise<Roll> {
    const { rows } = await this.#pool.query('SELECT members, pinned FROM usher.beat_node($1, $2, $3, $4, $5)', [
      this.#cluster,
      self.id,
      beat,
      JSON.stringify(self),
      this.#silentMsMax,
    ]);
    const { roll, malformed } = rollOf(rows[0]);
    this.#noteMalformed(malformed);
    return roll;
  }

  async leave(memberId: string): Promise<void> {
    await this.forget([memberId]);
  }

  async forget(memberIds: readonly string[]): Promise<void> {
    await this.#pool.query('DELETE FROM usher.nodes WHERE cluster = $1 AND id = ANY ($2::text[])', [
      this.#cluster,
      memberIds,
    ]);
  }

  async pin(showtimeId: string, nodeName: string | undefined): Promise<void> {
    if (nodeName === undefined) {
      await this.#pool.query('DELETE FROM usher.pins WHERE cluster = $1 AND showtime_id = $2', [
        this.#cluster,
        showtimeId,
      ]);
      return;
    }
    const { rowCount } = await this.#pool.query(
      `INSERT INTO usher.pins (cluster, showtime_id, node)
       SELECT $1::text, $2::text, $3 WHERE (SELECT count(*) FROM usher.pins WHERE cluster = $1) < $4
           OR EXISTS (SELECT FROM usher.pins WHERE cluster = $1 AND showtime_id = $2)
       ON CONFLICT (cluster, showtime_id) DO UPDATE SET node = excluded.node`,
      [this.#cluster, showtimeId, nodeName, PINS_MAX],
    );
    if (rowCount === 0) {
      throw new Error(`There are ${PINS_MAX} showtimes pinned, and no more may be: unpin some first.`);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Once until all is well again: a beat comes every second. */
  #noteMalformed(count: number): void {
    if (count > 0 && !this.#sawMalformed) {
      this.#log.warn(
        { event: 'cluster.roll_malformed', count },
        'The table usher.nodes has rows that this version cannot read.',
      );
    }
    this.#sawMalformed = count > 0;
  }
}

/** The roll as one sees it who is not on it: with nodes that have been silent for long. */
export async function readPostgresRoll(database: Pick<pg.Pool, 'query'>, cluster: string): Promise<Roll> {
  const { rows } = await database.query(
    `SELECT (SELECT coalesce(json_agg(json_build_object('id', n.id, 'beat', n.beat, 'member', n.member)), '[]')
               FROM usher.nodes n WHERE n.cluster = $1) AS members,
            (SELECT coalesce(json_object_agg(p.showtime_id, p.node), '{}')
               FROM usher.pins p WHERE p.cluster = $1) AS pinned`,
    [cluster],
  );
  return rollOf(rows[0]).roll;
}

/** Rows that are none of ours are left out, and counted. */
function rollOf(returned: unknown): { readonly roll: Roll; readonly malformed: number } {
  const { members, pinned } = row.parse(returned);
  const read = members.flatMap(({ id, beat, member }) => {
    const known = readMember(id, member);
    return known ? [{ member: known, beat }] : [];
  });
  const roll = { members: read, pins: new Map(Object.entries(pinned)) };
  return { roll, malformed: members.length - read.length };
}
