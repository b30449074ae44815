import type { NodeLink } from '../../../src/runtime/relay/node-link-port.js';
import type { Life } from './life.js';

type Handler = (payload: unknown) => void;

/** The link of one life of a node: what comes while it is frozen is taken when it is thawed. */
export class LifeLink implements NodeLink {
  readonly #link: NodeLink;
  readonly #life: Life;
  readonly #comesTwice: () => boolean;

  /** `comesTwice` is asked of each message that arrives. */
  constructor(link: NodeLink, life: Life, comesTwice: () => boolean) {
    this.#link = link;
    this.#life = life;
    this.#comesTwice = comesTwice;
  }

  receive(memberId: string, handler: Handler): Promise<void> {
    return this.#life.hears(this.#link.receive(memberId, this.#entering(handler)));
  }

  send(memberId: string, payload: unknown): void {
    this.#link.send(memberId, payload);
  }

  publish(topic: string, payload: unknown): void {
    this.#link.publish(topic, payload);
  }

  follow(topic: string, handler: Handler): Promise<() => void> {
    return this.#life.hears(this.#link.follow(topic, this.#entering(handler)));
  }

  #entering(handler: Handler): Handler {
    return (payload) => {
      this.#life.enter(() => handler(payload));
      if (this.#comesTwice()) this.#life.enter(() => handler(structuredClone(payload)));
    };
  }
}
