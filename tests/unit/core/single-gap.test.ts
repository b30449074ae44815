import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { HouseRules } from '../../../src/core/house.js';
import { houseOf, mapOf, seat, picture as spell } from './halls.js';

type Mode = HouseRules['singleGap'];

/**
 * One row from the front: `.` free, `o` taken (blocked), `S` selected, `_` aisle, `w` `c` `p` `q` as in halls, in upper
 * case where selected. Returns the seats that would be left, or the code of any other refusal.
 */
function judge(row: string, singleGap: Mode): readonly string[] | string {
  const cells = [...row].filter((kind) => kind !== '_');
  const map = mapOf([row.replace(/[oS]/g, '.').toLowerCase()]);
  const label = (place: number) => `A-${place + 1}`;
  const places = (test: (kind: string) => boolean) => cells.flatMap((kind, place) => (test(kind) ? [place] : []));
  const blocked = places((kind) => kind === 'o').map((place) => seat(map, label(place)));
  const house = houseOf(map, { singleGap }, { blocked });
  const seats = places((kind) => kind !== kind.toLowerCase()).map(label);
  const { reply } = apply(house, { type: 'hold', holder: 'me', seats, newHoldId: 'h' }, 0);
  if (reply.ok) return [];
  if (reply.refusal.code !== 'seat_rule') return reply.refusal.code;
  return reply.refusal.conflicts.map((conflict) => {
    expect(conflict.reason).toBe('single_gap');
    // The seats beside it are selected, and one or both of them.
    expect(conflict.beside?.length).toBeGreaterThan(0);
    for (const label of conflict.beside ?? []) {
      expect(seats).toContain(label);
      expect(Math.abs(seat(map, label) - seat(map, conflict.seat))).toBe(1);
    }
    return conflict.seat;
  });
}

describe('the single-gap rule', () => {
  const table: [row: string, strict: string[], lenient: string[], why: string][] = [
    ['....S....', [], [], 'the middle leaves four on either side'],
    ['.S.......', ['A-1'], [], 'a lone seat at the wall'],
    ['..S......', [], [], 'two at the wall are a pair of seats'],
    ['o.S......', ['A-2'], ['A-2'], 'a lone seat between taken ones'],
    ['S.S......', ['A-2'], ['A-2'], 'a hole in the selection itself'],
    ['oSS.o....', ['A-4'], ['A-4'], 'one of three is left, and four free seats elsewhere'],
    ['oSSSo....', [], [], 'all three leave nothing'],
    ['oSo......', [], [], 'filling a hole'],
    ['o.oS.....', [], [], 'a seat that was alone before is no new gap'],
    ['..._.S...', ['A-4'], [], 'an aisle is a wall'],
    ['...S_....', [], [], 'the seat across the aisle is nobody’s neighbour'],
    ['.SS......', ['A-1'], [], 'the selection is judged as a whole'],
    ['S........', [], [], 'the end of a row'],
  ];
  it.each(table)('[SEAT-RULE-GAP-1] [SEAT-RULE-GAP-2] %s strict refuses %j, lenient %j: %s', (row, strict, lenient) => {
    expect(judge(row, 'strict')).toEqual(strict);
    expect(judge(row, 'lenient')).toEqual(lenient);
    expect(judge(row, 'off')).toEqual([]);
  });

  const forgiven: [row: string, strict: string[], why: string][] = [
    ['S.', [], 'one of two: the last sale of a block of two'],
    ['oS.o', [], 'every choice of one leaves one'],
    ['oS.oo...', ['A-3'], 'one from the end of three would do'],
    ['oSS.o', [], 'two of three: every choice leaves one'],
    ['oSS.oo..o', ['A-4'], 'the two at the right leave nothing'],
    ['oS.o..o', [], 'two twos, a party of one: every choice leaves one'],
    ['SSS.o..o', [], 'three of four: one and two would do, but would tear the party apart'],
  ];
  it.each(forgiven)('[SEAT-RULE-GAP-3] never blocks the last sale: %s refuses %j (%s)', (row, strict) => {
    expect(judge(row, 'strict')).toEqual(strict);
  });

  it('[SEAT-RULE-GAP-4] looks for another choice in the same block only', () => {
    expect(judge('oS.o_......', 'strict')).toEqual([]);
  });

  it('does not mind lone wheelchair spaces, companions and pairs', () => {
    expect(judge('.....SwcS...', 'strict')).toEqual([]);
    expect(judge('....Wc.....', 'strict')).toEqual([]);
    expect(judge('.....WC.ooo', 'strict')).toEqual(['A-8']);
    expect(judge('...SpqS....', 'strict')).toEqual([]);
    expect(judge('.PQ....', 'strict')).toEqual(['A-1']);
  });

  it('[SEAT-RULE-GAP-4] counts pairs among the other choices only whole', () => {
    expect(judge('oS.opqo', 'strict')).toEqual([]);
    expect(judge('oSS.opqo', 'strict')).toEqual(['A-4']);
    expect(judge('oS.opq..o', 'strict')).toEqual(['A-3']);
  });

  it('[SEAT-RULE-GAP-4] does not offer a wheelchair space as another choice to those who did not select it', () => {
    expect(judge('oS.owo', 'strict')).toEqual([]);
    expect(judge('oS.oWo...', 'strict')).toEqual(['A-3']);
  });

  it('[SEAT-RULE-GAP-6] is off where distancing wants free seats between parties', () => {
    const house = houseOf(mapOf(['.........']), { singleGap: 'strict', distancing: 1 });
    const { reply } = apply(house, { type: 'hold', holder: 'me', seats: ['A-2'], newHoldId: 'h' }, 0);
    expect(reply.ok).toBe(true);
  });
});

/** An oracle that knows texts only: whether choosing the places leaves a new lone free seat. */
function gapsAt(row: string, chosen: ReadonlySet<number>, mode: Mode): number[] {
  return [...row].flatMap((kind, place) => {
    if (kind !== '.' || chosen.has(place)) return [];
    const free = (at: number) => row[at] === '.';
    const freeAfter = (at: number) => free(at) && !chosen.has(at);
    const wasAlone = !free(place - 1) && !free(place + 1);
    const isAlone = !freeAfter(place - 1) && !freeAfter(place + 1);
    const atWall = place === 0 || place === row.length - 1;
    return isAlone && !wasAlone && (mode === 'strict' || !atWall) ? [place] : [];
  });
}

function subsets(places: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return places.flatMap((place, i) => subsets(places.slice(i + 1), size - 1).map((rest) => [place, ...rest]));
}

const piecesOf = (places: readonly number[]) => places.filter((place) => !places.includes(place - 1)).length;

describe('the single-gap rule against all choices', () => {
  it('[SEAT-RULE-GAP-1] [SEAT-RULE-GAP-2] [SEAT-RULE-GAP-3] refuses exactly the selections that leave a new gap where some choice as large and as whole does not', () => {
    let [refused, forgiven] = [0, 0];
    const rows = fc.array(fc.constantFrom('.', '.', '.', 'o'), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 5 }), fc.boolean(), (kinds, pick, size, isStrict) => {
        const row = kinds.join('');
        const mode = isStrict ? 'strict' : 'lenient';
        const free = kinds.flatMap((kind, place) => (kind === '.' ? [place] : []));
        fc.pre(free.length >= size);
        const choices = subsets(free, size);
        const chosen = choices[pick % choices.length]!;
        const gaps = gapsAt(row, new Set(chosen), mode);
        const possible = choices.some(
          (choice) => piecesOf(choice) <= piecesOf(chosen) && gapsAt(row, new Set(choice), mode).length === 0,
        );
        const picture = kinds.map((kind, place) => (chosen.includes(place) ? 'S' : kind)).join('');
        expect([...judge(picture, mode)].sort()).toEqual(possible ? gaps.map((place) => `A-${place + 1}`).sort() : []);
        if (gaps.length > 0) possible ? refused++ : forgiven++;
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(forgiven).toBeGreaterThan(20);
  });
});

describe('giving seats back', () => {
  /** One row, `H` of it held by one hold and `R` given back of that; the seats that would be left, or the code. */
  function giveBack(row: string, singleGap: Mode): readonly string[] | string {
    const cells = [...row].filter((kind) => kind !== '_');
    const map = mapOf([row.replace(/[oHR]/g, '.')]);
    const label = (place: number) => `A-${place + 1}`;
    const places = (kinds: string) => cells.flatMap((kind, place) => (kinds.includes(kind) ? [place] : []));
    const blocked = places('o').map((place) => seat(map, label(place)));
    const hold = { id: 'h', holder: 'me', seats: places('HR').map((place) => seat(map, label(place))) };
    const house = houseOf(
      map,
      { singleGap },
      { blocked, holds: [{ ...hold, prices: hold.seats.map(() => null), expiresAt: 10, extensions: 0 }] },
    );
    const before = spell(house);
    const { reply } = apply(house, { type: 'release', holder: 'me', holdId: 'h', seats: places('R').map(label) }, 0);
    if (reply.ok) return [];
    expect(spell(house)).toBe(before);
    if (reply.refusal.code !== 'seat_rule') return reply.refusal.code;
    return reply.refusal.conflicts.map((conflict) => conflict.seat);
  }

  const table: [row: string, strict: string[], lenient: string[], why: string][] = [
    ['..HRH....', ['A-4'], ['A-4'], 'the middle of three'],
    ['..HHR....', [], [], 'the end of three'],
    ['RHH......', ['A-1'], [], 'the seat at the wall'],
    ['..HRRH...', [], [], 'two in the middle are no lone seat'],
    ['..HR_H...', ['A-4'], [], 'an aisle is a wall'],
    ['oRo......', [], [], 'all of the hold, though it leaves a hole'],
    ['..oRHo...', ['A-4'], ['A-4'], 'one of two that fill a hole: who comes as one sits elsewhere'],
    ['oRHo', [], [], 'the same where every choice of one leaves one'],
    ['oHRHo', [], [], 'the middle, where no choice of two of these three leaves none'],
  ];
  it.each(table)('[RELEASE-5] %s strict refuses %j, lenient %j: %s', (row, strict, lenient) => {
    expect(giveBack(row, 'strict')).toEqual(strict);
    expect(giveBack(row, 'lenient')).toEqual(lenient);
    expect(giveBack(row, 'off')).toEqual([]);
  });

  it('[RELEASE-5] leaves what a hold of the rest would have been allowed, and nothing else', () => {
    let [refused, allowed] = [0, 0];
    const kinds = fc.array(fc.constantFrom('.', '.', 'H', 'R', 'R', 'o'), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(kinds, fc.boolean(), (cells, isStrict) => {
        fc.pre(cells.includes('H') && cells.includes('R'));
        const mode = isStrict ? 'strict' : 'lenient';
        const row = cells.join('');
        // What is held in the end, chosen at once of what was available and what was held.
        const left = judge(row.replace(/R/g, '.').replace(/H/g, 'S'), mode);
        const given = cells.flatMap((kind, place) => (kind === 'R' ? [`A-${place + 1}`] : []));
        // Lone seats that were so before are nobody's fault now.
        const expected = [...left].filter((label) => given.includes(label)).sort();
        expect([...giveBack(row, mode)].sort()).toEqual(expected);
        if (expected.length > 0) refused++;
        else allowed++;
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(50);
    expect(allowed).toBeGreaterThan(50);
  });
});
