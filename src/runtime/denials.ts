import type { Command } from '../core/command.js';
import { BOOKED, type House } from '../core/house.js';
import type { Refusal } from '../core/refusal.js';
import type { Reply } from '../core/reply.js';
import type { Submission } from './outcome.js';

/** Whether a refusal speaks of what its sender has; `look` where its code alone does not tell. */
type Speaks = boolean | 'look';

/**
 * By code. A later owner may have acknowledged a hold, an extension, a release or a booking of which an overtaken one does
 * not know: a refusal that contradicts it is false, and its client would forget what it has. What concerns the message,
 * the plan, the terms or other holders is at worst slightly out of date, as every map of free seats is.
 */
const SPEAKS_OF_OWN: Readonly<Record<Refusal['code'], Speaks>> = {
  // Of holds and bookings by their ids, and of the holder's counts.
  unknown_hold: true,
  hold_expired: true,
  not_in_hold: true,
  too_many_extensions: true,
  too_many_holds: true,
  too_many_held: true,
  too_many_bookings: true,
  unknown_booking: true,
  booking_cancelled: true,
  // It may have left its order.
  hold_in_order: true,
  // Seats may have joined the hold, and their prices with them.
  price_changed: true,
  // Seats that the message names twice, or that the hold has already.
  duplicate_seat: 'look',
  too_many_seats: 'look',
  seats_unavailable: 'look',
  seat_rule: 'look',
  // Counted together with those that the hold has.
  ticket_type_limit: 'look',
  // The plan is the same at every owner, and terms are a little old at worst; a hold never changes its holder.
  unknown_seat: false,
  unknown_category: false,
  unknown_zone: false,
  unknown_ticket_type: false,
  sales_closed: false,
  channel_closed: false,
  allocation_over: false,
  // Of what this owner itself saw.
  held_too_long: false,
  wrong_holder: false,
  // A booking never changes its order.
  booking_in_order: false,
  // Which seats a booking has may change, but never how many.
  wrong_seat_count: false,
  none_available: false,
};

/**
 * A refusal rests on no write, unless a later owner may have carried out this very command, or acknowledged what the
 * refusal denies its sender: then it rests on still being the owner.
 */
export function isDoubted(reply: Reply, { again, command }: Submission, house: House, holder: string): boolean {
  if (reply.ok) return false;
  if (again) return true;
  const { refusal } = reply;
  const speaks = SPEAKS_OF_OWN[refusal.code];
  return speaks === 'look' ? looksAtOwn(refusal, command, house, holder) : speaks;
}

function looksAtOwn(refusal: Refusal, command: Command, house: House, holder: string): boolean {
  // Named or counted together with what the hold has.
  // The booking may have other seats by now.
  if (command.type === 'reseat') return true;
  if (command.type === 'hold' && command.addTo !== undefined) return true;
  if (command.type === 'retype') return true;
  if (command.type === 'release' && refusal.code === 'seat_rule') return true;
  if (!('conflicts' in refusal)) return false;
  // Whose seats they would be, where staff ask for somebody.
  const of = 'holder' in command ? command.holder : holder;
  for (const { seat, reason } of refusal.conflicts) {
    // Its wheelchair space may be booked by the same holder.
    if (reason === 'companion_alone') return true;
    if ((reason === 'held' || reason === 'booked') && isOf(of, house.map.indexOf.get(seat), house)) return true;
  }
  return false;
}

/** Whether the seat is in a hold or booking of this holder, as this owner knows it. */
function isOf(holder: string, seat: number | undefined, house: House): boolean {
  const id = seat === undefined ? undefined : house.ownerOf[seat];
  if (seat === undefined || id === undefined) return false;
  const owner = house.status[seat] === BOOKED ? house.bookings.get(id) : house.holds.get(id);
  return owner?.holder === holder;
}
