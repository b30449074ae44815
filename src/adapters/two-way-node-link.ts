import type { Timers } from '../kernel/timers.js';
import type { Member } from '../runtime/cluster/membership-port.js';
import type { NodeLink } from '../runtime/relay/node-link-port.js';

type Handler = (payload: unknown) => void;

/** A link over connections between the nodes themselves; see direct/. */
export interface DirectWay extends NodeLink {
  meet(others: readonly Pick<Member, 'id' | 'link'>[]): void;
  reaches(memberId: string): boolean;
  isMutual(memberId: string): boolean;
  publishToOthers(topic: string, payload: unknown): boolean;
  listen(topic: string, handler: Handler): { readonly confirmed: Promise<unknown>; readonly stop: () => void };
}

/** A link over something that all nodes share: Redis. */
export interface SharedWay extends NodeLink {
  readonly isUp: boolean;
}

export interface TwoWayNodeLinkOptions {
  readonly direct: DirectWay;
  readonly shared: SharedWay;
  readonly timers: Timers;
}

const RETRY_MS = 1_000;
/** For confirmations of `follow`. A node that takes longer stands still; whoever follows it finds the gap by numbers. */
const CONFIRM_MS_MAX = 300;

/**
 * Messages between nodes over direct connections where there are any, and over Redis to the others. A node is reached
 * directly as long as its connection lives, whatever Redis does; so the loss of Redis changes nothing for those.
 *
 * What is sent to one member takes one way. What is published takes both as long as some member is not connected both ways,
 * and then it comes twice to those that are. When a way comes or goes, a message that is still on the old one may arrive
 * after later ones. Streams have numbers and calls have ids, so neither does harm.
 */
export class TwoWayNodeLink implements NodeLink {
  readonly #options: TwoWayNodeLinkOptions;
  #others: readonly string[] = [];

  constructor(options: TwoWayNodeLinkOptions) {
    this.#options = options;
  }

  /** All other members that are there. */
  meet(others: readonly Pick<Member, 'id' | 'link'>[]): void {
    this.#others = others.map(({ id }) => id);
    this.#options.direct.meet(others);
  }

  async receive(memberId: string, handler: Handler): Promise<void> {
    const { direct, shared } = this.#options;
    await direct.receive(memberId, handler);
    const lasting = this.#lasting(async () => {
      await shared.receive(memberId, handler);
      return () => {};
    });
    if (shared.isUp) await lasting.first;
  }

  send(memberId: string, payload: unknown): void {
    const { direct, shared } = this.#options;
    // With Redis away the direct way is all there is: it may be there in a moment.
    const way = direct.reaches(memberId) || !shared.isUp ? direct : shared;
    way.send(memberId, payload);
  }

  publish(topic: string, payload: unknown): void {
    const { direct, shared } = this.#options;
    if (this.#isMesh() || !shared.isUp) direct.publish(topic, payload);
    // Followers of this node hear it from Redis, in the order in which the others hear it.
    else if (direct.publishToOthers(topic, payload)) shared.publish(topic, payload);
  }

  async follow(topic: string, handler: Handler): Promise<() => void> {
    const { direct, shared, timers } = this.#options;
    const directly = direct.listen(topic, handler);
    const lasting = this.#lasting(() => shared.follow(topic, handler));
    const confirmed = Promise.all([directly.confirmed, this.#isMesh() || !shared.isUp ? undefined : lasting.first]);
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = timers.after(CONFIRM_MS_MAX, resolve);
    });
    await Promise.race([confirmed, late]);
    cancel();
    return () => {
      directly.stop();
      lasting.stop();
    };
  }

  /** Whether every other member is connected both ways: then Redis has nothing to add. */
  #isMesh(): boolean {
    return this.#others.length > 0 && this.#others.every((id) => this.#options.direct.isMutual(id));
  }

  /** Tries until it works or is stopped: Redis may be away for as long as it likes. `first` never rejects. */
  #lasting(attempt: () => Promise<() => void>): { readonly first: Promise<void>; readonly stop: () => void } {
    const { timers } = this.#options;
    let isStopped = false;
    let end = () => {};
    const go = async (): Promise<void> => {
      if (isStopped) return;
      try {
        end = await attempt();
        if (isStopped) end();
      } catch {
        timers.after(RETRY_MS, () => void go());
      }
    };
    return {
      first: go(),
      stop: () => {
        isStopped = true;
        end();
      },
    };
  }
}
