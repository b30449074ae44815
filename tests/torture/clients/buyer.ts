import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Money } from '../../../src/protocol/money.js';
import { type Told, type Wish, wasDecided } from '../checker/history.js';
import type { Way } from './way.js';

export interface Pace {
  /** Between two commands, at most. */
  readonly thinkMsMax: number;
}

const HOLDS_MAX = 2;
const BOOKINGS_MAX = 1;

interface KnownHold {
  readonly id: string;
  readonly seats: readonly string[];
  readonly extended: number;
  readonly price: Money | undefined;
}

/** Wants what everybody wants, keeps it for a while, gives it back or buys it, and thinks better of it later. */
export class Buyer {
  readonly way: Way;
  /** When the last command was sent that the server decided, on `performance.now()`. */
  decidedAt = Number.NEGATIVE_INFINITY;
  readonly #labels: readonly string[];
  readonly #random: () => number;
  readonly #pace: Pace;
  #holds: readonly KnownHold[] = [];
  #bookings: readonly string[] = [];
  #buying: Promise<void> = Promise.resolve();
  #isStopped = true;

  constructor(way: Way, labels: readonly string[], random: () => number, pace: Pace) {
    this.way = way;
    this.#labels = labels;
    this.#random = random;
    this.#pace = pace;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#buying = this.#buy();
  }

  /** Resolves when the last command has come to something. */
  async pause(): Promise<void> {
    this.#isStopped = true;
    await this.#buying;
  }

  /** For good; what is under way comes to whatever it comes to. */
  leave(): void {
    this.#isStopped = true;
    this.way.close();
  }

  async #buy(): Promise<void> {
    while (!this.#isStopped) {
      const wish = this.#wish();
      const sentAt = performance.now();
      const told = await this.way.perform(wish, randomUUID());
      if (wasDecided(told)) this.decidedAt = sentAt;
      this.#learn(wish, told);
      await sleep(this.#random() * this.#pace.thinkMsMax);
    }
  }

  #wish(): Wish {
    const dice = this.#random();
    const [hold] = this.#holds;
    const [bookingId] = this.#bookings;
    if (bookingId !== undefined && dice < 0.3) return { f: 'cancel', bookingId };
    if (!hold || (this.#holds.length < HOLDS_MAX && dice < 0.5)) return this.#wishToHold();
    const [holdId, [seat = '']] = [hold.id, hold.seats];
    if (dice < 0.6 && hold.extended < 3) return { f: 'extend', holdId };
    if (dice < 0.8 && this.#bookings.length < BOOKINGS_MAX)
      return { f: 'book', holdId, ...(hold.price ? { price: hold.price } : {}) };
    if (dice < 0.87 && hold.seats.length > 1) return { f: 'release', holdId, seats: [seat] };
    return { f: 'release', holdId };
  }

  /** The first seats are the best: that is where they meet. */
  #wishToHold(): Wish {
    const count = 1 + Math.floor(this.#random() * 3);
    if (this.#random() < 0.2) return { f: 'best_available', count };
    const first = Math.floor(this.#random() ** 2 * (this.#labels.length - count + 1));
    const seats = this.#labels.slice(first, first + count);
    return { f: count > 1 ? 'hold_many' : 'hold', seats };
  }

  #learn(wish: Wish, told: Told): void {
    if (told.phase === 'ok') this.#gain(wish, told);
    // What nobody knows of any more is let go; a hold that lives after all ends by its time.
    else if (told.phase === 'unknown' || told.error === 'unknown_hold' || told.error === 'hold_expired')
      this.#drop(wish);
    else if (told.error === 'booking_cancelled') this.#drop(wish);
  }

  #gain(wish: Wish, { holdId, bookingId, seats = [], rest, price }: Told): void {
    const old = this.#holds.find(({ id }) => id === wish.holdId);
    switch (wish.f) {
      case 'hold':
      case 'hold_many':
      case 'best_available':
        this.#holds = [...this.#holds, { id: holdId ?? '', seats, extended: 0, price }];
        break;
      case 'extend':
        this.#drop(wish);
        if (old) this.#holds = [...this.#holds, { ...old, extended: old.extended + 1 }];
        break;
      case 'release':
        this.#drop(wish);
        if (old && rest) this.#holds = [...this.#holds, { ...old, seats: rest, price }];
        break;
      case 'book':
        this.#drop(wish);
        this.#bookings = [...this.#bookings, bookingId ?? ''];
        break;
      case 'cancel':
        this.#drop(wish);
        break;
    }
  }

  #drop({ holdId, bookingId }: Wish): void {
    this.#holds = this.#holds.filter(({ id }) => id !== holdId);
    this.#bookings = this.#bookings.filter((id) => id !== bookingId);
  }
}
