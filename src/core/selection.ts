/**
 * From the labels of a command to seats. Each step returns a refusal or undefined, so that a command reads as its list
 * of rules, first failing rule first.
 */
import { AVAILABLE, BLOCKED, BOOKED, type Hold, type House } from './house.js';
import type { Refusal, SeatConflict } from './refusal.js';

/** The seats that the labels name, or every label that names none. An empty command names no seat either. */
export function findSeats(house: House, labels: readonly string[]): number[] | Refusal {
  const seats: number[] = [];
  const conflicts: SeatConflict[] = [];
  for (const label of labels) {
    const seat = house.map.indexOf.get(label);
    if (seat === undefined) conflicts.push({ seat: label, reason: 'unknown' });
    else seats.push(seat);
  }
  return conflicts.length > 0 || labels.length === 0 ? { code: 'unknown_seat', conflicts } : seats;
}

/** Marks the seats as the selection; refuses where one is named twice. */
export function selectOnce(house: House, seats: readonly number[]): Refusal | undefined {
  clearSelection(house);
  let conflicts: SeatConflict[] | undefined;
  for (const seat of seats) {
    if (isSelected(house, seat)) {
      conflicts ??= [];
      conflicts.push({ seat: labelOf(house, seat), reason: 'duplicate' });
    }
    select(house, seat);
  }
  return conflicts && { code: 'duplicate_seat', conflicts };
}

/** Names every seat that the hold has already: adding it again is a slip of the client, not a lost race. */
export function refuseOwn(house: House, seats: readonly number[], hold: Hold): Refusal | undefined {
  const conflicts: SeatConflict[] = [];
  for (const seat of seats) {
    if (house.ownerOf[seat] === hold.id) conflicts.push({ seat: labelOf(house, seat), reason: 'duplicate' });
  }
  return conflicts.length > 0 ? { code: 'duplicate_seat', conflicts } : undefined;
}

/** Names every seat that the hold or booking with this id does not have. */
export function refuseNotIn(house: House, seats: readonly number[], id: string): Refusal | undefined {
  const conflicts: SeatConflict[] = [];
  for (const seat of seats) {
    if (house.ownerOf[seat] !== id) conflicts.push({ seat: labelOf(house, seat), reason: 'not_in_hold' });
  }
  return conflicts.length > 0 ? { code: 'not_in_hold', conflicts } : undefined;
}

/** Names every seat that is not available, and what it is instead. */
export function refuseTaken(house: House, seats: readonly number[]): Refusal | undefined {
  let conflicts: SeatConflict[] | undefined;
  for (const seat of seats) {
    const status = house.status[seat];
    if (status === AVAILABLE) continue;
    const reason = status === BLOCKED ? 'blocked' : status === BOOKED ? 'booked' : 'held';
    conflicts ??= [];
    conflicts.push({ seat: labelOf(house, seat), reason });
  }
  return conflicts && { code: 'seats_unavailable', conflicts };
}

/** An empty selection, without touching the hall: what older stamps marked no longer counts. */
export function clearSelection({ map: { selection } }: House): void {
  if (selection.stamp === 0xffff_ffff) {
    selection.mark.fill(0);
    selection.stamp = 0;
  }
  selection.stamp++;
}

export function select({ map: { selection } }: House, seat: number): void {
  selection.mark[seat] = selection.stamp;
}

export function isSelected({ map: { selection } }: House, seat: number): boolean {
  return selection.mark[seat] === selection.stamp;
}

export function labelOf(house: House, seat: number): string {
  return house.map.data.seats.label[seat] ?? '';
}
