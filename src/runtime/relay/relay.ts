import { type Audience, announce, type EndReason, type PublishedDelta, type SalesTerms } from '../audience.js';
import type { Member } from '../cluster/membership-port.js';
import type { NotOpened } from '../directory.js';
import { MOVING } from '../failures.js';
import type { Host } from '../host.js';
import type { Recipient, Submission } from '../outcome.js';
import type { Terms } from '../playbill-port.js';
import { type Own, PublishedView } from '../published-view.js';
import {
  type FollowContext,
  FollowedStream,
  type FollowLimits,
  type Snapshot,
  type StreamReader,
} from './followed-stream.js';
import type { CommandAnswer, StreamEvent } from './messages.js';
import { readCommandAnswer, readMarkAnswer } from './read-messages.js';
import { RelayedCommands } from './relayed-commands.js';

export interface RelayContext extends FollowContext {
  readonly limits: RelayLimits;
}

export interface RelayLimits extends FollowLimits {
  /** For one command: longer than the owner lets it wait for the journal. */
  readonly commandMsMax: number;
  /** On their way at one time, of one showtime. */
  readonly commandsMax: number;
  readonly historyMax: number;
}

export interface Relayed {
  readonly showtimeId: string;
  readonly terms: Terms;
  readonly owner: Member;
  readonly audience: Audience;
  /** Names this relay: no other in the cluster, before or after, has the same. */
  readonly relayId: string;
}

/**
 * A showtime that another node owns, as this node's clients see it: the owner's stream is followed once, everything is
 * served from what it said, and commands are forwarded.
 */
export class Relay implements Host, StreamReader {
  readonly showtimeId: string;
  readonly owner: Member;
  /** When it was last asked for, on the node's clock. */
  usedAt: number;
  /** What the owner sells by, which may be newer or older than what this node read. */
  #terms: Terms;
  #salesOpen = false;
  readonly #audience: Audience;
  readonly #context: RelayContext;
  readonly #commands: RelayedCommands;
  readonly #stream: FollowedStream;
  #view: PublishedView | undefined;
  readonly #over: Promise<'moving'>;
  /** Of clients that saw more than this node has heard of. */
  readonly #awaited = new Set<() => void>();
  #tellOver = () => {};
  #ended: EndReason | undefined;

  constructor({ showtimeId, terms, owner, audience, relayId }: Relayed, context: RelayContext) {
    this.showtimeId = showtimeId;
    this.#terms = terms;
    this.owner = owner;
    this.usedAt = context.clock.now();
    this.#audience = audience;
    this.#context = context;
    this.#commands = new RelayedCommands(relayId, context.limits.commandsMax, context.log);
    this.#stream = new FollowedStream(showtimeId, owner.id, this, context);
    this.#over = new Promise((resolve) => {
      this.#tellOver = () => resolve('moving');
    });
  }

  get epoch(): number {
    return this.#stream.epoch;
  }

  get seq(): number {
    return this.#view?.seq ?? 0;
  }

  get seats(): number {
    return this.#terms.map.count;
  }

  get terms(): Terms {
    return this.#terms;
  }

  get salesOpen(): boolean {
    return this.#salesOpen;
  }

  get statuses(): Uint8Array {
    return this.#view?.statuses ?? new Uint8Array(this.seats);
  }

  get ended(): EndReason | undefined {
    return this.#ended;
  }

  get confirmed(): boolean {
    return this.#stream.confirmed;
  }

  get isIdle(): boolean {
    return this.#audience.size() === 0 && this.#commands.size === 0;
  }

  async reached(epoch: number, seq: number): Promise<boolean> {
    const isThere = () => this.epoch > epoch || (this.epoch === epoch && this.seq >= seq);
    return (await this.#until(isThere)) || (await this.current());
  }

  /** Whether it came to that within a bound, and the relay still goes on. */
  async #until(isThere: () => boolean): Promise<boolean> {
    const { timers, limits } = this.#context;
    if (!isThere() && !this.#ended) {
      await new Promise<void>((resolve) => {
        const go = () => {
          cancel();
          this.#awaited.delete(look);
          resolve();
        };
        const look = () => void ((isThere() || this.#ended) && go());
        const cancel = timers.after(limits.silentMsMax, go);
        this.#awaited.add(look);
      });
    }
    return !this.#ended && isThere();
  }

  own(holder: string): Own {
    return this.#view?.own(holder, this.#context.clock.now()) ?? { holds: [], bookings: [] };
  }

  /** Asks the owner how far its stream is, once the owner is certain to be it, and waits until that was read here. */
  async current(): Promise<boolean> {
    const { calls, limits, log } = this.#context;
    try {
      const call = { showtimeId: this.showtimeId };
      const answer = readMarkAnswer(await calls.call(this.owner.id, 'mark', call, limits.commandMsMax));
      if ('refused' in answer) return false;
      const { epoch, at } = answer;
      return await this.#until(() => this.epoch > epoch || (this.epoch === epoch && this.#stream.n >= at));
    } catch (error) {
      log.debug(
        { event: 'relay.position_unread', err: error, showtimeId: this.showtimeId },
        'The owner of a showtime did not report the position of its stream.',
      );
      return false;
    }
  }

  since(epoch: number, seq: number): readonly PublishedDelta[] | undefined {
    return epoch === this.epoch ? this.#view?.since(seq) : undefined;
  }

  /** Follows the owner; resolves with undefined once the first snapshot is here, or with why it ended. */
  async start(): Promise<NotOpened['reason'] | undefined> {
    try {
      // One that is ended meanwhile is not waited for: its owner may be dead, and would take its time not to answer.
      const refused = await Promise.race([this.#stream.start(), this.#over]);
      if (refused) this.end('lost');
      return refused === 'not_owner' ? 'moving' : refused;
    } catch (error) {
      this.#context.log.warn(
        { event: 'relay.not_opened', err: error, showtimeId: this.showtimeId },
        'The relay of a showtime could not be opened.',
      );
      this.end('lost');
      return 'unavailable';
    }
  }

  submit(submission: Submission, recipient: Recipient): void {
    const { clock } = this.#context;
    this.usedAt = clock.now();
    const refused = this.#ended || !this.confirmed ? MOVING : this.#commands.fullOutcome;
    if (refused) recipient.reply(submission.requestId, refused, false);
    else void this.#forward(submission, recipient);
  }

  async #forward(submission: Submission, recipient: Recipient): Promise<void> {
    const { calls, clock, limits, log } = this.#context;
    const until = clock.now() + limits.commandMsMax;
    const { id, call } = this.#commands.open(this.showtimeId, submission, recipient, until);
    let answer: CommandAnswer | undefined;
    try {
      answer = readCommandAnswer(await calls.call(this.owner.id, 'command', call, limits.commandMsMax));
    } catch (error) {
      log.debug(
        { event: 'relay.outcome_unknown', err: error, showtimeId: this.showtimeId },
        'The outcome of a forwarded command is unknown.',
      );
    }
    this.#commands.answered(id, answer);
    this.advanced();
    // It does not run there, or in a later life: what we follow is over, and its end was lost on the way.
    if (answer && 'refused' in answer) this.end('lost');
    else if (answer && answer.epoch > this.epoch) this.#stream.doubt();
  }

  end(reason: EndReason, url?: string): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#tellOver();
    this.#lookAround();
    this.#stream.stop();
    this.#commands.end();
    this.#audience.ended(reason, url);
  }

  watchers(): number {
    return this.#audience.size();
  }

  snapshot(snapshot: Snapshot): void {
    const isAgain = this.#view !== undefined;
    // Indexes would be of another map than the one that clients have: they connect again, and this node reads it again.
    const { mapHash } = snapshot.terms;
    if (mapHash !== undefined && mapHash !== this.#terms.mapHash) {
      this.end('lost');
      return;
    }
    this.#sellBy(snapshot.terms);
    this.#view = new PublishedView(snapshot, this.#context.limits.historyMax);
    if (isAgain) this.#audience.restarted();
    this.#lookAround();
  }

  apply(event: StreamEvent): void {
    if (event.type === 'change') {
      this.#view?.publish(event.change);
      announce(this.#audience, event.change, this.#commands.recipientOf(event.by));
    } else if (event.type === 'delta') {
      this.#view?.follow(event.delta);
      this.#audience.delta(event.delta);
    } else if (event.type === 'terms') {
      this.#sellBy(event.terms);
      this.#audience.terms();
    } else {
      this.end(event.reason === 'moved' ? 'moved' : 'lost', event.url);
    }
  }

  /** Gives the replies whose effects can be seen here by now; of an epoch before ours, the snapshot showed them. */
  advanced(): void {
    const { epoch, n } = this.#stream;
    this.#commands.settle((of, at) => of < epoch || (of === epoch && at <= n));
    this.#lookAround();
  }

  #sellBy({ version, rules, salesOpen }: SalesTerms): void {
    this.#terms = { ...this.#terms, version, rules };
    this.#salesOpen = salesOpen;
  }

  #lookAround(): void {
    for (const look of [...this.#awaited]) look();
  }

  lost(): void {
    this.end('lost');
  }
}
