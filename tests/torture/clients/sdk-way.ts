import { createClient, type ShowtimeClient } from '@usher/client';
import type { Told, Wish } from '../checker/history.js';
import type { Recorder } from './recorder.js';
import { type Answer, toldBy } from './told.js';
import type { Way } from './way.js';

const NOTHING = { amount: 0, currency: 'EUR' };

/** By the SDK, as people use it: getting over faults, and finding out what commands came to, is its own work. */
export class SdkWay implements Way {
  readonly name: string;
  readonly client: ShowtimeClient;
  readonly showtime: string;
  readonly #recorder: Recorder;

  constructor(name: string, url: string, showtime: string, recorder: Recorder) {
    this.name = name;
    this.showtime = showtime;
    this.#recorder = recorder;
    this.client = createClient({ url, showtimeId: showtime, replyTimeoutMs: 2_000, waitForConnectionMs: 10_000 });
    this.client.connect();
  }

  async perform(wish: Wish, commandId: string): Promise<Told> {
    const op = this.#recorder.invoke(this.name, this.showtime, commandId, wish);
    const told = toldBy((await this.#ask(wish, commandId)) as Answer);
    this.#recorder.answered(this.name, op, told);
    return told;
  }

  close(): void {
    this.client.close();
  }

  #ask(
    { f, seats = [], count = 1, holdId = '', bookingId = '', price = NOTHING }: Wish,
    commandId: string,
  ): Promise<unknown> {
    const options = { commandId };
    switch (f) {
      case 'hold':
      case 'hold_many':
        return this.client.hold(seats, options);
      case 'best_available':
        return this.client.bestAvailable({ count }, options);
      case 'release':
        return this.client.release(holdId, seats.length > 0 ? seats : undefined, options);
      case 'extend':
        return this.client.extend(holdId, options);
      case 'book':
        return this.client.book({ id: holdId, price }, { method: 'test' }, options);
      case 'cancel':
        return this.client.cancel(bookingId, options);
    }
  }
}
