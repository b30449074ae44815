import type { Random } from '../world/random.js';
import type { SimNode } from '../world/sim-node.js';
import type { World } from '../world/world.js';

/** Longer than a request waits for its booking. */
const ANSWER_MS_MAX = 4_000;

/** How somebody without an SDK reaches nodes: each request goes to some node that runs, and is perhaps never answered. */
export class NodeDoor {
  readonly #world: World;
  readonly #random: Random;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** Undefined where nobody answers, or what was done is not known. */
  async ask<Answer>(request: (node: SimNode) => Promise<Answer | undefined>): Promise<Answer | undefined> {
    const nodes = this.#world.nodes.filter(({ life, houses }) => life.isRunning && houses);
    if (nodes.length === 0) return undefined;
    const node = this.#random.pick(nodes);
    const answer = new Promise<Answer | undefined>((resolve) => {
      node.life.enter(() => {
        void node.life.hears(request(node)).then(resolve, () => resolve(undefined));
      });
    });
    return await Promise.race([answer, this.#wait(ANSWER_MS_MAX)]);
  }

  /** Tries again and again, at least once. */
  async until<Answer>(
    until: number,
    everyMs: number,
    act: () => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    for (;;) {
      const answer = await act();
      if (answer !== undefined || this.#world.time.now() >= until) return answer;
      await this.#wait(everyMs);
    }
  }

  async #wait(ms: number): Promise<undefined> {
    await new Promise<void>((resolve) => void this.#world.time.after(ms, resolve));
    return undefined;
  }
}
