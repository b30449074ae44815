/** Tells the page when its own seats and holds have become others. */
import type { HoldView } from '../../../src/protocol/server-messages.js';
import type { PickerEvents } from './picker-events.js';

interface Listener {
  emit<Name extends 'selectionchange' | 'holdchange'>(name: Name, detail: PickerEvents[Name]): void;
}

export class HoldNews {
  readonly #listener: Listener;
  #told: readonly HoldView[] = [];

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** @param holds all own ones, in a new list whenever one of them changed. */
  update(holds: readonly HoldView[]): void {
    const before = this.#told;
    if (holds === before) return;
    this.#told = holds;
    const seats = seatsOf(holds);
    if (seats.join('\n') !== seatsOf(before).join('\n')) this.#listener.emit('selectionchange', { seats });
    if (holds.length + before.length > 0) this.#listener.emit('holdchange', { hold: holds.at(-1), holds });
  }
}

function seatsOf(holds: readonly HoldView[]): string[] {
  return holds.flatMap((hold) => hold.seats);
}
