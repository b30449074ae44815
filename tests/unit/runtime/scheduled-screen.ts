import type { Actor } from '../../../src/runtime/actor.js';
import type { Audience, EndReason, PublishedDelta } from '../../../src/runtime/audience.js';
import type { RecordedJournal, Witness } from './scheduled-journal.js';

/** What clients have on their screens when they leave: with it they may come back. */
export interface Shown {
  readonly epoch: number;
  readonly seq: number;
  readonly seats: readonly string[];
}

export interface ScreenParts {
  readonly journal: RecordedJournal;
  readonly witness: Witness;
  readonly isAlive: () => boolean;
  readonly epoch: number;
  /** As told to the actor: many, and deltas go by the tick. */
  readonly watchers: number;
  readonly onOwn: (holder: string) => void;
  readonly onEnded: (reason: EndReason) => void;
}

/** Follows one life of an actor from its first snapshot, as all who watch do. */
export class Screen implements Audience {
  readonly #parts: ScreenParts;
  #seats: string[] = [];
  #seq = 0;
  #state: number;

  constructor(parts: ScreenParts) {
    this.#parts = parts;
    this.#state = parts.journal.states.findIndex(({ epoch }) => epoch === parts.epoch);
  }

  start(actor: Actor): void {
    this.#seats = spelled(actor);
    this.#seek('the first snapshot');
  }

  get shown(): Shown {
    return { epoch: this.#parts.epoch, seq: this.#seq, seats: [...this.#seats] };
  }

  /** Who comes back gets what was missed, or a snapshot; either way it is what the others see. Tells which. */
  resume(actor: Actor, left: Shown): string {
    const missed = actor.since(left.epoch, left.seq);
    const seats = missed ? [...left.seats] : spelled(actor);
    for (const [i, { seq, changes }] of (missed ?? []).entries()) {
      if (seq !== left.seq + 1 + i)
        this.#parts.witness.violated(`who came back from ${left.seq} is given delta ${seq}`);
      for (const [seat, code] of changes) seats[seat] = LETTERS[code] ?? '?';
    }
    if (seats.join('') !== this.#seats.join('') || actor.seq !== this.#seq)
      this.#parts.witness.violated(`who came back sees ${seats.join('')} and the others ${this.#seats.join('')}`);
    if (missed?.length === 0) return 'having missed nothing';
    return missed ? 'by deltas' : 'by a snapshot';
  }

  size(): number {
    return this.#parts.watchers;
  }

  delta({ seq, changes }: PublishedDelta): void {
    const { isAlive, witness } = this.#parts;
    if (!isAlive()) return;
    if (seq !== this.#seq + 1) witness.violated(`delta ${seq} after ${this.#seq}`);
    this.#seq = seq;
    for (const [seat, code] of changes) {
      const letter = LETTERS[code] ?? '?';
      if (this.#seats[seat] === letter) witness.violated(`delta ${seq} changes nothing at ${seat}`);
      this.#seats[seat] = letter;
    }
    this.#seek(`delta ${seq}`);
  }

  expired(): void {}

  takenAway(): void {}

  own(holder: string): void {
    if (this.#parts.isAlive()) this.#parts.onOwn(holder);
  }

  terms(): void {}

  restarted(): void {
    this.#parts.witness.violated('an owner started its stream anew');
  }

  ended(reason: EndReason): void {
    if (this.#parts.isAlive()) this.#parts.onEnded(reason);
  }

  /** What is shown is what the journal had after some commit under our epoch, and never an earlier one than before. */
  #seek(what: string): void {
    const { journal, witness, epoch } = this.#parts;
    const shown = this.#seats.join('');
    witness.says(`${what} of epoch ${epoch} shows ${shown}`);
    const found = journal.states.findIndex(
      (state, i) => i >= this.#state && state.epoch === epoch && state.seats === shown,
    );
    if (found < 0) witness.violated(`${what} of epoch ${epoch} shows ${shown}, which never was`);
    else this.#state = found;
  }
}

const LETTERS = '.hbx';

export function spelled(actor: Actor): string[] {
  return [...actor.statuses].map((code) => LETTERS[code] ?? '?');
}
