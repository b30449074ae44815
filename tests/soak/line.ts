import { randomUUID } from 'node:crypto';
import { createClient, type ShowtimeClient } from '@usher/client';
import type { FrameReader } from '../../bench/load/frame-reader.js';
import { LiveClient, type LiveEvents } from '../../bench/load/live-client.js';
import type { Command } from '../../client-sdk/src/commands.js';
import { SEAT_STATUSES } from '../../src/protocol/seat-status.js';
import type { BookingView, HoldView } from '../../src/protocol/server-messages.js';

/** What a command came to; `code` is that of the refusal. */
export interface Told {
  readonly code?: string;
  readonly hold?: HoldView | undefined;
  readonly booking?: BookingView | undefined;
}

/** How one person is connected to one showtime. */
export interface Line {
  open(): Promise<void>;
  /** Undefined: the connection ended before the reply, and nobody knows what became of it. */
  ask(command: Command): Promise<Told | undefined>;
  /** Status codes by seat index, as deltas and snapshots have left them; undefined while they are not to be trusted. */
  house(): Uint8Array | undefined;
  readonly holder: string;
  close(): void;
}

export interface LineEvents {
  holdExpired(holdId: string): void;
  /** The server ended the connection, or a delta was missing. */
  broken(why: string): void;
}

export interface Seat {
  readonly url: URL;
  readonly showtimeId: string;
  readonly seats: number;
}

/** Stays at the node that it came to: what lives at the other is relayed to it. */
export class DirectLine implements Line {
  readonly #client: LiveClient;

  constructor({ url, showtimeId, seats }: Seat, reader: FrameReader, events: LineEvents) {
    const live: LiveEvents = {
      lost: (code) => void (code === 1000 || events.broken(`closed with ${code}`)),
      snapshot: (_, surprises) =>
        void (surprises === 0 || events.broken('a snapshot contradicted the deltas before it')),
      delta: () => {},
      seatChanged: () => {},
      gap: () => events.broken('a delta was missing'),
      holdExpired: ({ holdId }) => events.holdExpired(holdId),
      told: (what) => events.broken(`told ${what}`),
    };
    const target = { host: url.hostname, port: Number(url.port) };
    this.#client = new LiveClient({ target, showtimeId, seats, reader, events: live });
  }

  get holder(): string {
    return this.#client.holder;
  }

  async open(): Promise<void> {
    await this.#client.open();
  }

  async ask(command: Command): Promise<Told | undefined> {
    const answer = await this.#client.command({ commandId: randomUUID(), ...command } as never);
    if (!answer) return undefined;
    const { reply } = answer;
    return reply.ok ? { hold: reply.hold, booking: reply.booking } : { code: reply.error.code };
  }

  house(): Uint8Array | undefined {
    return this.#client.view.stale ? undefined : this.#client.view.statuses;
  }

  close(): void {
    this.#client.close();
  }
}

/** The SDK's client: where its showtime lives elsewhere it is told `moved`, and goes there. */
export class SdkLine implements Line {
  readonly #client: ShowtimeClient;
  readonly #seats: number;

  constructor({ url, showtimeId, seats }: Seat, events: LineEvents) {
    this.#seats = seats;
    this.#client = createClient({ url, showtimeId });
    this.#client.on('expire', ({ holdId }) => events.holdExpired(holdId));
    this.#client.on('error', ({ code }) => events.broken(`an error, ${code}`));
  }

  get holder(): string {
    return this.#client.getSnapshot().holder ?? '';
  }

  async open(): Promise<void> {
    this.#client.connect();
    await this.#client.seatMap();
    if (this.house()) return;
    await new Promise<void>((resolve) => {
      const off = this.#client.subscribe(() => {
        if (!this.house()) return;
        off();
        resolve();
      });
    });
  }

  async ask(command: Command): Promise<Told | undefined> {
    const result = await this.#send(command);
    if (!result.ok) return result.error.outcome === 'unknown' ? undefined : { code: result.error.code };
    return {
      hold: 'hold' in result ? result.hold : undefined,
      booking: 'booking' in result ? result.booking : undefined,
    };
  }

  house(): Uint8Array | undefined {
    const { stale, seq } = this.#client.getSnapshot();
    if (stale || seq === undefined) return undefined;
    return Uint8Array.from({ length: this.#seats }, (_, seat) =>
      SEAT_STATUSES.indexOf(this.#client.statusOf(seat) ?? 'blocked'),
    );
  }

  close(): void {
    this.#client.close();
  }

  #send(command: Command) {
    const client = this.#client;
    switch (command.type) {
      case 'hold':
        return client.hold(command.seats, command.holdId === undefined ? {} : { holdId: command.holdId });
      case 'best_available':
        return client.bestAvailable({ count: command.count });
      case 'release':
        return client.release(command.holdId, command.seats);
      case 'retype':
        return client.retype(command.holdId, command.seats, command.ticketTypes);
      case 'extend':
        return client.extend(command.holdId);
      case 'book':
        return client.book({ id: command.holdId, price: command.price }, command.payment);
      case 'cancel':
        return client.cancel(command.bookingId);
    }
  }
}
