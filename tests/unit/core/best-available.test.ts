import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import type { SeatMap } from '../../../src/core/seat-map.js';
import { houseOf, labels, mapOf, seat, type ZonePicture } from './halls.js';

interface Wish {
  readonly category?: string;
  readonly zone?: string;
  readonly accessible?: boolean;
  readonly holder?: string;
}

let next = 0;
function best(house: House, count: number, wish: Wish = {}): [quality: string, ...seats: string[]] {
  const command = { type: 'best_available', holder: 'me', count, newHoldId: `best-${next++}`, ...wish } as const;
  const { reply } = apply(house, command, 0);
  assertHouse(house);
  if (!reply.ok) return [reply.refusal.code];
  if (reply.type !== 'hold') throw new Error(reply.type);
  return [reply.quality ?? 'no quality', ...labels(house.map, reply.hold.seats)];
}

/** A hall as in `mapOf`, where `o` is a blocked seat. */
function hall(pictures: readonly string[], rules: Partial<HouseRules> = {}, ...more: ZonePicture[]): House {
  const map = mapOf(
    pictures.map((row) => row.replaceAll('o', '.')),
    ...more,
  );
  return houseOf(map, { holdsPerHolder: 50, ...rules }, { blocked: blockedOf(map, pictures) });
}

function blockedOf(map: SeatMap, pictures: readonly string[]): number[] {
  return pictures.flatMap((row, r) =>
    [...row.replaceAll('_', '')].flatMap((kind, i) =>
      kind === 'o' ? [seat(map, `${String.fromCharCode(65 + r)}-${i + 1}`)] : [],
    ),
  );
}

describe('best available', () => {
  it('[BEST-3] centres the party in front of the focal point', () => {
    expect(best(hall(['.........', '.........']), 3)).toEqual(['adjacent', 'A-4', 'A-5', 'A-6']);
  });

  it('[BEST-4] goes aside, or back, rather than leave a lone seat', () => {
    expect(best(hall(['...o...']), 2)).toEqual(['adjacent_leaves_gap', 'A-2', 'A-3']);
    expect(best(hall(['....o....']), 2)).toEqual(['adjacent', 'A-3', 'A-4']);
    expect(best(hall(['...o...', '..ooo..']), 2)).toEqual(['adjacent', 'B-1', 'B-2']);
  });

  it('[BEST-4] lets a gap be at a wall where the house is lenient', () => {
    expect(best(hall(['...o...']), 2, {})[0]).toBe('adjacent_leaves_gap');
    expect(best(hall(['...o...'], { singleGap: 'lenient' }), 2)).toEqual(['adjacent', 'A-2', 'A-3']);
  });

  it('[BEST-4] is not refused the gap that it could not avoid', () => {
    expect(best(hall(['ooo.ooo', '...o...'], { singleGap: 'strict' }), 2)[0]).toBe('adjacent_leaves_gap');
  });

  it('[BEST-2] crosses an aisle before it leaves the row', () => {
    expect(best(hall(['oo.._..oo']), 4)).toEqual(['same_row', 'A-3', 'A-4', 'A-5', 'A-6']);
  });

  it('[BEST-2] fills neighbouring rows before it scatters', () => {
    expect(best(hall(['oo..oo', 'oo..oo']), 4)).toEqual(['nearby', 'A-3', 'A-4', 'B-3', 'B-4']);
    expect(best(hall([`.${'o'.repeat(30)}.`]), 2)).toEqual(['scattered', 'A-1', 'A-32']);
  });

  it('fills a zone to its last seat before it scatters', () => {
    expect(best(hall(Array(10).fill('..........'), { seatsPerHold: 100 }), 100)[0]).toBe('nearby');
  });

  it('[BEST-5] keeps to the category and the zone', () => {
    const balcony = { name: 'Balcony', firstRow: 'X', category: 'Gold', rows: ['....'] };
    const house = hall(['....'], {}, balcony);
    expect(best(house, 2, { category: 'Gold' })[1]).toMatch(/^X-/);
    expect(best(house, 2, { zone: 'Balcony' })[1]).toMatch(/^X-/);
    expect(best(house, 1, { zone: 'Balcony', category: 'Standard' })).toEqual(['none_available']);
    expect(best(house, 2)).toEqual(['adjacent', 'A-1', 'A-2']);
  });

  it('[BEST-6] cuts no pair', () => {
    expect(best(hall(['pqpqpq']), 2)).toEqual(['adjacent', 'A-3', 'A-4']);
    expect(best(hall(['pqpqpq']), 3)).toEqual(['none_available']);
    expect(best(hall(['pqpq.']), 3)).toEqual(['adjacent', 'A-3', 'A-4', 'A-5']);
    expect(best(hall(['.oooooooooooooooopq']), 3)).toEqual(['scattered', 'A-1', 'A-18', 'A-19']);
    expect(best(hall(['.oooooooooooooooopq']), 2)).toEqual(['adjacent', 'A-18', 'A-19']);
  });

  it('[BEST-6] keeps its distance to other parties', () => {
    const house = hall(['.........'], { distancing: 2 });
    expect(best(house, 2, { holder: 'you' })).toEqual(['adjacent', 'A-4', 'A-5']);
    expect(best(house, 2)).toEqual(['adjacent', 'A-8', 'A-9']);
    expect(best(house, 1, { holder: 'he' })).toEqual(['adjacent', 'A-1']);
    expect(best(house, 1, { holder: 'she' })).toEqual(['none_available']);
  });

  it('[BEST-9] sells places of a standing area together, and seats before them', () => {
    const house = hall(['..'], {}, { name: 'Pit', category: 'Pit', rows: [], standing: { Floor: 3 } });
    expect(best(house, 2, { category: 'Pit' })).toEqual(['adjacent', 'Floor-1', 'Floor-2']);
    expect(best(house, 1)[1]).toMatch(/^A-/);
    expect(best(house, 2)).toEqual(['scattered', 'A-2', 'Floor-3']);
    expect(best(house, 1)).toEqual(['none_available']);
  });

  it('finds places between others in a standing area', () => {
    const house = hall(['.'], {}, { name: 'Pit', rows: [], standing: { Floor: 4 } });
    apply(house, { type: 'block', seats: ['Floor-1', 'Floor-3'], reason: '' }, 0);
    expect(best(house, 2, { zone: 'Pit' })).toEqual(['adjacent', 'Floor-2', 'Floor-4']);
  });
});

describe('accessible seats', () => {
  it('[BEST-7] are kept for those who need them until nothing else is left', () => {
    const house = hall(['.wc.', 'oooo']);
    expect(best(house, 2)).toEqual(['nearby', 'A-1', 'A-4']);
    expect(best(house, 2)).toEqual(['adjacent', 'A-2', 'A-3']);
    const lone = hall(['cw']);
    apply(lone, { type: 'block', seats: ['A-2'], reason: '' }, 0);
    expect(best(lone, 1)).toEqual(['none_available']);
  });

  it('[BEST-8] are one wheelchair space with its companions, then the seats beside it', () => {
    const wish = { accessible: true };
    expect(best(hall(['...wcw..']), 1, wish)).toEqual(['adjacent', 'A-4']);
    expect(best(hall(['..wc.....w...']), 2, wish)).toEqual(['adjacent', 'A-3', 'A-4']);
    expect(best(hall(['.w.']), 2, wish)).toEqual(['adjacent_leaves_gap', 'A-1', 'A-2']);
    expect(best(hall(['...w...']), 3, wish)).toEqual(['adjacent', 'A-3', 'A-4', 'A-5']);
    expect(best(hall(['.._w_..']), 3, wish)).toEqual(['same_row', 'A-2', 'A-3', 'A-4']);
    expect(best(hall(['oowoo', 'o...o']), 3, wish)).toEqual(['nearby', 'A-3', 'B-3', 'B-2']);
    expect(best(hall([`w${'o'.repeat(40)}.`]), 2, wish)).toEqual(['scattered', 'A-1', 'A-42']);
  });

  it('[BEST-8] take companions that stand elsewhere, and never a second wheelchair space', () => {
    const wish = { accessible: true };
    expect(best(hall(['w____c..']), 2, wish)).toEqual(['same_row', 'A-1', 'A-2']);
    expect(best(hall(['wo____c.']), 2, wish)).toEqual(['nearby', 'A-1', 'A-3']);
    expect(best(hall(['ww']), 2, wish)).toEqual(['none_available']);
  });

  it('come with companions from afar where nobody else is left', () => {
    expect(best(hall([`w${'o'.repeat(40)}c.`]), 3, { accessible: true })).toEqual(['scattered', 'A-1', 'A-42', 'A-43']);
  });

  it('keep pairs whole', () => {
    expect(best(hall(['pqw.']), 2, { accessible: true })).toEqual(['adjacent', 'A-3', 'A-4']);
    expect(best(hall(['pqw']), 2, { accessible: true })).toEqual(['none_available']);
    expect(best(hall(['pqw']), 3, { accessible: true })).toEqual(['adjacent', 'A-1', 'A-2', 'A-3']);
  });
});
