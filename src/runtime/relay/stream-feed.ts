import type { Change } from '../../core/change.js';
import type { Clock } from '../../kernel/clock.js';
import type { Timers } from '../../kernel/timers.js';
import type { Actor } from '../actor.js';
import type { EndReason, Feed, PublishedDelta, SalesTerms } from '../audience.js';
import type { Recipient } from '../outcome.js';
import { type FollowAnswer, type StreamEvent, topicOf } from './messages.js';
import type { NodeLink } from './node-link-port.js';
import { RelayedSession } from './relayed-session.js';

export interface FeedContext {
  readonly link: NodeLink;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How often a stream that is quiet tells how far it is. */
  readonly beatMs: number;
  /** A relay that was not heard of for this long is gone. */
  readonly silentMsMax: number;
}

/**
 * The ordered stream of one showtime in one life of its actor, for the nodes that relay it. While there are none nothing
 * is sent, but what happens is counted: a relay that was given up too early then sees the gap.
 */
export class StreamFeed implements Feed {
  readonly #showtimeId: string;
  readonly #epoch: number;
  readonly #context: FeedContext;
  readonly #onEnd: () => void;
  readonly #followers = new Map<string, { watchers: number; heardAt: number }>();
  /** Known since the first relay asked. */
  #actor: Actor | undefined;
  #events: StreamEvent[] = [];
  #n = 0;
  #flushing = false;
  #cancelBeat: (() => void) | undefined;
  #watchers = 0;

  constructor(showtimeId: string, epoch: number, context: FeedContext, onEnd: () => void) {
    this.#showtimeId = showtimeId;
    this.#epoch = epoch;
    this.#context = context;
    this.#onEnd = onEnd;
  }

  size(): number {
    return this.#watchers;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The frame with which what happened last is published: that which is being filled, or the last. */
  get at(): number {
    return this.#events.length > 0 ? this.#n + 1 : this.#n;
  }

  changed(change: Change, by: Recipient | undefined): void {
    this.#push({ type: 'change', change, ...(by instanceof RelayedSession ? { by: by.id } : {}) });
  }

  delta(delta: PublishedDelta): void {
    this.#push({ type: 'delta', delta });
  }

  terms(terms: SalesTerms): void {
    this.#push({ type: 'terms', terms });
  }

  ended(reason: EndReason, url: string | undefined): void {
    // Also to those who were given up, and may hear it all the same.
    if (this.#actor) this.#events.push({ type: 'ended', reason, ...(url === undefined ? {} : { url }) });
    this.#flush();
    this.#followers.clear();
    this.#count();
    this.#actor = undefined;
    this.#cancelBeat?.();
    this.#onEnd();
  }

  /** Takes a relay on, and gives it all that it has to know to go on from here. */
  follow(memberId: string, actor: Actor): FollowAnswer {
    this.#actor = actor;
    this.#flush();
    const { seq, statuses, holds, bookings } = actor.published();
    this.keep(memberId, this.#followers.get(memberId)?.watchers ?? 0);
    const { salesTerms: terms } = actor;
    return { epoch: this.#epoch, n: this.#n, seq, statuses: statuses.slice(), holds, bookings, terms };
  }

  /** The relay is there still, or again. Where nobody ever followed, it means an earlier life, and finds silence. */
  keep(memberId: string, watchers: number): void {
    if (!this.#actor) return;
    this.#followers.set(memberId, { watchers, heardAt: this.#context.clock.now() });
    this.#count();
    this.#cancelBeat ??= this.#beatLater();
  }

  #push(event: StreamEvent): void {
    if (this.#followers.size === 0) {
      this.#n++;
      return;
    }
    this.#events.push(event);
    if (this.#flushing) return;
    this.#flushing = true;
    this.#context.timers.soon(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#publish(++this.#n, events);
  }

  #publish(n: number, events: readonly StreamEvent[]): void {
    this.#context.link.publish(topicOf(this.#showtimeId), { epoch: this.#epoch, n, events });
  }

  #beatLater(): () => void {
    return this.#context.timers.after(this.#context.beatMs, () => {
      const silentSince = this.#context.clock.now() - this.#context.silentMsMax;
      for (const [memberId, { heardAt }] of this.#followers) {
        if (heardAt < silentSince) this.#followers.delete(memberId);
      }
      this.#count();
      this.#cancelBeat = this.#followers.size > 0 ? this.#beatLater() : undefined;
      // Who may have lost the showtime without knowing does not say that all is well.
      if (this.#cancelBeat && this.#actor?.confirmed) this.#publish(this.#n, []);
    });
  }

  #count(): void {
    this.#watchers = 0;
    for (const { watchers } of this.#followers.values()) this.#watchers += watchers;
  }
}
