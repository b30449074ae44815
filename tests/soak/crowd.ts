import { setTimeout as sleep } from 'node:timers/promises';
import { FrameReader } from '../../bench/load/frame-reader.js';
import { type Accounts, count } from './accounts.js';
import { DirectLine, type Line, type LineEvents, SdkLine } from './line.js';
import type { Programme, Sale } from './programme.js';
import { Visitor } from './visitor.js';

export interface CrowdOptions {
  readonly programme: Programme;
  readonly urls: readonly URL[];
  readonly accounts: Accounts;
  readonly random: () => number;
  readonly visitors: number;
  readonly watchers: number;
}

interface Watcher {
  readonly sale: Sale;
  readonly line: Line;
  /** The connection ended, or the stream cannot be trusted. */
  isLost: boolean;
}

/** One in so many visitors uses the SDK, and is sent on by `moved` where the showtime lives at the other node. */
const SDK_EVERY = 5;
/** Of the watchers, a second: each leaves and another comes. */
const WATCHERS_CHURN = 0.1;
const TRIES_AGAIN_MS = 1_000;

/**
 * Visitors and watchers, always as many: who leaves is replaced at once by somebody new. They come in by both nodes, so
 * about half are relayed or sent on.
 */
export class Crowd {
  readonly visitors = new Set<Visitor>();
  readonly #watchers: Watcher[] = [];
  /** In the order in which they became idle. */
  readonly #idle = new Set<Visitor>();
  readonly #options: CrowdOptions;
  readonly #reader = new FrameReader();
  #came = 0;
  #isClosed = false;
  /** Told when somebody is idle. */
  onIdle: () => void = () => {};

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** People who ever came. */
  get came(): number {
    return this.#came;
  }

  async gather(): Promise<void> {
    const { visitors, watchers } = this.#options;
    const all = [
      ...Array.from({ length: visitors }, () => this.#welcomeVisitor()),
      ...Array.from({ length: watchers }, () => this.#welcomeWatcher()),
    ];
    await Promise.all(all);
  }

  /** Somebody to act, who is then not idle until `done`. */
  next(): Visitor | undefined {
    for (const visitor of this.#idle) {
      this.#idle.delete(visitor);
      if (visitor.actsLeft > 0) return visitor;
      this.#replace(visitor);
    }
    return undefined;
  }

  /** What they came to is known: they wait for their next turn, or have had enough. */
  done(visitor: Visitor): void {
    if (this.#isClosed) return;
    if (visitor.actsLeft > 0 && !visitor.sale.isOver) {
      this.#idle.add(visitor);
      this.onIdle();
      return;
    }
    this.#replace(visitor);
  }

  /** To be called once a second: watchers come and go, those of a showtime that is over first. */
  churn(): void {
    const leaving = Math.ceil(this.#watchers.length * WATCHERS_CHURN);
    const overFirst = [...this.#watchers].sort((a, b) => Number(b.sale.isOver) - Number(a.sale.isOver));
    const lost = overFirst.filter(({ isLost }) => isLost);
    for (const watcher of new Set([...lost, ...overFirst.slice(0, leaving)])) {
      this.#watchers.splice(this.#watchers.indexOf(watcher), 1);
      watcher.line.close();
      watcher.sale.present--;
      void this.#welcomeWatcher();
    }
  }

  /** Everybody who is in; who lost the connection was counted, and is about to be replaced. */
  lines(): { readonly sale: Sale; readonly line: Line }[] {
    const visitors = [...this.visitors].filter(({ actsLeft }) => actsLeft > 0);
    return [...visitors, ...this.#watchers.filter(({ isLost }) => !isLost)];
  }

  leave(): void {
    this.#isClosed = true;
    for (const { line, sale } of [...this.visitors, ...this.#watchers]) {
      line.close();
      sale.present--;
    }
    this.visitors.clear();
    this.#watchers.length = 0;
    this.#idle.clear();
  }

  #replace(visitor: Visitor): void {
    this.visitors.delete(visitor);
    visitor.line.close();
    visitor.sale.present--;
    void this.#welcomeVisitor();
  }

  async #welcomeVisitor(): Promise<void> {
    const { accounts, random } = this.#options;
    const visitor = await this.#letIn(() => new Visitor(this.#sale(), (self) => this.#line(self), random, accounts));
    if (this.#isClosed) return visitor.line.close();
    this.visitors.add(visitor);
    this.#idle.add(visitor);
    this.onIdle();
  }

  async #welcomeWatcher(): Promise<void> {
    const watcher = await this.#letIn(() => this.#watcher(this.#sale()));
    if (this.#isClosed) return watcher.line.close();
    this.#watchers.push(watcher);
  }

  #watcher(sale: Sale): Watcher {
    const lost = () => {
      watcher.isLost = true;
    };
    const watcher: Watcher = { sale, line: this.#direct(sale, this.#events(lost)), isLost: false };
    return watcher;
  }

  /** Who cannot come in is a fault of the nodes, and told of as such; somebody else tries in a moment. */
  async #letIn<Person extends { readonly sale: Sale; readonly line: Line }>(somebody: () => Person): Promise<Person> {
    for (;;) {
      const person = somebody();
      person.sale.present++;
      const refused = await person.line.open().then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (refused === undefined || this.#isClosed) return person;
      person.line.close();
      person.sale.present--;
      this.#options.accounts.broke(`not let in: ${refused}`);
      await sleep(TRIES_AGAIN_MS);
    }
  }

  #sale(): Sale {
    const { programme } = this.#options;
    const sale = programme.sales[this.#came++ % programme.sales.length];
    if (!sale) throw new Error('Nothing is on sale.');
    return sale;
  }

  #line(visitor: Visitor): Line {
    const expired = (holdId: string) => {
      if (visitor.holds.delete(holdId)) count(this.#options.accounts.done, 'expiry');
    };
    const lost = () => {
      visitor.actsLeft = 0;
    };
    const events = this.#events(lost, expired);
    if (this.#came % SDK_EVERY > 0) return this.#direct(visitor.sale, events);
    return new SdkLine(this.#seat(visitor.sale), events);
  }

  #direct(sale: Sale, events: LineEvents): Line {
    return new DirectLine(this.#seat(sale), this.#reader, events);
  }

  #seat(sale: Sale) {
    const { urls, random } = this.#options;
    const url = urls[Math.floor(random() * urls.length)];
    if (!url) throw new Error('There is no node.');
    return { url, showtimeId: sale.id, seats: sale.labels.length };
  }

  #events(lost: () => void, holdExpired: (holdId: string) => void = () => {}): LineEvents {
    const broken = (why: string) => {
      if (this.#isClosed) return;
      this.#options.accounts.broke(why);
      lost();
    };
    return { holdExpired, broken };
  }
}
