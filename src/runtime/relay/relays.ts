import type { Audience } from '../audience.js';
import type { Member } from '../cluster/membership-port.js';
import type { NotOpened, Opened } from '../directory.js';
import type { Playbill } from '../playbill-port.js';
import { Relay, type RelayContext } from './relay.js';

export interface RelaysOptions {
  readonly playbill: Playbill;
  readonly audienceFor: (showtimeId: string) => Audience;
  readonly context: RelayContext;
  /** A relay that nobody watched or asked for this long is dropped. */
  readonly idleMsMax: number;
  readonly relaysMax: number;
}

interface Opening {
  readonly opened: Promise<Opened<Relay>>;
  /** Once there is one. */
  relay: Relay | undefined;
}

const MOVING: NotOpened = { ok: false, reason: 'moving' };

/** The showtimes of other nodes that clients of this node watch. Each is followed once. */
export class Relays {
  readonly #options: RelaysOptions;
  readonly #relays = new Map<string, Relay>();
  readonly #opening = new Map<string, Opening>();
  #cancelSweep: () => void = () => {};
  #stopped = false;
  #lastRelay = 0;

  constructor(options: RelaysOptions) {
    this.#options = options;
    this.#sweepLater();
  }

  get size(): number {
    return this.#relays.size;
  }

  /** One that is there goes on with the owner that it has, who says when that is over. */
  async open(showtimeId: string, owner: Member): Promise<Opened<Relay>> {
    const relay = this.#relays.get(showtimeId);
    if (relay && !relay.confirmed && relay.owner.id !== owner.id) relay.end('lost');
    if (relay && !relay.ended) {
      relay.usedAt = this.#options.context.clock.now();
      return relay.confirmed ? { ok: true, host: relay } : MOVING;
    }
    if (this.#stopped) return MOVING;
    const opening = this.#opening.get(showtimeId) ?? this.#begin(showtimeId, owner);
    return opening ? await opening.opened : { ok: false, reason: 'overloaded' };
  }

  /**
   * Ends the relays that lost touch with their owners and would look elsewhere now. The others go on: an owner gives its
   * showtimes away at its own pace, and its stream says when.
   */
  review(homeOf: (showtimeId: string) => Member | undefined): void {
    for (const relay of this.#relays.values()) {
      if (!relay.confirmed && homeOf(relay.showtimeId)?.id !== relay.owner.id) relay.end('lost');
    }
    for (const [showtimeId, { relay }] of this.#opening) {
      if (relay && homeOf(showtimeId)?.id !== relay.owner.id) relay.end('lost');
    }
  }

  /** The showtime runs on this node from now on; one that is just being opened ends as well. */
  drop(showtimeId: string): void {
    const opening = this.#opening.get(showtimeId);
    this.#opening.delete(showtimeId);
    opening?.relay?.end('moved');
    this.#relays.get(showtimeId)?.end('moved');
    this.#relays.delete(showtimeId);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelSweep();
    for (const { relay } of this.#opening.values()) relay?.end('drained');
    for (const relay of this.#relays.values()) relay.end('drained');
    this.#opening.clear();
    this.#relays.clear();
  }

  #begin(showtimeId: string, owner: Member): Opening | undefined {
    const isFull = () => this.#relays.size + this.#opening.size >= this.#options.relaysMax;
    if (isFull()) this.#forgetEnded();
    if (isFull()) return undefined;
    // In a later turn, when the opening is there to be looked at.
    const opened = Promise.resolve()
      .then(() => this.#start(showtimeId, owner, opening))
      .finally(() => {
        if (this.#opening.get(showtimeId) === opening) this.#opening.delete(showtimeId);
      });
    const opening: Opening = { opened, relay: undefined };
    this.#opening.set(showtimeId, opening);
    return opening;
  }

  async #start(showtimeId: string, owner: Member, opening: Opening): Promise<Opened<Relay>> {
    const { playbill, audienceFor, context } = this.#options;
    const terms = await playbill.terms(showtimeId).catch(() => 'away' as const);
    if (terms === undefined) return { ok: false, reason: 'unknown_showtime' };
    if (terms === 'away') return { ok: false, reason: 'unavailable' };
    // Dropped meanwhile: the audience would take the place of that of the actor.
    if (this.#opening.get(showtimeId) !== opening) return MOVING;
    const relayId = `${context.selfId}/${++this.#lastRelay}`;
    const relay = new Relay({ showtimeId, terms, owner, audience: audienceFor(showtimeId), relayId }, context);
    opening.relay = relay;
    const refused = await relay.start();
    if (refused || relay.ended) return { ok: false, reason: refused ?? 'moving' };
    this.#relays.set(showtimeId, relay);
    return { ok: true, host: relay };
  }

  #sweepLater(): void {
    const { context, idleMsMax } = this.#options;
    this.#cancelSweep = context.timers.after(Math.max(100, idleMsMax / 4), () => {
      const usedBefore = context.clock.now() - idleMsMax;
      for (const relay of this.#relays.values()) {
        if (relay.isIdle && relay.usedAt <= usedBefore) relay.end('passivated');
      }
      this.#forgetEnded();
      this.#sweepLater();
    });
  }

  #forgetEnded(): void {
    for (const [showtimeId, relay] of this.#relays) if (relay.ended) this.#relays.delete(showtimeId);
  }
}
