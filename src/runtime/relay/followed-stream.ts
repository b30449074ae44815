import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { type FollowAnswer, type StreamEvent, type StreamFrame, topicOf } from './messages.js';
import type { NodeCalls } from './node-calls.js';
import type { NodeLink } from './node-link-port.js';
import { readFollowAnswer, readFrame } from './read-messages.js';

export interface FollowContext {
  readonly selfId: string;
  readonly link: NodeLink;
  readonly calls: NodeCalls;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly limits: FollowLimits;
}

export interface FollowLimits {
  /** How often the owner is told that we are still there; as often its stream tells how far it is. */
  readonly beatMs: number;
  /** A stream that was silent for this long is asked for anew; nothing of it is told to anybody until that worked. */
  readonly silentMsMax: number;
  /** A stream that could not be followed for this long is lost. */
  readonly lostAfterMs: number;
  /** For one question to the owner. */
  readonly answerMsMax: number;
  /** Frames kept while the snapshot that they follow is on its way. */
  readonly framesMax: number;
}

export type Snapshot = Exclude<FollowAnswer, { refused: unknown }>;
type Refused = Extract<FollowAnswer, { refused: unknown }>['refused'];

export interface StreamReader {
  /** How many seats the house has. */
  readonly seats: number;
  /** How many watch here. */
  watchers(): number;
  /** All that is published at this point; the events after it follow. What was read before is part of it. */
  snapshot(snapshot: Snapshot): void;
  /** The next event. Throws where it does not fit: then a snapshot comes. */
  apply(event: StreamEvent): void;
  /** `epoch` or `n` went on. */
  advanced(): void;
  /** It cannot be followed any more. */
  lost(): void;
}

/**
 * What the owner of a showtime publishes, complete and in order, over a link that loses messages. Whatever shows that
 * something is missing (a number that is not the next, silence, an event that does not fit) is repaired by a snapshot.
 */
export class FollowedStream {
  readonly #showtimeId: string;
  readonly #ownerId: string;
  readonly #reader: StreamReader;
  readonly #context: FollowContext;
  #epoch = 0;
  #n = 0;
  /** Something is known to be missing. */
  #behind = true;
  /** Frames that came while a snapshot is on its way; undefined while none is. */
  #early: StreamFrame[] | undefined;
  #stopped = false;
  /** When we last knew all that the owner had published. */
  #heardAt: number;
  #confirmedAt: number;
  #askedAt = Number.NEGATIVE_INFINITY;
  #cancelBeat: () => void = () => {};
  #unfollow: () => void = () => {};

  constructor(showtimeId: string, ownerId: string, reader: StreamReader, context: FollowContext) {
    this.#showtimeId = showtimeId;
    this.#ownerId = ownerId;
    this.#reader = reader;
    this.#context = context;
    this.#heardAt = context.clock.now();
    this.#confirmedAt = this.#heardAt;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The number of the last frame that was taken. */
  get n(): number {
    return this.#n;
  }

  get confirmed(): boolean {
    const { clock, limits } = this.#context;
    return !this.#behind && clock.now() - this.#heardAt <= limits.silentMsMax;
  }

  /** Resolves with undefined once the first snapshot was read, or with why there is none. Rejects where nobody answers. */
  async start(): Promise<Refused | undefined> {
    const unfollow = await this.#context.link.follow(topicOf(this.#showtimeId), (frame) => this.#received(frame));
    if (this.#stopped) {
      unfollow();
      return 'moving';
    }
    this.#unfollow = unfollow;
    const refused = await this.#resync();
    if (!refused && !this.#stopped) this.#beatLater();
    return refused;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelBeat();
    this.#unfollow();
  }

  /** The owner has gone on without us: nothing is confirmed until a snapshot was read. */
  doubt(): void {
    if (this.#stopped) return;
    const { clock, limits } = this.#context;
    this.#behind = true;
    // At most one snapshot a beat: a link that loses much must not be filled with snapshots.
    if (clock.now() - this.#askedAt >= limits.beatMs) void this.#repair();
  }

  #received(payload: unknown): void {
    if (this.#stopped) return;
    try {
      this.#receive(readFrame(payload));
    } catch (error) {
      // Of an unknown version, or rubbish: if it was the owner's, the next number or beat shows that one is missing.
      this.#context.log.warn(
        { event: 'relay.frame_unreadable', err: error, showtimeId: this.#showtimeId },
        'A frame from the owner of a showtime could not be read.',
      );
    }
  }

  #receive(frame: StreamFrame): void {
    const { epoch, n, events } = frame;
    if (this.#stopped) return;
    if (this.#early || this.#behind) this.#keep(frame);
    // An owner of before may still be heard, and a later one too: it is this life that we follow.
    else if (epoch > this.#epoch) this.#reader.lost();
    else if (epoch === this.#epoch) {
      const step = n - this.#n;
      const isBeat = events.length === 0;
      // What the snapshot has in it already, or a beat from before it.
      if (isBeat ? step < 0 : step <= 0) return;
      if (step === (isBeat ? 0 : 1)) this.#step(n, events);
      else {
        this.#context.log.warn(
          { event: 'relay.frames_missed', showtimeId: this.#showtimeId, have: this.#n, got: n },
          'A relay missed frames of its showtime.',
        );
        this.doubt();
      }
    }
  }

  #step(n: number, events: readonly StreamEvent[]): void {
    const { clock, log } = this.#context;
    this.#heardAt = clock.now();
    this.#n = n;
    try {
      for (const event of events) this.#reader.apply(event);
    } catch (error) {
      log.error(
        { event: 'relay.event_unfit', err: error, showtimeId: this.#showtimeId },
        'An event of a showtime does not fit what the relay has. The relay takes a new snapshot.',
      );
      this.doubt();
    }
    this.#reader.advanced();
  }

  #keep({ epoch, n, events }: StreamFrame): void {
    // The end needs no snapshot, and the owner of one that ended would give none.
    const end = epoch === this.#epoch ? events.find(({ type }) => type === 'ended') : undefined;
    if (end) this.#reader.apply(end);
    else if (this.#early) {
      this.#early.push({ epoch, n, events });
      // The oldest are the likeliest to be in the snapshot; where they are not, those that are left show the gap at once.
      if (this.#early.length > this.#context.limits.framesMax) this.#early.shift();
    }
  }

  /** A snapshot of the owner, and what it published since. Returns why there is none; rejects where nobody answers. */
  async #resync(): Promise<Refused | undefined> {
    const early: StreamFrame[] = [];
    this.#early = early;
    try {
      const answer = await this.#ask();
      if (this.#stopped) return 'moving';
      if ('refused' in answer) return answer.refused;
      if (answer.epoch < this.#epoch) return 'not_owner';
      this.#epoch = answer.epoch;
      this.#n = answer.n;
      this.#reader.snapshot(answer);
      this.#heardAt = this.#context.clock.now();
      this.#confirmedAt = this.#heardAt;
      this.#behind = false;
    } finally {
      this.#early = undefined;
    }
    for (const frame of early) this.#receive(frame);
    this.#reader.advanced();
    return undefined;
  }

  async #ask(): Promise<FollowAnswer> {
    const { calls, selfId, limits, clock } = this.#context;
    this.#askedAt = clock.now();
    const call = { showtimeId: this.#showtimeId, from: selfId };
    const answer = await calls.call(this.#ownerId, 'follow', call, limits.answerMsMax);
    return readFollowAnswer(answer, this.#reader.seats);
  }

  /** One try; where it fails the next beat tries again. */
  async #repair(): Promise<void> {
    if (this.#early) return;
    // Frames that come while the answer is awaited are kept for it, and lost where there is none.
    this.#behind = true;
    try {
      const refused = await this.#resync();
      if (refused === 'not_owner' || refused === 'unknown_showtime') this.#reader.lost();
    } catch (error) {
      this.#context.log.debug(
        { event: 'relay.no_snapshot', err: error, showtimeId: this.#showtimeId },
        'The owner of a showtime sent no snapshot.',
      );
    }
  }

  #beatLater(): void {
    const { timers, limits, calls, selfId, clock } = this.#context;
    this.#cancelBeat = timers.after(limits.beatMs, () => {
      const watchers = this.#reader.watchers();
      calls.cast(this.#ownerId, 'keep', { showtimeId: this.#showtimeId, from: selfId, watchers });
      if (this.confirmed) this.#confirmedAt = clock.now();
      else if (clock.now() - this.#confirmedAt > limits.lostAfterMs) this.#reader.lost();
      else void this.#repair();
      if (!this.#stopped) this.#beatLater();
    });
  }
}
