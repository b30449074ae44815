import { DirectNodeLink } from '../../src/adapters/direct/direct-node-link.js';
import { linkKey } from '../../src/adapters/direct/link-tls.js';
import type { Log } from '../../src/kernel/log.js';
import type { Member } from '../../src/runtime/cluster/membership-port.js';
import type { NodeLink } from '../../src/runtime/relay/node-link-port.js';

interface Meeting extends NodeLink {
  meet(others: readonly Pick<Member, 'id' | 'link'>[]): void;
}

/**
 * Nodes that know of each other, as the roll tells them. The suite receives for members of its own naming: each is told to
 * all, and waited for until all are connected both ways.
 */
export class DirectWorld {
  readonly #log: Log;
  readonly #nodes: { readonly direct: DirectNodeLink; readonly link: Meeting }[] = [];
  readonly #members: { readonly id: string; readonly link: string }[] = [];

  readonly #isMet: boolean;

  /** `isMet` false: nobody is told of anybody. */
  constructor(log: Log, isMet = true) {
    this.#log = log;
    this.#isMet = isMet;
  }

  /** The link of another node, made of its direct one. */
  async open(linkOf: (direct: DirectNodeLink) => Meeting = (direct) => direct): Promise<Meeting> {
    const key = linkKey('usher', 'a secret of thirty-two characters or more');
    const direct = await DirectNodeLink.open({ host: '127.0.0.1', port: 0, key, log: this.#log });
    const link = linkOf(direct);
    this.#nodes.push({ direct, link });
    const receive = link.receive.bind(link);
    link.receive = async (memberId, handler) => {
      await receive(memberId, handler);
      this.#members.push({ id: memberId, link: direct.address });
      if (this.#isMet) await this.#allMeet();
    };
    if (this.#isMet) await link.receive(`node-${this.#nodes.length}`, () => {});
    return link;
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map(({ direct }) => direct.close()));
  }

  async #allMeet(): Promise<void> {
    const othersOf = (direct: DirectNodeLink) => this.#members.filter(({ link }) => link !== direct.address);
    for (const { direct, link } of this.#nodes) link.meet(othersOf(direct));
    const isMesh = () => this.#nodes.every(({ direct }) => othersOf(direct).every(({ id }) => direct.isMutual(id)));
    for (let tries = 0; !isMesh(); tries++) {
      if (tries > 500) throw new Error('The nodes do not reach each other.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
