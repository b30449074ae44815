import type { Breakable, Direction, FaultyLink } from './faulty-link.js';

/** The ways to several servers, which break and heal as one: a cable that all of them go through. */
export class JointLink implements Breakable {
  readonly #links: readonly FaultyLink[];

  constructor(links: readonly FaultyLink[]) {
    this.#links = links;
  }

  hold(direction: Direction): void {
    for (const link of this.#links) link.hold(direction);
  }

  lose(direction: Direction): void {
    for (const link of this.#links) link.lose(direction);
  }

  reset(): void {
    for (const link of this.#links) link.reset();
  }

  cut(): void {
    for (const link of this.#links) link.cut();
  }

  heal(late: boolean): void {
    for (const link of this.#links) link.heal(late);
  }

  /** By whichever of them the word goes first. */
  onNext(word: string, call: () => void): void {
    let isCalled = false;
    const once = () => {
      if (!isCalled) call();
      isCalled = true;
    };
    for (const link of this.#links) link.onNext(word, once);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.stop()));
  }
}
