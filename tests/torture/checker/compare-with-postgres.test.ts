import { describe, expect, test } from 'vitest';
import { compareWithPostgres, type Stored } from './compare-with-postgres.js';
import { HandMade, stored, TTL_MS, WALL_AT_ZERO_MS } from './hand-made.js';

const NOW = 1_000;
const expiresAt = WALL_AT_ZERO_MS + 10 + TTL_MS;
const heldOne = { id: 'h1', seats: [0], expiresAt };
const resultOfOne = { commandId: 'c-h1', command: 'hold', holdId: 'h1', seats: [0] };
const booking = { id: 'b2', commandId: 'c-b2', holdId: 'h2', seats: [1], status: 'confirmed' } as const;
const resultOfTwo = { commandId: 'c-h2', command: 'hold', holdId: 'h2', seats: [1] };

/** One holds seat 1, another has booked seat 2. */
const told = () =>
  new HandMade().hold('a', [0, 10], 'h1', ['1']).hold('b', [0, 10], 'h2', ['2']).book('b', [20, 30], 'h2', 'b2', ['2']);
const right = {
  holds: [heldOne],
  bookings: [booking],
  sold: [[1, 'b2']] as const,
  results: [resultOfOne, resultOfTwo],
};
const differences = (history: HandMade, of: Partial<Stored['showtimes'][number]>) =>
  compareWithPostgres(history.lines, stored(NOW, of), 100);

describe('Postgres against what was told', () => {
  test('is right where it holds exactly that', () => {
    expect(differences(told(), right)).toEqual([]);
  });

  test.each([
    [
      'an acknowledged booking is lost',
      { bookings: [], sold: [] },
      'booking b2 of seats 2 was acknowledged, and is lost',
    ],
    ['an acknowledged hold is lost', { holds: [] }, 'hold h1 of seats 1 was acknowledged and lives, and is lost'],
    ['a hold has lost a seat', { holds: [{ ...heldOne, seats: [0, 2] }] }, 'hold h1 has seats 1 3'],
    ['a hold ends at another time', { holds: [{ ...heldOne, expiresAt: expiresAt + 50 }] }, 'was told to end at'],
    [
      'a hold is of nobody',
      { holds: [heldOne, { ...heldOne, id: 'h9', seats: [3] }] },
      'h9 is there, and nobody was told',
    ],
    [
      'a booked hold lives on',
      { holds: [heldOne, { ...heldOne, id: 'h2', seats: [3] }] },
      'h2 is there, and was released',
    ],
    ['a hold outlives its end', { holds: [{ ...heldOne, expiresAt: WALL_AT_ZERO_MS }] }, 'long after its end'],
    ['a booking is of other seats', { bookings: [{ ...booking, seats: [2] }] }, 'booking b2 is of seats 3'],
    [
      'a booking is cancelled by nobody',
      { bookings: [{ ...booking, status: 'cancelled' as const }] },
      'b2 is cancelled',
    ],
    [
      'a seat is sold that no booking has',
      {
        sold: [
          [1, 'b2'],
          [2, 'b2'],
        ] as const,
      },
      'seat 3: bookings say undefined',
    ],
    ['a sold seat is held', { holds: [heldOne, { ...heldOne, id: 'h9', seats: [1] }] }, 'seat 2 is sold and held'],
    [
      'an answer has no record',
      { results: [resultOfOne] },
      'c-h2 (b hold_many) was answered with ok, and there is no record',
    ],
    ['a record is of another hold', { results: [resultOfOne, { ...resultOfTwo, holdId: 'h9' }] }, 'another outcome'],
    ['one command took effect twice', { results: [...right.results, resultOfOne] }, 'c-h1 (hold) took effect twice'],
    [
      'an effect is of nobody',
      { results: [...right.results, { commandId: 'x', command: 'hold' }] },
      'nobody asked for it',
    ],
  ])('tells that %s', (_, change, text) => {
    expect(differences(told(), { ...right, ...change }).join('\n')).toContain(text);
  });

  test('tells of a seat that two bookings have', () => {
    const twice = [booking, { ...booking, id: 'b3', commandId: 'c-b3' }];
    expect(differences(told(), { ...right, bookings: twice }).join('\n')).toContain(
      'seat 2 is sold twice, by b2 and b3',
    );
  });

  test('tells of a refused command that took effect', () => {
    const history = told().command(
      'c',
      'no',
      [40, 50],
      { f: 'hold', seats: ['3'] },
      { phase: 'fail', error: 'seats_unavailable' },
    );
    const results = [...right.results, { commandId: 'no', command: 'hold', holdId: 'h3', seats: [2] }];
    const holds = [heldOne, { id: 'h3', seats: [2], expiresAt }];
    expect(differences(history, { ...right, results, holds }).join('\n')).toContain(
      'no (c hold) took effect, and was refused',
    );
  });

  test('takes an unknown command either way', () => {
    const history = told().unknownHold('c', 40, 'perhaps', ['3']);
    const results = [...right.results, { commandId: 'perhaps', command: 'hold', holdId: 'h3', seats: [2] }];
    const holds = [heldOne, { id: 'h3', seats: [2], expiresAt }];
    expect(differences(history, right)).toEqual([]);
    expect(differences(history, { ...right, results, holds })).toEqual([]);
  });

  test('knows what is left of a hold, and that its time may have come', () => {
    const rest = new HandMade()
      .hold('a', [0, 10], 'h1', ['1', '2'])
      .command(
        'a',
        'part',
        [20, 30],
        { f: 'release', holdId: 'h1', seats: ['1'] },
        { phase: 'ok', seats: ['1'], rest: ['2'] },
      );
    const records = [
      { ...resultOfOne, seats: [0, 1] },
      { commandId: 'part', command: 'release', seats: [0] },
    ];
    expect(differences(rest, { holds: [{ id: 'h1', seats: [1], expiresAt }], results: records })).toEqual([]);
    const later = stored(TTL_MS + 50, { results: records });
    expect(compareWithPostgres(rest.lines, later, 100)).toEqual([]);
  });
});
