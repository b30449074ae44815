import { NONE, type SeatMap } from '../../core/seat-map.js';
import { type Conflict, wireError } from '../../protocol/errors.js';
import type { Edited } from '../catalogue/edit-parts.js';
import type { Order, OrderLine } from '../orders/order-port.js';

/**
 * What would be torn apart if only these seats of a booking stayed: half of a pair, a part of a table, a companion without its
 * wheelchair space. The house refuses that too; a return is decided before the house is asked, so it is looked at here first.
 */
function tornSeats(map: SeatMap, stay: readonly number[]): readonly Conflict[] {
  const has = new Set(stay);
  return stay.flatMap((seat): Conflict[] => {
    const label = map.data.seats.label[seat] ?? '';
    const mate = map.pairOf[seat] ?? NONE;
    const wheelchair = map.wheelchairOf[seat] ?? NONE;
    const table = map.data.tables?.[map.tableOf[seat] ?? NONE];
    if (mate !== NONE && !has.has(mate)) return [{ seat: label, reason: 'pair_split' }];
    if (table?.some((other) => !has.has(other))) return [{ seat: label, reason: 'table_split' }];
    if (wheelchair !== NONE && !has.has(wheelchair)) return [{ seat: label, reason: 'companion_alone' }];
    return [];
  });
}

/** By showtime. */
export type SeatMaps = ReadonlyMap<string, SeatMap>;
export interface NumberedLine {
  readonly line: number;
}

/** What stays sold of each booking once these lines are gone. */
export function partsOf(order: Order, lines: readonly NumberedLine[]) {
  const gone = new Set(lines.map(({ line }) => line));
  return order.bookings.map(({ number, showtimeId }) => {
    const sold = order.lines.filter((line) => line.booking === number && isSold(line));
    const stay = sold.filter(({ line }) => !gone.has(line));
    return { showtimeId, stay: stay.map(({ seatIndex }) => seatIndex), isPart: stay.length < sold.length };
  });
}

/** Seats that are sold together only are given back together only. Undefined: nothing is torn apart. */
export function refuseTorn(order: Order, lines: readonly NumberedLine[], maps: SeatMaps): Edited<never> | undefined {
  for (const { showtimeId, stay, isPart } of partsOf(order, lines)) {
    const map = isPart ? maps.get(showtimeId) : undefined;
    const conflicts = map ? tornSeats(map, stay) : [];
    if (conflicts.length === 0) continue;
    const message = `Seats that were sold together go back together: ${conflicts.map(({ seat }) => seat).join(', ')}.`;
    return { ok: false, error: wireError('seat_rule', message, { conflicts }) };
  }
  return undefined;
}

export function isSold({ state }: Pick<OrderLine, 'state'>): boolean {
  return state === 'sold';
}
