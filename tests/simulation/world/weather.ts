import type { JournalCall } from '../../../src/adapters/memory/memory-journal-client.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Census } from './census.js';
import type { Random } from './random.js';

/** `roll`: the table of nodes in Postgres, which goes over the pool, while commits have a connection of their own. */
type Store = 'postgres' | 'redis' | 'roll';
/** `away`: connections are refused. `slow`: it answers in a while. `flaky`: requests and answers are lost. */
type Spell = 'away' | 'slow' | 'flaky';

const READS: ReadonlySet<JournalCall> = new Set(['recall', 'owners', 'position']);

interface Trouble {
  readonly store: Store;
  readonly spell: Spell;
  /** Absent: every node has it. */
  readonly node: string | undefined;
  readonly until: number;
}

/** How the ways from nodes to the stores are: fair as a rule, and bad while a fault lasts. */
export class Weather {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #census: Census;
  #troubles: Trouble[] = [];
  /** The synchronous standby: what is written is answered with a warning. */
  isStandbyAway = false;

  constructor(time: VirtualTime, random: Random, census: Census) {
    this.#time = time;
    this.#random = random;
    this.#census = census;
  }

  trouble(store: Store, spell: Spell, ms: number, node?: string): void {
    this.#troubles.push({ store, spell, node, until: this.#time.now() + ms });
  }

  /** Ends all but what is to last for ever. */
  clear(): void {
    this.#troubles = this.#troubles.filter(({ until }) => until === Number.POSITIVE_INFINITY);
  }

  postgres(node: string, call: JournalCall): Trip {
    const trip = this.#trip('postgres', node, 250);
    if (trip.lost === 'request') this.#census.count('Postgres lost a request');
    if (trip.lost === 'answer') this.#census.count('Postgres lost an answer');
    const isLate = trip.lost === 'answer' && (trip.brokenAfterMs ?? 0) < (trip.thereMs ?? 0);
    if (isLate && call === 'commit') this.#census.count('a lost write acted late');
    return READS.has(call) ? trip : { ...trip, isUnreplicated: () => this.#isUnreplicated() };
  }

  rollInPostgres(node: string): Trip {
    if (!this.isAway('roll', node)) return this.postgres(node, 'owners');
    return { lost: 'request', brokenAfterMs: this.#random.between(1, 30) };
  }

  redis(node: string): Trip {
    return this.#trip('redis', node, 120);
  }

  /** Whether this node's way is refused now. */
  isAway(store: Store, node: string): boolean {
    return this.#spell(store, node) === 'away';
  }

  #isUnreplicated(): boolean {
    if (this.isStandbyAway) this.#census.count('a commit may not have been on the standby');
    return this.isStandbyAway;
  }

  #trip(store: 'postgres' | 'redis', node: string, slowMs: number): Trip {
    const random = this.#random;
    const spell = this.#spell(store, node);
    if (spell === 'away') {
      this.#census.count(store === 'postgres' ? 'Postgres was away' : 'Redis was away');
      return { lost: 'request', brokenAfterMs: random.between(1, 30) };
    }
    if (spell === 'slow') return { thereMs: random.between(0, slowMs), backMs: random.between(0, slowMs) };
    if (spell === 'flaky' && random.chance(0.4)) {
      const lost = random.chance(0.4) ? 'request' : 'answer';
      // Broken before it got there: the store acts when everybody has given it up.
      return { lost, thereMs: random.between(0, slowMs * 3), brokenAfterMs: random.between(0, slowMs) };
    }
    return { thereMs: random.between(0, 3), backMs: random.between(0, 3) };
  }

  #spell(store: Store, node: string): Spell | undefined {
    const now = this.#time.now();
    return this.#troubles.find(
      (one) => one.store === store && one.until > now && (one.node === undefined || one.node === node),
    )?.spell;
  }
}
