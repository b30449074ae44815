import type { Hold } from '../../core/house.js';
import { CLOSE } from '../../protocol/close-codes.js';
import { encodeServerFrame, type Frame } from '../../protocol/encode.js';
import { packStatuses, SEAT_STATUSES, type SeatStatus, spellStatuses } from '../../protocol/seat-status.js';
import type { Delta, ServerMessage, Snapshot, Terms } from '../../protocol/server-messages.js';
import type { Encoding } from '../../protocol/version.js';
import type { Audience, EndReason, PublishedDelta } from '../../runtime/audience.js';
import type { Host } from '../../runtime/host.js';
import type { Recipient } from '../../runtime/outcome.js';
import { labels, ownView, termsView } from '../views.js';
import { type LiveLimits, limitsView, rulesView } from './live-limits.js';
import { movedUrl } from './moved-url.js';
import type { Watcher } from './watcher.js';

/** Sends one frame to all subscribers of a topic; see uWebSockets.js' `TemplatedApp.publish`. */
export type Publish = (topic: string, frame: Frame, isBinary: boolean) => void;

/** The frames of one snapshot for everybody who owns nothing: encoded once a seq, not once a client. */
interface CachedSnapshot {
  readonly seq: number;
  readonly frames: Partial<Record<Encoding, Frame>>;
}

/** Beyond so many missed changes a snapshot is the smaller answer, and no client must be sent more than it may buffer. */
const RECOVERED_CHANGES_MAX = 2_000;

/** What a live session knows of where it is. */
export interface LivePhase {
  readonly name: 'live';
  readonly host: Host;
  readonly channel: Channel;
}

/** All sessions that watch one showtime in one life of its actor, or of the relay that stands for it. */
export class Channel implements Audience {
  readonly showtimeId: string;
  readonly #publish: Publish;
  readonly #limits: LiveLimits;
  readonly #onEnd: () => void;
  /** Nearly all holders have one window open: they need no set. */
  readonly #ofHolder = new Map<string, Watcher | Set<Watcher>>();
  readonly #topics: Readonly<Record<Encoding, string>>;
  readonly #count: Record<Encoding, number> = { msgpack: 0, json: 0 };
  #host: Host | undefined;
  #snapshot: CachedSnapshot | undefined;
  #bytesSinceSweep = 0;
  #phase: LivePhase | undefined;

  constructor(showtimeId: string, publish: Publish, limits: LiveLimits, onEnd: () => void) {
    this.showtimeId = showtimeId;
    this.#topics = { msgpack: `${showtimeId}/msgpack`, json: `${showtimeId}/json` };
    this.#publish = publish;
    this.#limits = limits;
    this.#onEnd = onEnd;
  }

  topic(encoding: Encoding): string {
    return this.#topics[encoding];
  }

  /** One object for all who watch. */
  phaseOf(host: Host): LivePhase {
    if (this.#phase?.host !== host) this.#phase = { name: 'live', host, channel: this };
    return this.#phase;
  }

  /**
   * Lets a session in: it gets the deltas that it missed, or a snapshot, and is subscribed, all in this turn, so that no
   * delta falls between. Returns whether it was recovered; `welcome` is sent in between, when that is known.
   */
  join(session: Watcher, host: Host, resume: { epoch: number; seq: number } | undefined, welcome: Welcoming): void {
    this.#host = host;
    this.#count[session.encoding]++;
    const fellows = this.#ofHolder.get(session.holder);
    if (fellows instanceof Set) fellows.add(session);
    else this.#ofHolder.set(session.holder, fellows ? new Set([fellows, session]) : session);
    const missed = resume && recoverable(host.since(resume.epoch, resume.seq));
    welcome(missed !== undefined);
    if (missed) this.#recover(session, host, missed);
    else this.#show(session, host);
  }

  #recover(session: Watcher, host: Host, missed: readonly PublishedDelta[]): void {
    session.subscribe(this.topic(session.encoding));
    for (const delta of missed) session.send(deltaMessage(host.epoch, delta));
    session.send({ type: 'own', ...ownView(host.own(session.holder), host.terms) });
  }

  /** Brings a session back that was out of the stream: it may have missed new terms as well. */
  catchUp(session: Watcher): void {
    if (!this.#host) return;
    session.send(this.#termsMessage(this.#host));
    this.#show(session, this.#host);
  }

  /** Subscribes a session and brings it to the present, in one turn. */
  #show(session: Watcher, host: Host): void {
    // It may be old: whoever is to be told all of it asks again.
    if (!host.confirmed) {
      session.end(CLOSE.epochChanged, 'the showtime may have a new owner');
      return;
    }
    session.subscribe(this.topic(session.encoding));
    session.sendFrame(this.#snapshotFor(session, host));
  }

  leave(session: Watcher): void {
    const fellows = this.#ofHolder.get(session.holder);
    if (fellows instanceof Set) {
      if (!fellows.delete(session)) return;
      if (fellows.size === 0) this.#ofHolder.delete(session.holder);
    } else if (fellows === session) this.#ofHolder.delete(session.holder);
    else return;
    this.#count[session.encoding]--;
  }

  size(): number {
    return this.#count.msgpack + this.#count.json;
  }

  #fellows(holder: string): Iterable<Watcher> {
    const fellows = this.#ofHolder.get(holder);
    if (fellows === undefined) return [];
    return fellows instanceof Set ? fellows : [fellows];
  }

  *#all(): Generator<Watcher> {
    for (const fellows of this.#ofHolder.values()) {
      if (fellows instanceof Set) yield* fellows;
      else yield fellows;
    }
  }

  delta(delta: PublishedDelta): void {
    if (this.#host) this.#toAll(deltaMessage(this.#host.epoch, delta));
  }

  expired(hold: Hold, seats: readonly number[]): void {
    if (!this.#host || !this.#ofHolder.has(hold.holder)) return;
    const named = labels(this.#host.terms.map, seats);
    for (const session of this.#fellows(hold.holder)) {
      session.send({ type: 'hold_expired', holdId: hold.id, seats: named });
    }
  }

  takenAway({ id, holder, seats }: Hold): void {
    if (!this.#host || !this.#ofHolder.has(holder)) return;
    const named = labels(this.#host.terms.map, seats);
    const { cancelled } = this.#host.terms.rules;
    const message = { type: 'hold_taken_away', holdId: id, seats: named } as const;
    const told = cancelled ? ({ ...message, cause: 'showtime_cancelled' } as const) : message;
    for (const session of this.#fellows(holder)) session.send(told);
  }

  own(holder: string, except: Recipient | undefined): void {
    for (const session of this.#fellows(holder)) {
      if (session === except || !this.#host) continue;
      session.send({ type: 'own', ...ownView(this.#host.own(holder), this.#host.terms) });
    }
  }

  terms(): void {
    if (!this.#host) return;
    this.#toAll(this.#termsMessage(this.#host));
    // How often a hold may be extended is one of the terms.
    for (const holder of this.#ofHolder.keys()) {
      if (this.#host.own(holder).holds.length > 0) this.own(holder, undefined);
    }
  }

  #termsMessage(host: Host): Terms {
    const { rules } = host.terms;
    return { type: 'terms', terms: termsView(host), limits: limitsView(this.#limits, rules), rules: rulesView(rules) };
  }

  restarted(): void {
    this.#snapshot = undefined;
    if (!this.#host) return;
    this.#toAll(this.#termsMessage(this.#host));
    for (const session of this.#all()) session.sendFrame(this.#snapshotFor(session, this.#host));
  }

  ended(reason: EndReason, url: string | undefined): void {
    this.#onEnd();
    const liveUrl = url && movedUrl(url, this.showtimeId);
    for (const session of [...this.#all()]) {
      if (liveUrl) session.send({ type: 'moved', url: liveUrl });
      if (reason === 'drained') session.end(CLOSE.draining, 'the node is going away');
      else if (reason === 'moved') session.end(CLOSE.moved, 'the showtime lives on another node');
      else session.end(CLOSE.epochChanged, 'the showtime has a new owner');
    }
  }

  heartbeat(serverTime: number): void {
    const host = this.#host;
    if (!host) return;
    if (host.confirmed) this.#toAll({ type: 'heartbeat', epoch: host.epoch, seq: host.seq, serverTime });
    // Who may have lost the showtime without knowing says nothing of how it stands, and lets its watchers look elsewhere.
    else for (const session of [...this.#all()]) session.end(CLOSE.epochChanged, 'the showtime may have a new owner');
  }

  #toAll(message: ServerMessage): void {
    for (const encoding of ['msgpack', 'json'] as const) {
      if (this.#count[encoding] === 0) continue;
      const frame = encodeServerFrame(message, encoding);
      this.#publish(this.topic(encoding), frame, typeof frame !== 'string');
      this.#bytesSinceSweep += frame.length;
    }
    if (this.#bytesSinceSweep >= this.#limits.unreadBytesMax) this.#sweep();
  }

  /**
   * Takes those who read too slowly out of the stream. uWebSockets.js drops a published frame without a word when a
   * socket's backpressure is full; a look at every socket each so many bytes sees to it that none ever gets there.
   */
  #sweep(): void {
    this.#bytesSinceSweep = 0;
    for (const session of this.#all()) {
      if (session.unreadBytes > this.#limits.unreadBytesMax) session.conflate(this.topic(session.encoding));
    }
  }

  #snapshotFor(session: Watcher, host: Host): Frame {
    const own = host.own(session.holder);
    const { encoding } = session;
    if (own.holds.length + own.bookings.length > 0) {
      return encodeServerFrame(snapshotMessage(host, encoding, session.holder), encoding);
    }
    if (this.#snapshot?.seq !== host.seq) this.#snapshot = { seq: host.seq, frames: {} };
    const { frames } = this.#snapshot;
    const cached = frames[encoding];
    if (cached !== undefined) return cached;
    const frame = encodeServerFrame(snapshotMessage(host, encoding, session.holder), encoding);
    frames[encoding] = frame;
    return frame;
  }
}

type Welcoming = (recovered: boolean) => void;

function recoverable(missed: readonly PublishedDelta[] | undefined): readonly PublishedDelta[] | undefined {
  let changes = 0;
  for (const delta of missed ?? []) changes += delta.changes.length;
  return changes <= RECOVERED_CHANGES_MAX ? missed : undefined;
}

function snapshotMessage(host: Host, encoding: Encoding, holder: string): Snapshot {
  const { epoch, seq, statuses, terms } = host;
  const seats = encoding === 'json' ? spellStatuses(statuses) : packStatuses(statuses);
  return { type: 'snapshot', epoch, seq, seats, ...ownView(host.own(holder), terms) };
}

function deltaMessage(epoch: number, { seq, changes }: PublishedDelta): Delta {
  const named: (readonly [number, SeatStatus])[] = [];
  for (const [seat, code] of changes) named.push([seat, SEAT_STATUSES[code] ?? 'blocked']);
  return { type: 'delta', epoch, seq, changes: named };
}
