/**
 * A showtime with buyers in windows, nodes that crash or are overtaken, and a journal on a bad way. Everything that is
 * not in one process happens when fast-check's scheduler says: what arrives, what the journal does and answers, timers
 * that are due. Only what one socket sent stays in order, and time goes on. Rules are not modelled here: what is checked
 * is what was promised, as it happens (`violations`) and at the end (scheduled-promises.ts).
 */
import { isDeepStrictEqual } from 'node:util';
import type fc from 'fast-check';
import { type JournalCall, MemoryJournalClient } from '../../../src/adapters/memory/memory-journal-client.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import type { Command } from '../../../src/core/command.js';
import { Actor } from '../../../src/runtime/actor.js';
import type { ActorContext } from '../../../src/runtime/actor-context.js';
import { type EndReason, NO_FEED } from '../../../src/runtime/audience.js';
import { GroupCommitter } from '../../../src/runtime/group-committer.js';
import type { Claim } from '../../../src/runtime/journal-port.js';
import type { Outcome } from '../../../src/runtime/outcome.js';
import { silentLog } from '../../silent-log.js';
import { LIMITS, REPLAY_WINDOW_MS, RULES, rowOf, SHOWTIME, TILL, word } from './playhouse.js';
import { RecordedJournal, type Witness } from './scheduled-journal.js';
import { Screen, type Shown } from './scheduled-screen.js';
import { type Attempt, type Order, Socket } from './scheduled-socket.js';
import { ScheduledTime } from './scheduled-time.js';

export const SEATS = 6;
export const TERMS = {
  map: rowOf(SEATS),
  mapHash: 'row',
  rules: { ...RULES, holdTtlMs: 8_000, extensionsPerHold: 1 },
  version: 1,
};
const ACTOR_LIMITS = { ...LIMITS, commitWaitMsMax: 400, gatedMax: 8, historyMax: 8 };
const CLAIM_AGAIN_MS = 50;

export interface Node {
  readonly name: string;
  readonly epoch: number;
  readonly actor: Actor;
  readonly screen: Screen;
  isAlive: boolean;
}

export class ScheduledWorld implements Witness {
  readonly time: ScheduledTime;
  readonly journal: RecordedJournal;
  readonly nodes: Node[] = [];
  readonly orders: Order[] = [];
  /** Counts what arrived at any node, and what was answered. */
  turns = 0;
  readonly violations: string[] = [];
  readonly story: string[] = [];
  /** How often each kind of answer was heard, and each rare thing happened: so that a test can tell that they did. */
  readonly heard = new Map<string, number>();
  readonly #trips: readonly Trip[];
  readonly #watchers: number;
  readonly #windows = new Map<string, Socket>();
  readonly #left = new Map<string, Shown>();
  /** Sockets that wait for an owner. */
  #waiting: Socket[] = [];
  #nextTrip = 0;
  #isClear = false;
  #claims = 0;
  #underway = 0;

  constructor(scheduler: fc.Scheduler, trips: readonly Trip[], watchers: number) {
    this.time = new ScheduledTime(scheduler);
    this.journal = new RecordedJournal(() => this.time.now(), SEATS, this);
    this.#trips = trips;
    this.#watchers = watchers;
  }

  says(what: string): void {
    this.story.push(`${this.time.now() % 1_000_000}: ${what}`);
  }

  violated(what: string): void {
    this.says(`VIOLATED: ${what}`);
    this.violations.push(what);
  }

  count(what: string): void {
    this.heard.set(what, (this.heard.get(what) ?? 0) + 1);
  }

  /** The newest owner that has not ended. */
  get owner(): Node | undefined {
    return this.nodes.filter(({ isAlive, actor }) => isAlive && !actor.ended).sort((a, b) => b.epoch - a.epoch)[0];
  }

  /** A node that was overtaken and does not know it yet. */
  get zombie(): Node | undefined {
    const { epoch: current } = this.journal.peek(SHOWTIME);
    return this.nodes.find(({ isAlive, actor, epoch }) => isAlive && !actor.ended && epoch < current);
  }

  order(who: string, command: Command): Order {
    const order: Order = { commandId: `c${this.orders.length}`, who, command, attempts: [] };
    this.orders.push(order);
    return order;
  }

  /** Sends it from this window of who asks, over the socket that is open there, or a new one. */
  send(window: string, order: Order): void {
    const name = `${order.who}/${window}`;
    const open = this.#windows.get(name);
    (open?.isOpen ? open : this.#connect(name, order.who)).send(order);
  }

  /** The socket of this window is gone, and some time a new one asks again for what was not answered. */
  reconnect(who: string, window: string, losesSent: boolean): void {
    const name = `${who}/${window}`;
    const old = this.#windows.get(name);
    if (!old) return;
    this.count('reconnect');
    this.says(`${name} reconnects`);
    if (losesSent) old.lose();
    this.#close(name, old);
    this.time.someTime(`${name} comes back`, () => {
      const open = this.#windows.get(name);
      const socket = open?.isOpen ? open : this.#connect(name, who);
      for (const order of this.orders) {
        const last = order.attempts.at(-1);
        if (last?.socket === old && last.outcome === undefined) socket.send(order);
      }
    });
  }

  /** Of one who asks the node itself that was overtaken. */
  sendToZombie(order: Order): void {
    const { zombie } = this;
    if (!zombie) return;
    const socket = new Socket(`${order.who}/zombie`, order.who, this);
    socket.attach(zombie);
    socket.send(order);
  }

  /** kill -9 of the newest owner. */
  crash(): void {
    const node = this.owner;
    if (!node) return;
    this.count(node.actor.settledMark === undefined ? 'crash with gated outputs' : 'crash at rest');
    this.says(`${node.name} is killed`);
    this.#leave(node);
    node.isAlive = false;
  }

  /** Another node claims, whatever the present owner thinks. */
  takeOver(): void {
    const life: { node?: Node } = {};
    const name = `n${++this.#claims}`;
    const timers = this.time.timers(`timer of ${name}`, () => life.node?.isAlive !== false);
    const way = {
      journal: this.journal,
      timers: this.time.timers(`${name} and the journal`),
      trip: (call: JournalCall) => this.#trip(name, call),
    };
    const client = new MemoryJournalClient({ ...way, writerId: name, replayWindowMs: REPLAY_WINDOW_MS });
    const committer = new GroupCommitter(client, this.time, timers, silentLog);
    const parts = { clock: this.time, timers, log: silentLog, committer, till: TILL, limits: ACTOR_LIMITS };
    this.#underway++;
    client.claim(SHOWTIME, 0).then(
      (claim) => {
        this.#underway--;
        life.node = this.#start(name, claim, { ...parts, confirmed: () => true });
        for (const socket of this.#waiting.splice(0)) this.#attach(socket, life.node);
      },
      () => {
        this.#underway--;
        way.timers.after(CLAIM_AGAIN_MS, () => this.#findOwner());
      },
    );
  }

  /** From here on the way is clear. */
  clearTheWay(): void {
    this.#isClear = true;
  }

  /** A claim whose answer got lost leaves an owner that does not know that it is none: then somebody claims again. */
  ensureOwner(): void {
    if (this.owner?.epoch !== this.journal.peek(SHOWTIME).epoch) this.takeOver();
  }

  #close(name: string, socket: Socket): void {
    if (!socket.isOpen) return;
    socket.isOpen = false;
    if (socket.node) this.#left.set(name, socket.node.screen.shown);
  }

  /** What a process says when it is not alive, nobody hears; what it says otherwise has to be true. */
  hear(attempt: Attempt, outcome: Outcome): void {
    const { order, node, socket, number } = attempt;
    if (!node?.isAlive) return;
    const { commandId, who } = order;
    this.says(`${node.name} to ${socket.name}: ${commandId} ${word(outcome)}`);
    this.count(word(outcome));
    if (attempt.outcome) this.violated(`attempt ${number} of ${commandId} was answered twice`);
    attempt.outcome = outcome;
    attempt.answer = this.turns++;
    socket.checkTurn(attempt);
    if (!outcome.ok || (outcome.type === 'seats' && outcome.seats.length === 0)) return;
    const { reply } = this.journal.resultOf(SHOWTIME, who, commandId) ?? {};
    if (!isDeepStrictEqual(reply, outcome)) this.violated(`${commandId} was told yes, and it is not in the journal`);
  }

  #connect(name: string, who: string): Socket {
    const socket = new Socket(name, who, this);
    this.#windows.set(name, socket);
    const { owner } = this;
    if (owner) this.#attach(socket, owner);
    else {
      this.#waiting.push(socket);
      this.#findOwner();
    }
    return socket;
  }

  #attach(socket: Socket, node: Node): void {
    const left = this.#left.get(socket.name);
    if (left) this.count(`came back ${node.screen.resume(node.actor, left)}`);
    socket.attach(node);
    this.#checkOwn(node, socket.holder);
  }

  #findOwner(): void {
    if (this.#waiting.length === 0) return;
    const { owner } = this;
    if (owner) for (const socket of this.#waiting.splice(0)) this.#attach(socket, owner);
    else if (this.#underway === 0) this.takeOver();
  }

  #start(name: string, claim: Claim, context: ActorContext): Node {
    const node: { -readonly [K in keyof Node]?: Node[K] } = { name, epoch: claim.epoch, isAlive: true };
    const screen = new Screen({
      journal: this.journal,
      witness: this,
      isAlive: () => node.isAlive === true,
      epoch: claim.epoch,
      watchers: this.#watchers,
      onOwn: (holder) => this.#checkOwn(node as Node, holder),
      onEnded: (reason) => this.#ended(node as Node, reason),
    });
    node.screen = screen;
    node.actor = new Actor(SHOWTIME, TERMS, claim, screen, NO_FEED, context);
    screen.start(node.actor);
    this.nodes.push(node as Node);
    return node as Node;
  }

  #ended(node: Node, reason: EndReason): void {
    const isOvertaken = node.epoch < this.journal.peek(SHOWTIME).epoch;
    this.says(`${node.name} ends: ${reason}`);
    if (isOvertaken) this.count('fenced zombie');
    else this.violated(`${node.name} ends (${reason}), which nobody overtook`);
    this.#leave(node);
  }

  /** The sockets of a node that is gone are closed. */
  #leave(node: Node): void {
    for (const [name, socket] of this.#windows) if (socket.node === node) this.#close(name, socket);
  }

  /** What a window shows as its own is on record. */
  #checkOwn({ actor }: Node, holder: string): void {
    const { holds, bookings } = actor.own(holder);
    for (const { id } of holds) {
      const by = this.orders.find(({ command }) => 'newHoldId' in command && command.newHoldId === id);
      if (!by || !this.journal.resultOf(SHOWTIME, holder, by.commandId))
        this.violated(`${holder} is shown hold ${id}, which is not in the journal`);
    }
    for (const { id } of bookings) {
      if (!this.journal.peek(SHOWTIME).bookings.has(id))
        this.violated(`${holder} is shown booking ${id}, which is not in the journal`);
    }
  }

  #trip(name: string, call: JournalCall): Trip {
    if (this.#isClear || this.#trips.length === 0) return {};
    const trip = this.#trips[this.#nextTrip++ % this.#trips.length] ?? {};
    if (trip.lost) this.says(`the ${trip.lost} of a ${call} of ${name} gets lost`);
    return trip;
  }
}
