import { BOOKED, type Hold, type House } from '../house.js';
import type { SeatConflict } from '../refusal.js';
import { NONE } from '../seat-map.js';
import { isSelected, labelOf } from '../selection.js';

/**
 * Halves of a pair are sold both or neither, also where the other half is taken or blocked: nobody wants half a sofa
 * beside a stranger. A table that is sold whole is sold with all its seats or none. A companion seat goes with its wheelchair space: in the same selection, in the hold that it joins,
 * or booked by the same holder before. (In another hold is not enough: that hold may end first.)
 */
export function findLoneHalves(
  house: House,
  seats: readonly number[],
  holder: string,
  old: Hold | undefined,
): SeatConflict[] | undefined {
  const { map } = house;
  let conflicts: SeatConflict[] | undefined;
  for (const seat of seats) {
    if (map.isOrdinary[seat] === 1) continue;
    const mate = map.pairOf[seat] ?? NONE;
    const wheelchair = map.wheelchairOf[seat] ?? NONE;
    const table = map.tableOf[seat] ?? NONE;
    if (mate !== NONE && !isSelected(house, mate)) {
      conflicts ??= [];
      conflicts.push({ seat: labelOf(house, seat), reason: 'pair_split' });
    } else if (table !== NONE && map.data.tables?.[table]?.every((other) => isSelected(house, other)) !== true) {
      conflicts ??= [];
      conflicts.push({ seat: labelOf(house, seat), reason: 'table_split' });
    } else if (wheelchair !== NONE && !isSelected(house, wheelchair) && !isOwn(house, wheelchair, holder, old)) {
      conflicts ??= [];
      conflicts.push({ seat: labelOf(house, seat), reason: 'companion_alone' });
    }
  }
  return conflicts;
}

function isOwn(house: House, seat: number, holder: string, old: Hold | undefined): boolean {
  const owner = house.ownerOf[seat];
  if (owner === undefined) return false;
  return house.status[seat] === BOOKED ? house.bookings.get(owner)?.holder === holder : owner === old?.id;
}
