import { beforeEach, describe, expect, it } from 'vitest';
import { Witness } from '../../bench/rush/witness.js';
import type { BookingView, HoldView } from '../../src/protocol/server-messages.js';

const price = { amount: 1, currency: 'EUR' };
const hold = (seats: readonly string[], expiresAt = 60_000): HoldView => ({
  id: 'hold-1',
  seats,
  expiresAt,
  extensionsLeft: 1,
  price,
});
const booking: BookingView = { id: 'booking-1', reference: 'R', status: 'confirmed', seats: ['A-1', 'A-2'], price };
const NOW = 10_000;

describe('a witness', () => {
  let witness: Witness;
  beforeEach(() => {
    witness = new Witness();
    witness.held(hold(['A-1', 'A-2']));
  });

  it('finds a hold forgotten that a snapshot leaves out or has otherwise', () => {
    expect(witness.check([hold(['A-2', 'A-1'])], [], NOW)).toBe(0);
    expect(witness.check([], [], NOW)).toBe(1);
    expect(witness.check([hold(['A-1'])], [], NOW)).toBe(1);
  });

  it('expects nothing of a hold that is over, running out, or with a command under way', () => {
    expect(witness.check([], [], 59_500)).toBe(0);
    witness.doubt('hold-1');
    expect(witness.check([], [], NOW)).toBe(0);
    witness.trust('hold-1');
    expect(witness.check([], [], NOW)).toBe(1);
    witness.ended('hold-1');
    expect(witness.check([], [], NOW)).toBe(0);
  });

  it('claims live holds and bookings, and no hold in doubt', () => {
    expect(witness.claims('me').holds).toEqual([
      { holdId: 'hold-1', holder: 'me', seats: ['A-1', 'A-2'], expiresAt: 60_000 },
    ]);
    witness.doubt('hold-1');
    expect(witness.claims('me').holds).toEqual([]);
    witness.booked('hold-1', booking);
    expect(witness.claims('me')).toEqual({
      holds: [],
      bookings: [{ bookingId: 'booking-1', reference: 'R', holder: 'me', seats: ['A-1', 'A-2'] }],
      deniedHolds: [],
      answeredHolders: ['me'],
    });
    witness.refusedToBook('hold-2');
    expect(witness.claims('me').deniedHolds).toEqual(['hold-2']);
  });

  it('does not say that it knows all its holds while one is in doubt or a command was never answered', () => {
    witness.doubt('hold-1');
    expect(witness.claims('me').answeredHolders).toEqual([]);
    witness.trust('hold-1');
    expect(witness.claims('me').answeredHolders).toEqual(['me']);
    witness.unanswered();
    expect(witness.claims('me').answeredHolders).toEqual([]);
  });

  it('finds a booking forgotten', () => {
    witness.booked('hold-1', booking);
    expect(witness.check([], [booking], NOW)).toBe(0);
    expect(witness.check([], [], NOW)).toBe(1);
  });
});
