import type { Command } from '../../../src/core/command.js';
import type { Outcome, Recipient } from '../../../src/runtime/outcome.js';
import type { Node, ScheduledWorld } from './scheduled-world.js';

/** One command of one buyer, with every attempt. */
export interface Order {
  readonly commandId: string;
  readonly who: string;
  readonly command: Command;
  readonly attempts: Attempt[];
}

/** One sending of an order over one socket, from the first counted. */
export interface Attempt {
  readonly order: Order;
  readonly number: number;
  readonly socket: Socket;
  /** Whom it reached, and when; absent while it is on its way, or where it got lost. */
  node?: Node;
  arrivedAt?: number;
  /** Arrivals and answers of the whole world in their order. */
  arrival?: number;
  answer?: number;
  outcome?: Outcome;
}

/** A way from one window to one node: what is sent on it arrives in order, some time or never. */
export class Socket implements Recipient {
  readonly name: string;
  readonly holder: string;
  waiting = 0;
  /** False: its window has given it up. What it sent before may still arrive. */
  isOpen = true;
  node: Node | undefined;
  readonly #world: ScheduledWorld;
  readonly #outbox: Attempt[] = [];
  readonly #sent: Attempt[] = [];
  #turn = -1;

  constructor(name: string, holder: string, world: ScheduledWorld) {
    this.name = name;
    this.holder = holder;
    this.#world = world;
  }

  attach(node: Node): void {
    this.node = node;
    for (const _ of this.#outbox) this.#world.time.someTime(`to ${node.name} from ${this.name}`, () => this.#deliver());
  }

  send(order: Order): void {
    const attempt = { order, number: order.attempts.length + 1, socket: this };
    order.attempts.push(attempt);
    this.#outbox.push(attempt);
    if (this.node) this.#world.time.someTime(`to ${this.node.name} from ${this.name}`, () => this.#deliver());
  }

  /** What is on its way does not arrive. */
  lose(): void {
    this.#outbox.length = 0;
  }

  reply(requestId: number, outcome: Outcome): void {
    const attempt = this.#sent[requestId];
    if (attempt) this.#world.hear(attempt, outcome);
    else this.#world.violated(`an answer to request ${requestId}, which ${this.name} never sent`);
  }

  /** What the house said to what it had not met before, it said in the order in which that came. */
  checkTurn({ order, arrival = 0, outcome }: Attempt): void {
    const isFirst = order.attempts.every((other) => (other.arrival ?? arrival) >= arrival);
    if (!isFirst || !outcome || 'failure' in outcome) return;
    if (arrival < this.#turn) this.#world.violated(`${order.commandId} was answered out of turn`);
    this.#turn = arrival;
  }

  #deliver(): void {
    const attempt = this.#outbox.shift();
    const { node } = this;
    if (!attempt || !node?.isAlive) return;
    attempt.node = node;
    attempt.arrivedAt = this.#world.time.now();
    attempt.arrival = this.#world.turns++;
    const { commandId, command } = attempt.order;
    this.#world.says(`${this.name} to ${node.name}: ${commandId} ${JSON.stringify(command)}`);
    const requestId = this.#sent.push(attempt) - 1;
    const payment = command.type === 'book' ? { payment: { method: 'test' } } : {};
    node.actor.submit({ requestId, commandId, command, ...payment }, this);
  }
}
