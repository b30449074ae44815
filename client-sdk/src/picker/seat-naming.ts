/** What seats, prices and areas are called, for ears and eyes. */
import type { Money } from '../../../src/protocol/money.js';
import type { SeatName, SeatState } from './messages.js';
import type { Plan } from './plan.js';

export interface CategoryPrice {
  readonly category: string;
  readonly price: Money;
}

const STATES: readonly SeatState[] = ['available', 'held', 'booked', 'blocked', 'mine', 'mineBooked', 'pending'];
const KINDS = ['ordinary', 'wheelchair', 'companion', 'pair'] as const;

/** The part of a label that is printed on the seat itself: `12` of `K-12` in row `K`, and of a bare `12`. */
export function seatNumber(label: string, row: string | undefined): string {
  if (row !== undefined && row !== '' && label.startsWith(row) && label.length > row.length) {
    return label.slice(row.length).replace(/^[\s\-–:/.]+/, '');
  }
  return label.slice(label.lastIndexOf('-') + 1);
}

export function nameOf(plan: Plan, seat: number, state: number, price: string | undefined): SeatName {
  const { seats, rows, zones } = plan.document;
  const label = seats.label[seat] ?? '';
  const row = rows[seats.row[seat] ?? -1];
  return {
    label,
    row: row?.label,
    number: seatNumber(label, row?.label),
    section: row && zones[row.zone]?.name,
    price,
    kind: KINDS[plan.kind[seat] ?? 0] ?? 'ordinary',
    state: STATES[state] ?? 'blocked',
  };
}
