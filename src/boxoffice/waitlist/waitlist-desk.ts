import type { Refusal } from '../../core/refusal.js';
import type { OfferView } from '../../core/reply.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { HouseDesk, HouseFailure, Outcome } from '../house-desk-port.js';
import { repeat } from '../repeat.js';
import { waitingEntry } from './waiting-entry.js';
import type { WaitlistLimits } from './waitlist-settings.js';
import type { Entry, NewEntry, NotAdded, WaitlistStore } from './waitlist-store-port.js';

export interface WaitlistDeskOptions {
  readonly store: WaitlistStore;
  readonly house: Pick<HouseDesk, 'ask'>;
  readonly timers: Timers;
  readonly log: Log;
  readonly uuid: () => string;
  readonly limits: WaitlistLimits;
  readonly checkMs: number;
}

export type Joined =
  | { readonly ok: true; readonly entry: Entry }
  /** What is wished is free: nobody has to wait for it. */
  | { readonly ok: false; readonly why: 'free' | NotAdded }
  | { readonly ok: false; readonly why: 'refused'; readonly refusal: Refusal }
  | { readonly ok: false; readonly why: 'failed'; readonly failure: HouseFailure };

export type Left = 'left' | 'ended' | 'in_order' | 'unavailable';

type Told = Extract<Outcome, { readonly type: 'waiting' }>;

/** Entries that one command brings to an owner. */
const ENTRIES_AT_ONCE = 200;
const SHOWTIMES_AT_ONCE = 20;

/**
 * Brings the record of who waits and the owners of the houses together. The owner decides who is offered what, and its journal has
 * the holds; here that is put on record and told. Whatever dies between the two, the next comparison finds and files it: every line
 * is compared again and again, by whichever node comes first, and at once where an owner made or lost an offer.
 *
 * Invariant: nobody is told of an offer whose hold is not in the journal, and none is told twice.
 */
export class WaitlistDesk {
  readonly #options: WaitlistDeskOptions;
  /** Lines that are being compared; `again`: something happened meanwhile. */
  readonly #comparing = new Map<string, 'once' | 'again'>();
  readonly #stop: () => Promise<void>;
  #isStopped = false;

  constructor(options: WaitlistDeskOptions) {
    this.#options = options;
    this.#stop = repeat(options.timers, options.checkMs, () => this.#compareAll());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#stop();
  }

  async join(asked: NewEntry): Promise<Joined> {
    const { store, house, uuid, limits } = this.#options;
    // An owner that read the line only after this joined it could not say that the seats were free before: it would offer them.
    const opened = await house.ask(asked.showtimeId, { type: 'wait', entries: [] }, uuid());
    if ('failure' in opened) return failed(opened.failure);
    const entry = await store.add(asked, limits);
    if (typeof entry === 'string') return { ok: false, why: entry };
    const entries = [waitingEntry(entry, limits.offerMs)];
    const outcome = await house.ask(entry.showtimeId, { type: 'wait', entries, joins: true }, uuid());
    if (outcome.ok && outcome.type === 'waiting' && !outcome.isFree) {
      if (outcome.offers.length > 0) this.nudge(entry.showtimeId);
      return { ok: true, entry };
    }
    // An owner that took it in all the same finds, when it has something to offer, that nobody waits any more.
    if (!(await store.takeBack(entry.id))) return { ok: true, entry: (await store.find(entry.id)) ?? entry };
    if (outcome.ok) return { ok: false, why: 'free' };
    if ('refusal' in outcome) return { ok: false, why: 'refused', refusal: outcome.refusal };
    return failed(outcome.failure);
  }

  /** The entry gives up its place, or declines what it is offered: then the next in the line gets it. */
  async leave({ id, showtimeId }: Pick<Entry, 'id' | 'showtimeId'>): Promise<Left> {
    const { store, house, uuid } = this.#options;
    if (await store.left(id)) {
      await house.ask(showtimeId, { type: 'stop_waiting', entryId: id }, uuid());
      return 'left';
    }
    const entry = await store.find(id);
    if (entry?.state !== 'offered') return 'ended';
    const outcome = await this.#release(showtimeId, entry);
    this.nudge(showtimeId);
    if (outcome.ok) return 'left';
    if (!('refusal' in outcome)) return 'unavailable';
    return outcome.refusal.code === 'hold_in_order' ? 'in_order' : 'ended';
  }

  /** Something became of an offer, or there is a new one: what is on record is compared at once. */
  nudge(showtimeId: string): void {
    const under = this.#comparing.get(showtimeId);
    if (under !== undefined) this.#comparing.set(showtimeId, 'again');
    else if (!this.#isStopped) this.#options.timers.after(0, () => void this.compare(showtimeId));
  }

  /** Files what the owner says of everybody who waits for this showtime. Never rejects: what failed is done by the next. */
  async compare(showtimeId: string): Promise<void> {
    if (this.#isStopped || this.#comparing.has(showtimeId)) return;
    this.#comparing.set(showtimeId, 'once');
    try {
      do {
        this.#comparing.set(showtimeId, 'once');
        await this.#compareOnce(showtimeId);
      } while (this.#comparing.get(showtimeId) === 'again' && !this.#isStopped);
    } catch (error) {
      if (!this.#isStopped) {
        const message = 'A waitlist could not be compared with what its owner knows. The node retries soon.';
        this.#options.log.warn({ event: 'waitlist.not_compared', err: error, showtimeId }, message);
      }
    } finally {
      this.#comparing.delete(showtimeId);
    }
  }

  async #compareAll(): Promise<void> {
    const { store, checkMs, log } = this.#options;
    try {
      const showtimeIds = await store.toCheck(checkMs, SHOWTIMES_AT_ONCE);
      await Promise.all(showtimeIds.map((showtimeId) => this.compare(showtimeId)));
    } catch (error) {
      if (this.#isStopped) return;
      log.warn({ event: 'waitlist.not_read', err: error }, 'The waitlists could not be read. The node retries soon.');
    }
  }

  async #compareOnce(showtimeId: string): Promise<void> {
    const { store, house, uuid, limits, log } = this.#options;
    const line = await store.line(showtimeId);
    if (line.length === 0) return await store.settle(showtimeId);
    let told: Told | undefined;
    for (let first = 0; first < line.length; first += ENTRIES_AT_ONCE) {
      const some = line.slice(first, first + ENTRIES_AT_ONCE);
      const entries = some.map((entry) => waitingEntry(entry, limits.offerMs));
      const outcome = await house.ask(showtimeId, { type: 'wait', entries }, uuid());
      if (!outcome.ok || outcome.type !== 'waiting') {
        const why = 'failure' in outcome ? outcome.failure : 'refused';
        log.info({ event: 'waitlist.owner_silent', showtimeId, why }, 'The owner of a waitlist did not answer.');
        return;
      }
      for (const { id, end } of outcome.ended) await store.ended(id, end);
      told = outcome;
    }
    if (!told) return;
    const known = new Map(line.map((entry) => [entry.id, entry]));
    for (const offer of told.offers) await this.#file(showtimeId, offer, known.get(offer.id));
    if (told.isOver) await store.close(showtimeId);
  }

  async #file(showtimeId: string, offer: OfferView, known: Entry | undefined): Promise<void> {
    const { store, log } = this.#options;
    if (known?.state === 'offered' || (await store.offered(offer))) return;
    const entry = await store.find(offer.id);
    if (entry?.state === 'offered' && entry.holdId === offer.holdId) return;
    // A person who left before the owner knew gets no mail; the seats go to the next.
    log.info({ event: 'waitlist.offer_withdrawn', showtimeId, entryId: offer.id }, 'An offer to nobody was withdrawn.');
    await this.#release(showtimeId, offer);
  }

  #release(showtimeId: string, { holder, holdId }: Pick<OfferView, 'holder' | 'holdId'>): Promise<Outcome> {
    const { house, uuid } = this.#options;
    return house.ask(showtimeId, { type: 'release', holder, holdId }, uuid());
  }
}

function failed(failure: HouseFailure): Joined {
  return failure === 'unknown_showtime' ? { ok: false, why: failure } : { ok: false, why: 'failed', failure };
}
