import { describe, expect, it } from 'vitest';
import { arc, line, row, rowLetter } from '../../../src/boxoffice/demo/plan-row.js';

const straight = (pattern: string) => row({ label: 'A', pattern, path: line({ x: 0, y: 0 }), category: 'Any' });

describe('a row pattern', () => {
  it('numbers seats from the left, across aisles, centred on the path', () => {
    const { seats } = straight('2 | 2');
    expect(seats.map((seat) => seat.seat_number)).toEqual(['1', '2', '3', '4']);
    expect(seats.map((seat) => seat.position.x)).toEqual([-78, -48, 48, 78]);
  });

  it('gives each companion the space beside it', () => {
    const { seats } = straight('w c c w');
    expect(seats.map((seat) => seat.usher)).toEqual([
      { wheelchair: true },
      { companion_of: 'A-1' },
      { companion_of: 'A-4' },
      { wheelchair: true },
    ]);
  });

  it('joins the seats of a pair to each other and to no other', () => {
    const { seats } = straight('p p');
    expect(seats.map((seat) => seat.usher)).toEqual([
      { pair_with: 'A-2' },
      { pair_with: 'A-1' },
      { pair_with: 'A-4' },
      { pair_with: 'A-3' },
    ]);
    const [a, b, c] = seats.map((seat) => seat.position.x) as [number, number, number];
    expect(c - b).toBeGreaterThan(b - a);
  });

  it('refuses a word that it does not know', () => {
    expect(() => straight('2 x')).toThrow('"x" is no word');
  });
});

describe('paths', () => {
  it('keep seats on an arc at equal distance from its centre, the middle furthest down', () => {
    const { seats } = row({ label: 'A', pattern: '21', path: arc({ x: 500, y: 0 }, 400), category: 'Any' });
    for (const { position } of seats) expect(Math.hypot(position.x - 500, position.y)).toBeCloseTo(400, -0.5);
    expect(seats[10]!.position).toEqual({ x: 500, y: 400 });
    expect(seats[0]!.position.x).toBeLessThan(500);
    expect(seats[0]!.position.y).toBeLessThan(400);
  });

  it('turn counter-clockwise: a quarter turn heads up the page', () => {
    expect(line({ x: 10, y: 10 }, Math.PI / 2)(5).y).toBeCloseTo(5);
  });
});

describe('row letters', () => {
  it('leave out I and O, and double after Z', () => {
    expect([7, 8, 12, 13, 23, 24].map(rowLetter)).toEqual(['H', 'J', 'N', 'P', 'Z', 'AA']);
  });
});
