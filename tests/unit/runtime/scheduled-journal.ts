import { MemoryJournal } from '../../../src/adapters/memory/memory-journal.js';
import type { Batch, Claim, CommandResult, Slice } from '../../../src/runtime/journal-port.js';
import { SHOWTIME } from './playhouse.js';

/** Tells of what happens to it, and of what never may. */
export interface Witness {
  says(what: string): void;
  violated(what: string): void;
}

/** The journal, with every state that it had. */
export class RecordedJournal extends MemoryJournal {
  /** Seats after each commit, by epoch. */
  readonly states: { readonly epoch: number; readonly seats: string }[] = [];
  /** Every seat that was held after some commit, and until when. */
  readonly held: { readonly seat: number; readonly expiresAt: number }[] = [];
  readonly #seats: number;
  readonly #witness: Witness;

  constructor(now: () => number, seats: number, witness: Witness) {
    super(now);
    this.#seats = seats;
    this.#witness = witness;
  }

  override claim(...args: Parameters<MemoryJournal['claim']>): Claim {
    const claim = super.claim(...args);
    const [, , nodeName] = args;
    this.#record(`${nodeName} claims`);
    return claim;
  }

  override commit(writerId: string, batch: Batch): readonly Slice[] {
    const commands = batch.slices.flatMap(({ results, booked }) => [
      ...results.map(({ holder, commandId }) => ({ holder, commandId })),
      ...booked.map(({ booking, commandId }) => ({ holder: booking.holder, commandId })),
    ]);
    const before = commands.map(({ holder, commandId }) => this.resultOf(SHOWTIME, holder, commandId));
    try {
      const fenced = super.commit(writerId, batch);
      this.#record(`${writerId} commits batch ${batch.number}${fenced.length > 0 ? ', which is fenced' : ''}`);
      commands.forEach(({ holder, commandId }, i) => {
        const first = before[i];
        if (first && effectOf(first) !== effectOf(this.resultOf(SHOWTIME, holder, commandId)))
          this.#witness.violated(`${commandId} of ${holder} had a second effect`);
      });
      return fenced;
    } catch (error) {
      // A guard of the store is the last resort: nobody who keeps the rules comes so far.
      this.#witness.violated(`${writerId} was refused batch ${batch.number}: ${error}`);
      throw error;
    }
  }

  /** A letter a seat. */
  seats(): string {
    const { holds, sold, blocks } = this.peek(SHOWTIME);
    const letters = Array.from({ length: this.#seats }, (_, seat) =>
      blocks.has(seat) ? 'x' : sold.has(seat) ? 'b' : holds.has(seat) ? 'h' : '.',
    );
    return letters.join('');
  }

  #record(what: string): void {
    const { epoch, holds } = this.peek(SHOWTIME);
    const state = { epoch, seats: this.seats() };
    this.states.push(state);
    for (const [seat, { expiresAt }] of holds) this.held.push({ seat, expiresAt });
    this.#witness.says(`${what}: ${state.seats} of epoch ${state.epoch}`);
  }
}

/** The same for the same effect, however often it is asked for. */
function effectOf(result: CommandResult | undefined): unknown {
  return result?.command === 'book' && result.reply.ok && result.reply.type === 'booking'
    ? result.reply.booking.id
    : result;
}
