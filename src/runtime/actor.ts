import { apply } from '../core/apply.js';
import type { Change } from '../core/change.js';
import type { Command } from '../core/command.js';
import { nextExpiry } from '../core/expiry.js';
import type { House } from '../core/house.js';
import { makeHouse } from '../core/make-house.js';
import type { Reply } from '../core/reply.js';
import type { ActorContext } from './actor-context.js';
import { Alarm } from './alarm.js';
import type { Audience, EndReason, Feed, PublishedDelta, SalesTerms } from './audience.js';
import { announce } from './audience.js';
import { charge } from './charge.js';
import { DeltaTicker } from './delta-ticker.js';
import { isDoubted } from './denials.js';
import { MOVING, NOTHING, OVERLOADED, REUSED, UNAVAILABLE, UNKNOWN } from './failures.js';
import type { Committing } from './group-committer.js';
import type { Host } from './host.js';
import type { Claim, CommandResult, Slice } from './journal-port.js';
import { type LossReason, tellOfLoss } from './loss.js';
import type { Outcome, Recipient, Submission } from './outcome.js';
import { type GatedOutput, OutputGate } from './output-gate.js';
import { PendingWrites } from './pending-writes.js';
import type { Terms } from './playbill-port.js';
import { type Own, type Published, PublishedView } from './published-view.js';
import { Recalls } from './recalls.js';
import type { Remains } from './recovery/remembered-house.js';
import { type RememberedResult, RememberedResults } from './remembered-results.js';
import { SoldTerms } from './sold-terms.js';

/**
 * The running owner of one house. A command is applied to memory at once, in the turn in which it arrives: that is the
 * whole of its mailbox. What must be written waits in the gate until the journal has it, and then leaves in order.
 */
export class Actor implements Committing, Host {
  readonly showtimeId: string;
  readonly epoch: number;
  readonly timeline: number;
  /** When it was last asked for anything, on the node's clock. */
  usedAt: number;
  readonly #context: ActorContext;
  readonly #audience: Audience;
  readonly #feed: Feed;
  readonly #house: House;
  readonly #view: PublishedView;
  readonly #ticker: DeltaTicker;
  readonly #remembered: RememberedResults;
  readonly #recalls: Recalls;
  readonly #gate = new OutputGate();
  readonly #writes = new PendingWrites();
  /** The last command that changed something, and the last of these that the journal has. */
  #mark = 0;
  #durable = 0;
  #ended: EndReason | undefined;
  #onFlushed: (() => void)[] = [];
  #intake = true;
  /** For the hold that ends first. */
  readonly #expiry: Alarm;
  readonly #sold: SoldTerms;

  constructor(showtimeId: string, terms: Terms, claim: Claim, audience: Audience, feed: Feed, context: ActorContext) {
    this.showtimeId = showtimeId;
    this.epoch = claim.epoch;
    this.timeline = claim.timeline;
    this.usedAt = context.clock.now();
    this.#context = context;
    this.#audience = audience;
    this.#feed = feed;
    this.#house = makeHouse(terms.map, terms.rules, claim.state);
    this.#view = PublishedView.of(this.#house, context.limits.historyMax);
    const watching = { size: () => this.watchers, delta: (delta: PublishedDelta) => this.#tell(delta) };
    this.#ticker = new DeltaTicker(this.#view, watching, context.clock, context.timers, context.limits);
    this.#remembered = new RememberedResults(context.limits.replaysMax, claim.results);
    this.#recalls = new Recalls(claim.recorded, context);
    this.#expiry = new Alarm(context.clock, context.timers, (now) => this.#expire(now));
    this.#sold = new SoldTerms(this.#house, terms, context.clock, context.timers, (told) => {
      this.#feed.terms(told);
      this.#audience.terms();
    });
    this.#expiry.set(nextExpiry(this.#house));
  }

  get terms(): Terms {
    return this.#sold.terms;
  }

  get salesOpen(): boolean {
    return this.#sold.salesOpen;
  }

  /** What a relay has to know to tell what this one tells. */
  get salesTerms(): SalesTerms {
    return this.#sold.told;
  }

  /** New terms: the house sells by them from this turn on, and who watches is told. Throws where nobody could. */
  renew(terms: Terms): void {
    if (this.#ended) return;
    this.#sold.renew(terms);
    // Where the showtime was cancelled, all holds are due now.
    this.#expiry.set(nextExpiry(this.#house));
  }

  get seq(): number {
    return this.#view.seq;
  }

  get ended(): EndReason | undefined {
    return this.#ended;
  }

  get confirmed(): boolean {
    return this.#context.confirmed();
  }

  /** How many watch it, here and by relays. */
  get watchers(): number {
    return this.#audience.size() + this.#feed.size();
  }

  /** Status codes at `seq`; read it, or copy it, in the same turn. */
  get statuses(): Uint8Array {
    return this.#view.statuses;
  }

  own(holder: string): Own {
    return this.#view.own(holder, this.#context.clock.now());
  }

  /** All that is published, for a node that is to relay it. */
  published(): Published {
    return this.#view.all();
  }

  /** The deltas after `seq` of this epoch, or undefined where a snapshot is needed. */
  since(epoch: number, seq: number): readonly PublishedDelta[] | undefined {
    return epoch === this.epoch ? this.#view.since(seq) : undefined;
  }

  /** Whoever saw a later epoch saw a later owner: whether this one still is it the journal knows, and ends it if not. */
  async reached(epoch: number): Promise<boolean> {
    return epoch <= this.epoch || (await this.current());
  }

  /** By a write of nothing: it becomes durable only where no other node owns the showtime. */
  current(): Promise<boolean> {
    if (this.#ended || !this.confirmed || this.#gate.length >= this.#context.limits.gatedMax) {
      return Promise.resolve(false);
    }
    const mark = this.#askWhoOwnsIt();
    return new Promise((resolve) => {
      const recipient = { holder: '', waiting: 0, reply: (_: number, { ok }: Outcome) => resolve(ok) };
      const nothing = { changes: [], requestId: 0, outcome: NOTHING, isReplay: false, recipient };
      this.#gate.push({ mark, restsOn: mark, at: this.#context.clock.now(), ...nothing });
    });
  }

  /** True where nobody would miss it: it can be dropped from memory, and comes back from the journal when asked for. */
  get isIdle(): boolean {
    return this.watchers === 0 && this.#gate.length === 0 && this.#durable === this.#mark;
  }

  /** Counts up with every change; undefined while one of them waits for the journal. */
  get settledMark(): number | undefined {
    return this.#durable === this.#mark && this.#gate.length === 0 ? this.#mark : undefined;
  }

  submit(submission: Submission, recipient: Recipient): void {
    const now = this.#context.clock.now();
    this.usedAt = now;
    const earlier = this.#remembered.get(recipient.holder, submission.commandId);
    if (!earlier && this.#recalls.has(submission.commandId)) this.#recall(submission, recipient);
    else this.#answer(submission, recipient, earlier, now);
  }

  #answer(submission: Submission, recipient: Recipient, earlier: RememberedResult | undefined, now: number): void {
    const atOnce = this.#decide(submission, recipient, earlier, now);
    if (atOnce) recipient.reply(submission.requestId, atOnce, earlier !== undefined);
  }

  /** An owner before this one may have done it: until that is known nothing is done, and it is never called undone. */
  #recall(submission: Submission, recipient: Recipient): void {
    const { requestId, commandId } = submission;
    this.#recalls.ask(recipient.holder, commandId, (recalled) => {
      if (recalled === 'unknown') {
        recipient.reply(requestId, UNKNOWN, false);
        return;
      }
      if (recalled !== 'nothing') this.#remembered.put(recalled, 0);
      // Looked for again: the same command may have come twice, and the other may have been answered meanwhile.
      const earlier = this.#remembered.get(recipient.holder, commandId);
      this.#answer(submission, recipient, earlier, this.#context.clock.now());
    });
  }

  /** The outcome, where it can be told at once; undefined where it waits in the gate. First rule that fails wins. */
  #decide(
    submission: Submission,
    recipient: Recipient,
    earlier: RememberedResult | undefined,
    now: number,
  ): Outcome | undefined {
    const { requestId, commandId, command } = submission;
    const { committer, limits } = this.#context;
    // Before all else: what took effect, or is on its way, must never hear that it was not applied.
    if (earlier) return this.#replay(earlier, submission, recipient, now);
    if (this.#ended || !this.#intake || !this.confirmed) return MOVING;
    if (this.#gate.length >= limits.gatedMax) return OVERLOADED;
    if (committer.waitingMs > limits.commitWaitMsMax) return UNAVAILABLE;
    if (now >= this.#expiry.at) this.#expire(now);
    // A broken invariant in there ends this actor, and its house is not to be touched any more.
    if (this.#ended) return MOVING;
    const paid = charge(this.#context, submission, this.#house, now);
    if (!paid.ok) return paid;
    const applied = this.#apply(command, now);
    if (!applied) return { ok: false, failure: 'internal' };
    const { reply, changes } = applied;
    const result: CommandResult = { holder: recipient.holder, commandId, command: command.type, reply };
    // A copy of it may be on its way still, and must not do what its sender was told was not done.
    if (!reply.ok) this.#remembered.put(result, 0);
    if (changes.length === 0) {
      // A yes that changed nothing may rest on changes that are on their way, here or at a later owner.
      const mark = reply.ok || isDoubted(reply, submission, this.#house, recipient.holder) ? this.#askWhoOwnsIt() : 0;
      return this.#inTurn(recipient, requestId, reply, mark, now, false);
    }
    this.#record(changes, result, paid.method, now);
    this.#remembered.put(result, this.#mark);
    const mark = this.#mark;
    this.#gate.push({ mark, restsOn: mark, at: now, changes, requestId, outcome: reply, isReplay: false, recipient });
    return undefined;
  }

  /** The outcome of the first try. Where it cannot wait its turn: what is certain, or that nothing is. */
  #replay(earlier: RememberedResult, submission: Submission, recipient: Recipient, now: number): Outcome | undefined {
    const { requestId, command } = submission;
    const { ok } = earlier.reply;
    const isFull = this.#gate.length >= this.#context.limits.gatedMax;
    // Nothing came of it then, and nothing comes of it now.
    if (isFull && !ok && !this.#ended) return OVERLOADED;
    const cannotWait = this.#ended !== undefined || isFull;
    const asks = !cannotWait && isDoubted(earlier.reply, submission, this.#house, recipient.holder);
    const restsOn = asks ? this.#askWhoOwnsIt() : earlier.mark;
    const isReused = earlier.command !== command.type;
    const outcome = isReused ? REUSED : earlier.reply;
    const mark = isReused ? 0 : restsOn;
    if (cannotWait) return ok && mark <= this.#durable ? outcome : UNKNOWN;
    return this.#inTurn(recipient, requestId, outcome, mark, now, true);
  }

  /** No more commands: the node goes away, or hands this showtime over. */
  stopIntake(): void {
    this.#intake = false;
  }

  /** Commands again: nobody took it. */
  resumeIntake(): void {
    this.#intake = true;
  }

  /** Resolves when the journal has all that was accepted, or never will; by then every output has left. */
  async flushed(): Promise<void> {
    if (this.#ended || this.#durable === this.#mark) return;
    await new Promise<void>((resolve) => this.#onFlushed.push(resolve));
  }

  collect(): { readonly slice: Slice; readonly mark: number } | undefined {
    // What was applied on top of something that the journal refused must never reach it.
    if (this.#ended) return undefined;
    return { slice: this.#writes.collect(this.showtimeId, this.epoch), mark: this.#mark };
  }

  durable(mark: number): void {
    if (this.#ended) return;
    // It was true when the journal took it; what has become of it since, the next owner knows.
    if (!this.confirmed) {
      this.lost('unconfirmed');
      return;
    }
    this.#durable = mark;
    this.#gate.release(mark, (output) => this.#emit(output));
    this.#ticker.emit();
    if (this.#durable === this.#mark) this.#tellFlushed();
  }

  lost(reason: LossReason): void {
    tellOfLoss(this, reason, this.#context);
    this.end('lost');
  }

  surrender(): Remains {
    const pending = this.#writes.collect(this.showtimeId, this.epoch);
    this.lost('journal_behind');
    const { bookings } = this.#house;
    const commandOf = this.#remembered.commandsOfBookings();
    return { epoch: this.epoch, published: this.#view.remembered(), bookings, commandOf, pending };
  }

  late(): void {
    this.#gate.giveUp(this.#context.clock.now() - this.#context.limits.commitWaitMsMax, this.#durable, UNKNOWN);
  }

  /** The end of this actor's life. Nothing that still waits in the gate is ever published. */
  end(reason: EndReason, url?: string): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#expiry.stop();
    this.#sold.stop();
    this.#ticker.stop();
    try {
      this.#gate.abandon(UNKNOWN);
    } finally {
      this.#tellFlushed();
      this.#feed.ended(reason, url);
      this.#audience.ended(reason, url);
    }
  }

  #tellFlushed(): void {
    for (const resolve of this.#onFlushed.splice(0)) resolve();
  }

  /** Undefined where the core threw: a bug. The house may be half changed, so this actor ends and is loaded anew. */
  #apply(command: Command, now: number): { reply: Reply; changes: readonly Change[] } | undefined {
    try {
      return apply(this.#house, command, now);
    } catch (error) {
      const { log } = this.#context;
      log.error(
        { event: 'showtime.invariant_broken', err: error, showtimeId: this.showtimeId, command: command.type },
        'A command broke an invariant of the house. Its actor stops and reloads from Postgres.',
      );
      this.end('lost');
      return undefined;
    }
  }

  #record(changes: readonly Change[], result: CommandResult | undefined, paymentMethod: string, now: number): void {
    this.#mark++;
    this.#writes.add(changes, result, paymentMethod, now);
    this.#context.committer.markDirty(this);
    this.#expiry.set(nextExpiry(this.#house));
  }

  /** By a write of nothing, which is fenced like any other. Returns the mark that the journal reaches with it. */
  #askWhoOwnsIt(): number {
    this.#record([], undefined, 'none', 0);
    return this.#mark;
  }

  /** The outcome itself, where the journal has what it rests on and no earlier one to the same recipient waits. */
  #inTurn(
    recipient: Recipient,
    requestId: number,
    outcome: Outcome,
    mark: number,
    now: number,
    isReplay: boolean,
  ): Outcome | undefined {
    if (mark <= this.#durable && recipient.waiting === 0) return outcome;
    // The gate is in the order of marks, and what waits there has none above the last.
    const waits = { mark: this.#mark, restsOn: mark, at: now };
    this.#gate.push({ ...waits, changes: [], requestId, outcome, isReplay, recipient });
    return undefined;
  }

  #emit({ changes, outcome, recipient, requestId, isReplay }: GatedOutput): void {
    for (const change of changes) this.#view.publish(change);
    if (recipient && outcome) recipient.reply(requestId, outcome, isReplay);
    for (const change of changes) {
      this.#feed.changed(change, recipient);
      announce(this.#audience, change, recipient);
    }
  }

  #tell(delta: PublishedDelta): void {
    if (!this.confirmed) {
      this.lost('unconfirmed');
      return;
    }
    this.#feed.delta(delta);
    this.#audience.delta(delta);
  }

  #expire(now: number): void {
    this.#expiry.stop();
    const applied = this.#apply({ type: 'expire' }, now);
    if (!applied) return;
    const { changes } = applied;
    if (changes.length > 0) this.#gateExpiry(changes, now);
    else this.#expiry.set(nextExpiry(this.#house));
  }

  #gateExpiry(changes: readonly Change[], now: number): void {
    this.#record(changes, undefined, 'none', now);
    const nobody = { requestId: 0, outcome: undefined, isReplay: false, recipient: undefined };
    this.#gate.push({ mark: this.#mark, restsOn: this.#mark, at: now, changes, ...nobody });
  }
}
