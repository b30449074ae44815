import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../stage/stage.js';
import type { StagedNode } from '../stage/staged-node.js';
import { type MakeFault, pick } from './fault.js';

const LAG_MS_MIN = 200;
const LAG_MS_MAX = 2_500;
const COMMIT_MS_MAX = 3;
const COMMIT_WAIT_MS_MAX = 2_000;
const CALM_MS_MAX = 600;

/** Within some milliseconds of a commit of this node having been sent. A node that owns nothing commits nothing. */
async function amidCommit({ toPostgres }: StagedNode, random: () => number): Promise<void> {
  const sent = new Promise<void>((resolve) => toPostgres.onNext('commit_batch', resolve));
  await Promise.race([sent, sleep(COMMIT_WAIT_MS_MAX)]);
  await sleep(random() * COMMIT_MS_MAX);
}

/**
 * kill -9 of the primary amid a commit of this node; the standby is promoted, and the proxies are moved, with or without
 * the connections that there are.
 * @param also `first` is what happens just before the primary dies; `moment` is what figures are counted under.
 */
async function failOver(
  stage: Stage,
  random: () => number,
  amid: StagedNode,
  also: { readonly moment?: string; readonly first?: () => Promise<void> } = {},
): Promise<void> {
  const { pair } = stage;
  await amidCommit(amid, random);
  await also.first?.();
  const promotion = await pair.killAndPromote();
  stage.witness.promotion(promotion);
  stage.witness.moment(also.moment ?? 'promoted', stage.busyShowtimes);
  pair.moveProxies(random() < 0.5);
}

/** The standby was cut off for a while: what was acknowledged since is in the memory of nodes, and nowhere else. */
export const primaryKilledStandbyLags: MakeFault = (stage, random) => {
  const lagMs = LAG_MS_MIN + random() * (LAG_MS_MAX - LAG_MS_MIN);
  const node = pick(stage.nodes, random);
  return {
    name: 'primary killed while the standby lags',
    detail: `${lagMs.toFixed(0)} ms, amid a commit of ${node.process.name}`,
    async start() {
      stage.pair.pair.cutReplication();
      await sleep(lagMs);
      await failOver(stage, random, node);
    },
    heal: () => stage.pair.mend(),
  };
};

/** The same, and an owner dies with the primary: what it alone knew is lost, and nothing else may be. */
export const primaryKilledWithAnOwner: MakeFault = (stage, random) => {
  const lagMs = LAG_MS_MIN + random() * (LAG_MS_MAX - LAG_MS_MIN);
  const owner = new DyingOwner(stage, random, true);
  return {
    name: 'primary and owner killed while the standby lags',
    detail: `${lagMs.toFixed(0)} ms, ${owner.detail}`,
    async start() {
      stage.pair.pair.cutReplication();
      await sleep(lagMs);
      await owner.failOver();
    },
    async heal() {
      owner.startAgain();
      await stage.pair.mend();
    },
  };
};

/** Every commit had to be on the standby before it was acknowledged: nothing at all may be lost, whoever else dies. */
export const primaryKilledStandbySynchronous: MakeFault = (stage, random) => {
  const calmMs = random() * CALM_MS_MAX;
  const owner = new DyingOwner(stage, random, random() < 0.5);
  return {
    name: 'primary killed with a synchronous standby',
    detail: owner.detail,
    async start() {
      await stage.pair.setSynchronous(true);
      await sleep(calmMs);
      await owner.failOver();
    },
    async heal() {
      owner.startAgain();
      await stage.pair.mend();
    },
  };
};

/** A failover amid a commit of an owner, who may die with the primary: then nobody remembers what it acknowledged. */
export class DyingOwner {
  readonly detail: string;
  readonly #stage: Stage;
  readonly #random: () => number;
  readonly #showtime: string;
  readonly #dies: boolean;
  #dead: StagedNode | undefined;

  constructor(stage: Stage, random: () => number, dies: boolean) {
    this.#stage = stage;
    this.#random = random;
    this.#showtime = pick(stage.busyShowtimes, random);
    this.#dies = dies;
    this.detail = `${dies ? 'with' : 'amid a commit of'} the owner of ${this.#showtime}`;
  }

  async failOver(): Promise<void> {
    const owner = (await this.#stage.ownerOf(this.#showtime)) ?? pick(this.#stage.nodes, this.#random);
    if (!this.#dies) {
      await failOver(this.#stage, this.#random, owner);
      return;
    }
    this.#dead = owner;
    const first = () => owner.process.end('SIGKILL');
    await failOver(this.#stage, this.#random, owner, { moment: 'promoted, an owner dead', first });
  }

  startAgain(): void {
    this.#dead?.process.start();
  }
}
