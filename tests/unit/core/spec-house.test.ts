/** What holds of a house whatever it is asked: looked at after every command of an evening in small. */
import { expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { Change } from '../../../src/core/change.js';
import type { Command } from '../../../src/core/command.js';
import { AVAILABLE, BLOCKED, BOOKED, HELD, type House } from '../../../src/core/house.js';
import type { Applied } from '../../../src/core/reply.js';
import { houseOf, mapOf, picture } from './halls.js';

const map = mapOf({ rows: ['..........', '..wc..pq..'], standing: { Floor: 3 } });
const hold = (holder: string, id: string, seats: string[], addTo?: string): Command => {
  const command = { type: 'hold', holder, seats, newHoldId: id } as const;
  return addTo === undefined ? command : { ...command, addTo };
};
const release = (holder: string, holdId: string, ...seats: string[]): Command => {
  const command = { type: 'release', holder, holdId } as const;
  return seats.length === 0 ? command : { ...command, seats };
};
const book = (holder: string, holdId: string, id: string): Command => {
  return {
    type: 'book',
    holder,
    holdId,
    price: { amount: 2000, currency: 'EUR' },
    newBookingId: id,
    newReference: `R-${id}`,
  };
};

/** Every command in every way that it goes, some of them refused; at so many milliseconds. */
const EVENING: readonly (readonly [at: number, command: Command])[] = [
  [0, hold('ann', 'a', ['A-1', 'A-2', 'Floor-2'])],
  [1, hold('bob', 'b', ['A-2', 'A-3'])],
  [2, hold('bob', 'b', ['B-3', 'B-4', 'B-7', 'B-8'])],
  [3, { type: 'best_available', holder: 'cid', count: 3, newHoldId: 'c' }],
  [4, hold('ann', '-', ['A-3'], 'a')],
  [5, hold('bob', '-', ['A-9'], 'a')],
  [6, { type: 'extend', holder: 'ann', holdId: 'a' }],
  [7, release('ann', 'a', 'A-1', 'A-1')],
  [8, release('bob', 'b', 'B-8')],
  [9, book('bob', 'b', 'sold')],
  [10, book('bob', 'b', 'again')],
  [11, { type: 'block', seats: ['A-10', 'Floor-1'], reason: 'camera' }],
  [12, { type: 'block', seats: ['A-9', 'B-3'], reason: 'camera' }],
  [13, { type: 'unblock', seats: ['A-10', 'A-9'] }],
  [14, { type: 'cancel', holder: 'ann', bookingId: 'sold', asStaff: false }],
  [15, hold('dan', 'd', ['B-1', 'B-2'])],
  [200, { type: 'expire' }],
  [201, release('ann', 'a')],
  [202, hold('eve', 'e', ['A-2', 'A-5', 'Floor-2'])],
  [203, { type: 'cancel', holder: 'staff', bookingId: 'sold', asStaff: true }],
  [204, { type: 'cancel', holder: 'bob', bookingId: 'sold', asStaff: false }],
  [205, release('eve', 'e')],
];

function evening(look: (house: House, applied: Applied, before: string) => void): void {
  const house = houseOf(map, { holdTtlMs: 100, singleGap: 'lenient' });
  for (const [at, command] of EVENING) {
    const before = picture(house);
    look(house, apply(house, command, at), before);
  }
}

it('[HOUSE-1] a seat is in one hold or one confirmed booking, or in none, and its status says which', () => {
  const seen = new Set<number>();
  evening((house) => {
    const held = [...house.holds.values()].flatMap(({ seats }) => seats);
    const sold = [...house.bookings.values()].flatMap(({ seats, status }) => (status === 'confirmed' ? seats : []));
    expect(new Set([...held, ...sold]).size).toBe(held.length + sold.length);
    house.status.forEach((status, seat) => {
      seen.add(status);
      expect([status === HELD, status === BOOKED]).toEqual([held.includes(seat), sold.includes(seat)]);
    });
  });
  expect([...seen].sort()).toEqual([AVAILABLE, HELD, BOOKED, BLOCKED]);
});

it('[HOUSE-2] what is refused leaves the house as it was, and what is not does not', () => {
  const answers: string[] = [];
  evening((house, { reply, changes }, before) => {
    answers.push(reply.ok ? 'ok' : reply.refusal.code);
    expect(changes.length > 0).toBe(reply.ok);
    expect(picture(house) === before).toBe(!reply.ok);
  });
  const codes = ['seats_unavailable', 'wrong_holder', 'unknown_hold', 'hold_expired', 'booking_cancelled'];
  expect(answers).toEqual(expect.arrayContaining(['ok', ...codes]));
});

it('[HOUSE-3] two houses that are asked the same at the same times say the same, to the byte', () => {
  const said = [0, 1].map(() => {
    const all: string[] = [];
    evening((house, applied) => void all.push(JSON.stringify(applied), picture(house)));
    return all;
  });
  expect(said[0]).toEqual(said[1]);
});

/** Which hold or booking a seat goes to with a change, or `blocked`; undefined where it becomes available. */
function ownerAfter(change: Change): string | undefined {
  if (change.type === 'hold_put') return change.hold.id;
  if (change.type === 'booked' || change.type === 'reseated') return change.booking.id;
  return change.type === 'blocked' ? 'blocked' : undefined;
}

function seatsOf(change: Change): readonly number[] {
  if ('booking' in change) return change.booking.seats;
  return change.type === 'hold_taken_away' ? change.hold.seats : change.seats;
}

it('[HOUSE-4] a copy that follows the changes alone is like the house after each of them', () => {
  const owners = new Map<number, string | undefined>();
  evening((house, { changes }) => {
    for (const change of changes) {
      if (change.type === 'reseated') for (const seat of change.freed) owners.set(seat, undefined);
      for (const seat of seatsOf(change)) owners.set(seat, ownerAfter(change));
    }
    house.status.forEach((status, seat) => {
      expect(owners.get(seat)).toBe(status === BLOCKED ? 'blocked' : house.ownerOf[seat]);
    });
  });
});
