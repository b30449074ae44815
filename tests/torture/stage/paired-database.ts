import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresPair } from '../../postgres/postgres-pair.js';
import { readDeadServer } from '../../postgres/read-dead-server.js';
import type { LostTail } from '../checker/history.js';
import { FaultyLink } from './faulty-link.js';
import { JointLink } from './joint-link.js';
import { compareServers, readContents } from './lost-tail.js';
import type { StagedDatabase, WayToDatabase } from './staged-database.js';

const REPLAYED_MS_MAX = 10_000;
/** Of each server: the nodes' own are fewer by far, and leaked ones meet the bound. */
const CONNECTIONS_MAX = '60';

export interface Promotion {
  /** When the former primary had surely ended, and when the new one took writes, on `performance.now()`. */
  readonly deadAt: number;
  readonly promotedAt: number;
  /** Every commit that was acknowledged had to be on the standby. */
  readonly synchronous: boolean;
  readonly lost: readonly LostTail[];
}

/**
 * A primary and a standby. Nodes reach them in the two ways that operators have: the first, third, … by a proxy of
 * their own that is moved after a failover, the others by the addresses of both servers.
 */
export class PairedDatabase implements StagedDatabase {
  readonly pair: PostgresPair;
  readonly #proxies: FaultyLink[] = [];
  #isSynchronous = false;

  private constructor(pair: PostgresPair) {
    this.pair = pair;
  }

  static async open(): Promise<PairedDatabase> {
    return new PairedDatabase(await PostgresPair.start({ settings: { max_connections: CONNECTIONS_MAX } }));
  }

  get url(): string {
    return this.pair.proxyUrl;
  }

  async wayOf(node: number): Promise<WayToDatabase> {
    const { pair } = this;
    if (node % 2 === 0) {
      const proxy = await FaultyLink.to(pair.primary.port);
      this.#proxies.push(proxy);
      const url = new URL(pair.primaryUrl);
      url.port = String(proxy.port);
      return { url: url.href, link: proxy };
    }
    const links = await Promise.all(pair.servers.map(({ port }) => FaultyLink.to(port)));
    const { username, password, pathname } = new URL(pair.primaryUrl);
    const hosts = links.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return { url: `postgres://${username}:${password}@${hosts}${pathname}`, link: new JointLink(links) };
  }

  async kill(): Promise<void> {
    await this.pair.primary.kill();
    await this.pair.primary.start();
  }

  /** From when it resolves on, no commit is acknowledged that the standby does not have. */
  async setSynchronous(isSynchronous: boolean): Promise<void> {
    if (isSynchronous) await this.pair.caughtUp();
    await this.pair.waitForStandby(isSynchronous);
    if (isSynchronous) await this.pair.caughtUp();
    this.#isSynchronous = isSynchronous;
  }

  /** The primary dies, with all its children, and the standby takes its place with whatever it has received. */
  async killAndPromote(): Promise<Promotion> {
    const { pair } = this;
    const dead = pair.primary;
    await pair.killPrimary();
    const deadAt = performance.now();
    // What is on its way between two processes of one host is not lost: the standby may still get it.
    await this.#everythingReplayed();
    const had = await readContents(pair.standby.urlOf('usher'));
    const promotedAt = await this.#promote();
    const inDead = await readDeadServer(dead, 'usher', readContents);
    const synchronous = this.#isSynchronous;
    this.#isSynchronous = false;
    return { deadAt, promotedAt, synchronous, lost: compareServers(inDead, had) };
  }

  /** An orderly switch of roles: the standby has everything first. The former primary is a standby when it resolves. */
  async switchOver(): Promise<Promotion> {
    const { pair } = this;
    const synchronous = this.#isSynchronous;
    await pair.primary.stop();
    const deadAt = performance.now();
    await this.#everythingReplayed();
    const promotedAt = await this.#promote();
    this.#isSynchronous = false;
    await pair.rebuildStandby();
    return { deadAt, promotedAt, synchronous, lost: [] };
  }

  /** The nodes' proxies lead to the primary from now on. `resets`: connections that exist are broken off as well. */
  moveProxies(resets: boolean): void {
    for (const proxy of this.#proxies) {
      proxy.moveTo(this.pair.primary.port);
      if (resets) proxy.reset();
    }
  }

  /** Everything as in the beginning, whatever was done: a primary, and a standby that follows. */
  async mend(): Promise<void> {
    const { pair } = this;
    this.moveProxies(false);
    this.#moveOwnProxy();
    if (!(await pair.primary.isRunning())) await pair.primary.start();
    pair.replication.heal(false);
    if (await pair.standby.isRunning()) await pair.caughtUp();
    else await pair.rebuildStandby();
    if (this.#isSynchronous) await this.setSynchronous(false);
  }

  stop(): Promise<void> {
    return this.pair.stop();
  }

  async #promote(): Promise<number> {
    const at = await this.pair.promote();
    this.#moveOwnProxy();
    return at;
  }

  #moveOwnProxy(): void {
    this.pair.proxy.moveTo(this.pair.primary.port);
    this.pair.proxy.reset();
  }

  async #everythingReplayed(): Promise<void> {
    const giveUpAt = performance.now() + REPLAYED_MS_MAX;
    for (;;) {
      const [row] = await this.pair.standby.query<{ ok: boolean }>(
        `SELECT coalesce(pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn(), true)
                AND NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS ok`,
      );
      if (row?.ok) return;
      if (performance.now() > giveUpAt) throw new Error('The standby did not replay what it had received.');
      await sleep(5);
    }
  }
}
