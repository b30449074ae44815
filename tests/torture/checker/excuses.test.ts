import { describe, expect, test } from 'vitest';
import { CHECK_BOUNDS, checkHistory } from './check-history.js';
import { compareWithPostgres } from './compare-with-postgres.js';
import { HandMade, stored } from './hand-made.js';
import type { SeatThen } from './history.js';

const FREE: SeatThen = { kind: 'free' };
const rules = ({ lines }: HandMade) => checkHistory(lines).violations.map(({ rule }) => rule);

/** Seat 1 is booked by b1, of which the standby knows nothing that is promoted at 1010. */
const bookedAndLost = () => new HandMade().hold('a', [100, 110], 'h1', ['1']).book('a', [120, 130], 'h1', 'b1', ['1']);
const LOST = ['c-h1', 'c-b1'];
const soldAgain = (history: HandMade) =>
  history.hold('b', [2_000, 2_010], 'h2', ['1']).book('b', [2_020, 2_030], 'h2', 'b2', ['1']);

/** What Postgres holds of `soldAgain`. */
const again = stored(3_000, {
  bookings: [{ id: 'b2', commandId: 'c-b2', holdId: 'h2', seats: [0], status: 'confirmed' }],
  sold: [[0, 'b2']],
  results: [{ commandId: 'c-h2', command: 'hold', holdId: 'h2', seats: [0] }],
});
const differences = ({ lines }: HandMade) => compareWithPostgres(lines, again, CHECK_BOUNDS.toleranceMs);

describe('what a promoted standby lacks', () => {
  test('is excused where the owner died before it could write it again', () => {
    for (const at of [500, 1_000, 5_000]) {
      const history = soldAgain(
        bookedAndLost()
          .ends(at)
          .promoted([1_000, 1_010], LOST, [[0, FREE]]),
      );
      expect([rules(history), differences(history)]).toEqual([[], []]);
    }
  });

  test('is not where the owner lives, or another node died', () => {
    for (const history of [bookedAndLost(), bookedAndLost().ends(500, 'other')]) {
      soldAgain(history.promoted([1_000, 1_010], LOST, [[0, FREE]]));
      expect(rules(history)).toEqual(['one seat, one order']);
      expect(differences(history)).toHaveLength(3);
    }
  });

  test('is not where the owner died long after, or had ended before it claimed the showtime', () => {
    for (const at of [-1, 12_000]) {
      const history = soldAgain(
        bookedAndLost()
          .ends(at)
          .promoted([1_000, 1_010], LOST, [[0, FREE]]),
      );
      expect(rules(history)).toEqual(['one seat, one order']);
    }
  });

  describe('of an owner that gave the showtime away and ended', () => {
    const LOST_RELEASE = ['c-h1', 'c-release-h1'];
    const held = () => new HandMade().hold('a', [100, 110], 'h1', ['1']).release('a', [120, 130], 'h1', ['1']);
    const handedOver = (history: HandMade, claimedAt: number) =>
      history.promoted([1_000, 1_010], LOST_RELEASE, [[0, FREE]], false, [2, 1], claimedAt);
    const differencesOf = (history: HandMade, results = stored(3_000)) =>
      compareWithPostgres(history.lines, results, CHECK_BOUNDS.toleranceMs);

    test('may be off the record: the next owner knows the house, and no outcomes', () => {
      expect(differencesOf(handedOver(held().ends(500, 'other'), 200))).toEqual([]);
    });

    test('must be on it where that owner lives, or where it was written by the next', () => {
      expect(differencesOf(handedOver(held(), 200))).toHaveLength(2);
      expect(differencesOf(handedOver(held().ends(90, 'other'), 200))).toHaveLength(2);
      expect(differencesOf(handedOver(held().ends(500, 'other'), 115))).toHaveLength(1);
    });

    test('must have its effect all the same', () => {
      const stillHeld = { id: 'h1', seats: [0], expiresAt: 0 };
      const released = handedOver(held().ends(500, 'other'), 200);
      expect(differencesOf(released, stored(3_000, { holds: [stillHeld] }))).not.toEqual([]);
    });
  });

  test('is never where commits had to be on the standby', () => {
    const history = soldAgain(
      bookedAndLost()
        .ends(500)
        .promoted([1_000, 1_010], LOST, [[0, FREE]], true),
    );
    expect(rules(history)).toEqual(['one seat, one order']);
    expect(differences(history)).not.toEqual([]);
  });

  test('excuses nothing else: neither other seats, nor what was done later, nor a change long after', () => {
    const otherSeat = bookedAndLost()
      .ends(500)
      .promoted([1_000, 1_010], ['another'], [[1, FREE]]);
    const later = new HandMade()
      .ends(500)
      .promoted([1_000, 1_010], [], [[0, FREE]])
      .hold('a', [100_000, 100_010], 'h1', ['1'])
      .book('a', [100_020, 100_030], 'h1', 'b1', ['1'])
      .hold('b', [100_040, 100_050], 'h2', ['1']);
    expect(rules(soldAgain(otherSeat))).toEqual(['one seat, one order']);
    expect(rules(later)).toEqual(['one seat, one order']);
  });

  test('brings back what had been given up', () => {
    const history = new HandMade()
      .hold('a', [100, 110], 'h1', ['1'])
      .release('a', [200, 210], 'h1', ['1'])
      .hold('b', [220, 230], 'h2', ['1'])
      .ends(500)
      .promoted([1_000, 1_010], ['c-release-h1', 'c-h2'], [[0, { kind: 'held', hold: 'h1', until: 1_000_060_110 }]])
      .refusedHold('c', [2_000, 2_010], '1', 'held')
      .book('a', [2_020, 2_030], 'h1', 'b1', ['1']);
    expect(rules(history)).toEqual([]);
  });

  test('may be of seats that look the same: taken and given back, which its sender was never told', () => {
    const history = (commands: readonly string[]) =>
      new HandMade()
        .hold('a', [100, 110], 'h1', ['1'])
        .command(
          'a',
          'c-release',
          [200, 2_000],
          { f: 'release', holdId: 'h1' },
          { phase: 'fail', error: 'unknown_hold' },
        )
        .hold('b', [220, 230], 'h2', ['1'])
        .release('b', [240, 250], 'h2', ['1'])
        .ends(500)
        .promoted([1_000, 1_010], commands, []);
    expect(rules(history(['c-h1', 'c-release', 'c-h2', 'c-release-h2']))).toEqual([]);
    expect(rules(history([]))).toEqual(['one seat, one order']);
  });

  test('may have been published under an epoch whose number comes again', () => {
    const twice = (ends: boolean) => {
      const history = new HandMade().hold('a', [100, 110], 'h1', ['1']).sees([2, 5], 150, 'h...');
      if (ends) history.ends(500);
      return history.promoted([1_000, 1_010], ['c-h1'], [[0, FREE]], false, [2, 1]).sees([2, 5], 3_000, '....');
    };
    expect(rules(twice(true))).toEqual([]);
    expect(rules(twice(false))).toContain('everyone sees one house');
  });
});

describe('what a node reports as lost', () => {
  test('may be sold again, though the owner lives', () => {
    const history = bookedAndLost().promoted([1_000, 1_010], LOST, [[0, FREE]]);
    soldAgain(history).reported(2_500, 'booking', 'b1', 0).reported(2_500, 'hold', 'h1', 0);
    expect([rules(history), differences(history)]).toEqual([[], []]);
  });

  test('is unknown from then on', () => {
    const cancel = (history: HandMade) =>
      history.command(
        'a',
        'c-cancel',
        [2_000, 2_010],
        { f: 'cancel', bookingId: 'b1' },
        { phase: 'fail', error: 'unknown_booking' },
      );
    const lost = bookedAndLost().promoted([1_000, 1_010], LOST, [[0, FREE]]);
    expect(rules(cancel(lost))).toContain('refusals make sense');
    expect(rules(lost.reported(2_500, 'booking', 'b1', 0))).toEqual([]);
  });

  test('a cancellation that is lost brings the booking back', () => {
    const history = bookedAndLost()
      .cancel('a', [200, 210], 'b1', ['1'])
      .promoted([1_000, 1_010], ['c-cancel-b1'], [[0, { kind: 'booked', booking: 'b1' }]])
      .refusedHold('c', [2_000, 2_010], '1', 'booked');
    expect(rules(history)).toEqual(['one seat, one order']);
    expect(rules(history.reported(2_500, 'cancellation', 'b1', 0))).toEqual([]);
  });

  test('must have been lost by a promotion', () => {
    expect(rules(bookedAndLost().reported(2_500, 'booking', 'b1', 0))).toEqual(['only what was lost is reported lost']);
    const other = bookedAndLost().promoted([1_000, 1_010], ['c-another'], []);
    expect(rules(other.reported(2_500, 'booking', 'b1', 0))).toEqual(['only what was lost is reported lost']);
  });
});
