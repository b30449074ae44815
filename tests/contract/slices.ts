import { randomUUID } from 'node:crypto';
import type { Allocation } from '../../src/core/allocations/allocation.js';
import type { Booking, Hold } from '../../src/core/house.js';
import type { SeatAct } from '../../src/core/seat-act.js';
import type { BookedWrite, Claim, CommandResult, Slice } from '../../src/runtime/journal-port.js';

type Parts = {
  readonly [Part in 'booked' | 'cancelled' | 'results' | 'firstAct' | 'acts']?: Slice[Part];
} & {
  readonly holds?: readonly (readonly [number, Hold | undefined])[];
  /** All of the seats of `holds` where it is left out. */
  readonly heldBefore?: readonly number[];
  readonly blocks?: readonly (readonly [number, string | undefined])[];
  readonly reseated?: readonly Booking[];
  readonly allocations?: readonly (readonly [number, Allocation | undefined])[];
};

export function slice(showtimeId: string, epoch: number, parts: Parts): Slice {
  const { holds = [], blocks = [], booked = [], cancelled = [], results = [], firstAct = 1, acts = [] } = parts;
  const reseated = new Map((parts.reseated ?? []).map((booking) => [booking.id, booking]));
  const heldBefore = new Set(parts.heldBefore ?? holds.map(([seat]) => seat));
  const changed = { holds: new Map(holds), heldBefore, blocks: new Map(blocks), booked, cancelled, reseated };
  const allocations = parts.allocations && { allocations: new Map(parts.allocations) };
  return { showtimeId, epoch, ...changed, ...allocations, results, firstAct, acts };
}

export function holdOf(holder: string, seats: readonly number[], more: Partial<Hold> = {}): Hold {
  const prices = seats.map((seat) => 1000 + seat);
  const expiresAt = Math.floor(Date.now()) + 600_000;
  return { id: randomUUID(), holder, seats, prices, expiresAt, extensions: 0, ...more };
}

/** The rows of a hold. */
export function held(hold: Hold): (readonly [number, Hold])[] {
  return hold.seats.map((seat) => [seat, hold] as const);
}

export function unheld(seats: readonly number[]): (readonly [number, undefined])[] {
  return seats.map((seat) => [seat, undefined] as const);
}

export function bookedBy(holder: string, seats: readonly number[], more: Partial<Booking> = {}): BookedWrite {
  const id = randomUUID();
  return {
    booking: {
      id,
      reference: id.slice(0, 13).toUpperCase(),
      holder,
      holdId: randomUUID(),
      seats,
      price: { amount: 1250 * seats.length, currency: 'EUR' },
      status: 'confirmed',
      ...more,
    },
    commandId: randomUUID(),
    paymentMethod: 'test',
  };
}

export function resultOf(hold: Hold): CommandResult {
  return {
    holder: hold.holder,
    commandId: randomUUID(),
    command: 'hold',
    reply: { ok: true, type: 'hold', hold },
  };
}

/** A claim without what differs each time: in the order of ids, seats in their order. */
export function sorted(claim: Pick<Claim, 'state' | 'results'>) {
  const { holds, bookings, blocked, allocations = [] } = claim.state;
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  const byCommand = (a: CommandResult, b: CommandResult) => (a.commandId < b.commandId ? -1 : 1);
  return {
    holds: [...holds].sort(byId),
    bookings: [...bookings].sort(byId),
    blocked: [...blocked].sort((a, b) => a - b),
    ...(allocations.length > 0 ? { allocations: [...allocations].sort(([a], [b]) => a - b) } : {}),
    results: [...claim.results].sort(byCommand),
  };
}

/** What a claim knows of these commands, in their order. */
export async function recalled(
  { recorded }: Claim,
  commands: readonly Pick<CommandResult, 'holder' | 'commandId'>[],
): Promise<(CommandResult | undefined)[]> {
  return await Promise.all(
    commands.map(({ holder, commandId }) =>
      recorded.has(commandId) ? recorded.recall(holder, commandId) : Promise.resolve(undefined),
    ),
  );
}

/** The booking after it was moved. */
export function moved({ booking }: BookedWrite, seats: readonly number[]): Booking {
  return { ...booking, seats, firstSeats: booking.seats };
}

export function actOf(act: SeatAct['act'], seats: readonly number[], more: Partial<SeatAct> = {}): SeatAct {
  return { act, at: 1_760_000_000_000, seats, ...more };
}
