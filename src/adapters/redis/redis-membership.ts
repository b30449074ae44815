import type { Cluster, Redis } from 'ioredis';
import type { Log } from '../../kernel/log.js';
import type { Member, Membership, Roll } from '../../runtime/cluster/membership-port.js';
import { readRoll } from './read-roll.js';
import { connectByKey, isConnected } from './redis-connection.js';
import { answered } from './redis-failure.js';
import { type RollScripts, withRollScripts } from './roll-script.js';

export interface RedisMembershipOptions {
  /** See redis-url.ts. */
  readonly url: string;
  readonly log: Log;
  /** Names the cluster: two of them may share a Redis. Letters, digits, - and _. */
  readonly prefix?: string;
  /** Every method rejects after so long at the latest. */
  readonly answerMsMax?: number;
}

export const PINS_MAX = 10_000;
const ANSWER_MS_MAX = 1_000;
/** As many fields as one command takes away; Lua unpacks some thousands at most. */
const FORGOTTEN_AT_ONCE = 500;
const MALFORMED_NAMED_MAX = 5;

/** The roll in three hashes of one Redis Cluster slot: `{usher}:members`, `{usher}:beats`, `{usher}:pins`. */
export class RedisMembership implements Membership {
  readonly #client: Redis | Cluster;
  readonly #scripts: RollScripts;
  readonly #log: Log;
  readonly #answerMsMax: number;
  readonly #members: string;
  readonly #beats: string;
  readonly #pins: string;
  #sawMalformed = false;
  /** Entries in the latest roll; undefined before the first. */
  #rollSize: number | undefined;

  constructor({ url, log, prefix = 'usher', answerMsMax = ANSWER_MS_MAX }: RedisMembershipOptions) {
    this.#client = connectByKey({
      url,
      log,
      name: `${prefix}-membership`,
      commandMsMax: answerMsMax,
      // One answer may be late; after two in a row without any byte it is the connection that is suspect.
      silenceMsMax: 2 * answerMsMax,
    });
    this.#scripts = withRollScripts(this.#client);
    this.#log = log;
    this.#answerMsMax = answerMsMax;
    this.#members = `{${prefix}}:members`;
    this.#beats = `{${prefix}}:beats`;
    this.#pins = `{${prefix}}:pins`;
  }

  /** Whether Redis is there, now or within this time: a node that starts waits a little, and starts without it too. */
  isConnected(waitMsMax: number): Promise<boolean> {
    return isConnected(this.#client, waitMsMax);
  }

  async beat(self: Member, beat: number): Promise<Roll> {
    const asked = this.#scripts.usherBeat(this.#members, this.#beats, this.#pins, self.id, beat, JSON.stringify(self));
    const { roll, malformed } = readRoll(await this.#answered('take a beat', asked));
    this.#noteMalformed(malformed);
    this.#noteVanished(roll.members.length);
    return roll;
  }

  async leave(memberId: string): Promise<void> {
    await this.forget([memberId]);
  }

  async forget(memberIds: readonly string[]): Promise<void> {
    for (let from = 0; from < memberIds.length; from += FORGOTTEN_AT_ONCE) {
      const ids = memberIds.slice(from, from + FORGOTTEN_AT_ONCE);
      await this.#answered('forget members', this.#scripts.usherForget(this.#members, this.#beats, ...ids));
    }
  }

  async pin(showtimeId: string, nodeName: string | undefined): Promise<void> {
    if (nodeName === undefined) {
      await this.#answered('unpin', this.#client.hdel(this.#pins, showtimeId));
      return;
    }
    const pinned = this.#scripts.usherPin(this.#pins, showtimeId, nodeName, PINS_MAX);
    if ((await this.#answered('pin', pinned)) === 0) {
      throw new Error(`There are ${PINS_MAX} showtimes pinned, and no more may be: unpin some first.`);
    }
  }

  close(): void {
    this.#client.disconnect();
  }

  #answered<Answer>(what: string, asked: Promise<Answer>): Promise<Answer> {
    return answered(what, this.#answerMsMax, asked);
  }

  /** At the first roll, and whenever all others are gone from it at once: Redis may have thrown them out. */
  #noteVanished(size: number): void {
    const before = this.#rollSize;
    this.#rollSize = size;
    const isSuspect = before === undefined || (before > 2 && size === 1);
    if (isSuspect) void this.#checkPolicy();
  }

  async #checkPolicy(): Promise<void> {
    try {
      const memory = await this.#answered('tell its memory policy', this.#client.info('memory'));
      const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? '';
      if (!policy.startsWith('allkeys-')) return;
      this.#log.warn(
        { event: 'redis.eviction_policy', policy },
        'Redis may evict the roll of the nodes when its memory is full. Set maxmemory-policy to noeviction or to a volatile-* policy.',
      );
    } catch (error) {
      // A user of Redis may be denied INFO.
      this.#log.debug(
        { event: 'redis.eviction_policy_unknown', err: error },
        'The eviction policy of Redis could not be read.',
      );
    }
  }

  /** Once until all is well again: rubbish does not go away by itself, and a beat comes every second. */
  #noteMalformed(malformed: readonly string[]): void {
    if (malformed.length > 0 && !this.#sawMalformed) {
      const named = malformed.slice(0, MALFORMED_NAMED_MAX);
      this.#log.warn(
        { event: 'cluster.roll_garbage', entries: named, count: malformed.length },
        'The roll in Redis has entries that are not from Usher.',
      );
    }
    this.#sawMalformed = malformed.length > 0;
  }
}
