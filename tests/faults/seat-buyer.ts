import { type BookingView, createClient, type HoldView, type ShowtimeClient } from '@usher/client';

/** What one client was told and has not been told otherwise since. */
export interface Promises {
  readonly holds: ReadonlyMap<string, HoldView>;
  readonly bookings: ReadonlyMap<string, BookingView>;
}

/**
 * A client of the SDK that holds, books and releases seats as fast as it is answered, and writes down every
 * acknowledgement. It knows nothing of the crashes: getting over them is the SDK's work.
 */
export class SeatBuyer implements Promises {
  readonly client: ShowtimeClient;
  readonly holds = new Map<string, HoldView>();
  readonly bookings = new Map<string, BookingView>();
  /** Commands whose outcome the SDK could not find out: must stay at none. */
  unknown = 0;
  acknowledged = 0;
  refused = 0;
  /** What it asked and was told, in order: a broken promise is explained by the two that were promised the same seat. */
  readonly history: string[] = [];
  readonly #random: () => number;
  readonly #labels: readonly string[];
  #buying: Promise<void> = Promise.resolve();
  #stop = false;

  constructor(url: string, showtimeId: string, labels: readonly string[], random: () => number) {
    this.client = createClient({ url, showtimeId, replyTimeoutMs: 2_000 });
    this.#labels = labels;
    this.#random = random;
  }

  start(): void {
    this.#stop = false;
    this.#buying = this.#buy();
  }

  /** Resolves when the last command has its outcome. */
  async pause(): Promise<void> {
    this.#stop = true;
    await this.#buying;
  }

  async #buy(): Promise<void> {
    while (!this.#stop) {
      const [hold] = this.holds.values();
      const dice = this.#random();
      if (!hold || (this.holds.size < 2 && dice < 0.4)) await this.#hold();
      else if (dice < 0.7 && this.bookings.size < 3) await this.#book(hold);
      else await this.#release(hold);
      await new Promise((resolve) => setTimeout(resolve, this.#random() * 20));
    }
  }

  async #hold(): Promise<void> {
    const first = Math.floor(this.#random() * this.#labels.length);
    const seats = this.#labels.slice(first, first + 1 + Math.floor(this.#random() * 3));
    const result =
      this.#random() < 0.3
        ? await this.client.bestAvailable({ count: 2 }, { waitForConnectionMs: 10_000 })
        : await this.client.hold(seats, { waitForConnectionMs: 10_000 });
    if (this.#note(`hold ${result.ok ? `${result.hold.id} ${result.hold.seats}` : seats}`, result)) {
      this.holds.set(result.hold.id, result.hold);
    }
  }

  async #book(hold: HoldView): Promise<void> {
    const result = await this.client.book(hold, { method: 'test' }, { waitForConnectionMs: 10_000 });
    if (!this.#note(`book ${hold.id}`, result)) return;
    this.holds.delete(hold.id);
    this.bookings.set(result.booking.id, result.booking);
  }

  async #release(hold: HoldView): Promise<void> {
    const result = await this.client.release(hold.id, undefined, { waitForConnectionMs: 10_000 });
    if (this.#note(`release ${hold.id}`, result)) this.holds.delete(hold.id);
  }

  #note<Ok extends { readonly ok: true }>(
    what: string,
    result: Ok | { readonly ok: false; readonly error: { readonly code: string; readonly outcome: string } },
  ): result is Ok {
    const said = result.ok ? 'ok' : `${result.error.code}, ${result.error.outcome}`;
    this.history.push(`${new Date().toISOString()} ${what}: ${said}`);
    if (result.ok) this.acknowledged++;
    else if (result.error.outcome === 'unknown') this.unknown++;
    else this.refused++;
    return result.ok;
  }
}
