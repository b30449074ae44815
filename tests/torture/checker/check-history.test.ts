import { describe, expect, test } from 'vitest';
import { CHECK_BOUNDS, checkHistory } from './check-history.js';
import { HandMade, SHOWTIME, TTL_MS, WALL_AT_ZERO_MS } from './hand-made.js';
import type { Told } from './history.js';

const rules = (history: HandMade) => checkHistory(history.lines).violations.map(({ rule }) => rule);
const { toleranceMs } = CHECK_BOUNDS;

describe('histories that a right server may give', () => {
  test('a seat goes from hand to hand', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1', '2'])
      .refusedHold('b', [11, 12], '1', 'held')
      .release('a', [20, 30], 'h1', ['1', '2'])
      .hold('b', [31, 40], 'h2', ['2'])
      .book('b', [41, 50], 'h2', 'b2', ['2'])
      .refusedHold('a', [51, 52], '2', 'booked')
      .cancel('b', [60, 70], 'b2', ['2'])
      .hold('a', [71, 80], 'h3', ['2']);
    expect(rules(history)).toEqual([]);
  });

  test('of two that overlap, the one that was sent later came first', () => {
    const history = new HandMade()
      .hold('a', [0, 100], 'h1', ['1'])
      .hold('b', [10, 20], 'h2', ['1'])
      .release('b', [30, 40], 'h2', ['1'])
      .book('a', [110, 120], 'h1', 'b1', ['1']);
    expect(rules(history)).toEqual([]);
  });

  test('a hold without an answer may have been made, at any later time', () => {
    const history = new HandMade()
      .unknownHold('a', 0, 'lost', ['1'])
      .hold('b', [10, 20], 'h2', ['1'])
      .release('b', [30, 40], 'h2', ['1'])
      .refusedHold('c', [50, 60], '1', 'held');
    expect(rules(history)).toEqual([]);
  });

  test('or never', () => {
    const history = new HandMade()
      .unknownHold('a', 0, 'lost', ['1'])
      .hold('b', [10, 20], 'h2', ['1'])
      .book('b', [30, 40], 'h2', 'b2', ['1']);
    expect(rules(history)).toEqual([]);
  });

  test('about the time of its end a hold is alive, or is not', () => {
    const end = 10 + TTL_MS;
    const alive = new HandMade().hold('a', [0, 10], 'h1', ['1']).book('a', [end + 500, end + 510], 'h1', 'b1', ['1']);
    const over = new HandMade().hold('a', [0, 10], 'h1', ['1']).hold('b', [end - 510, end - 500], 'h2', ['1']);
    expect([rules(alive), rules(over)]).toEqual([[], []]);
  });

  test('of two copies one was refused before the other took effect', () => {
    const ok: Told = { phase: 'ok', holdId: 'h1', seats: ['1'], expiresAt: WALL_AT_ZERO_MS + 50 + TTL_MS };
    const refused: Told = { phase: 'fail', error: 'seats_unavailable', conflicts: [{ seat: '1', reason: 'held' }] };
    const history = new HandMade()
      .hold('b', [0, 5], 'h0', ['1'])
      .command('a', 'twin', [10, 20], { f: 'hold', seats: ['1'] }, refused)
      .command('a', 'twin', [10, 50], { f: 'hold', seats: ['1'] }, ok)
      .release('b', [21, 30], 'h0', ['1']);
    expect(rules(history)).toEqual([]);
  });

  test('a copy is given the refusal of an earlier one, whose answer was lost', () => {
    const refused: Told = { phase: 'fail', error: 'seats_unavailable', conflicts: [{ seat: '1', reason: 'held' }] };
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .command('b', 'again', [20, 30], { f: 'hold', seats: ['1'] })
      .release('a', [40, 50], 'h1', ['1'])
      .command('b', 'again', [60, 70], { f: 'hold', seats: ['1'] }, refused);
    expect(rules(history)).toEqual([]);
  });

  test('a view may lag behind, as long as it goes through what was', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .release('a', [20, 30], 'h1', ['1'])
      .sees([1, 0], 500, '....')
      .sees([1, 1], 510, 'h...')
      .sees([1, 2], 520, '....');
    expect(rules(history)).toEqual([]);
  });

  test('a seat was refused for the sake of a command that was lost with its node', () => {
    const history = new HandMade()
      .sees([1, 0], 1, '....')
      .hold('a', [100, 5_000], 'h1', ['1'])
      .refusedHold('b', [110, 120], '1', 'held')
      .hold('b', [200, 300], 'h2', ['1'])
      .release('b', [4_000, 4_100], 'h2', ['1'])
      .sees([2, 0], 3_000, 'h...');
    const verdict = checkHistory(history.lines);
    expect(verdict).toMatchObject({ violations: [], refusals: 1, excused: 1 });
  });
});

describe('histories that no right server gives', () => {
  test('a seat is held twice, one after the other', () => {
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']).hold('b', [20, 30], 'h2', ['1']);
    const [violation] = checkHistory(history.lines).violations;
    expect(violation?.rule).toBe('one seat, one order');
    expect(violation?.text).toContain('c-h1');
    expect(violation?.text).toContain('c-h2');
  });

  test('a seat is held twice by two that overlap, and both book it', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .hold('b', [5, 15], 'h2', ['1'])
      .book('a', [20, 40], 'h1', 'b1', ['1'])
      .book('b', [20, 40], 'h2', 'b2', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('two hold a seat at once and give it back at once, each of which alone would be right', () => {
    const history = new HandMade()
      .hold('a', [0, 100], 'h1', ['1'])
      .hold('b', [0, 100], 'h2', ['1'])
      .release('a', [110, 200], 'h1', ['1'])
      .release('b', [110, 200], 'h2', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a hold without an answer explains one thing and not two', () => {
    const history = new HandMade()
      .unknownHold('a', 0, 'lost', ['1'])
      .refusedHold('b', [10, 20], '1', 'held')
      .hold('c', [30, 40], 'h3', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a hold is seen before anybody asked for it', () => {
    const history = new HandMade().sees([1, 0], 1, '....').sees([1, 1], 5, 'h...').unknownHold('a', 10, 'later', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('somebody takes a held seat long before its end', () => {
    const early = 10 + TTL_MS - toleranceMs - 100;
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']).hold('b', [early - 10, early], 'h2', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a hold is booked long after its end', () => {
    const late = 10 + TTL_MS + toleranceMs + 100;
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']).book('a', [late, late + 10], 'h1', 'b1', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a living hold is called unknown', () => {
    const gone: Told = { phase: 'fail', error: 'unknown_hold' };
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .command('a', 'book', [20, 30], { f: 'book', holdId: 'h1' }, gone);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a sold seat is held', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .book('a', [20, 30], 'h1', 'b1', ['1'])
      .hold('b', [40, 50], 'h2', ['1']);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a booking is of another seat than its hold', () => {
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']).book('a', [20, 30], 'h1', 'b1', ['2']);
    expect(rules(history)).toContain('one seat, one order');
  });

  test('a free seat is refused, with nobody else about', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .release('a', [20, 30], 'h1', ['1'])
      .refusedHold('b', [40, 50], '1', 'held');
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('of several seats only some are given', () => {
    const told: Told = { phase: 'ok', holdId: 'h1', seats: ['1'], expiresAt: WALL_AT_ZERO_MS + TTL_MS };
    const history = new HandMade().command('a', 'c', [0, 10], { f: 'hold_many', seats: ['1', '2'] }, told);
    expect(rules(history)).toEqual(['all or nothing']);
  });

  test('one id is of two commands', () => {
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']);
    const told: Told = { phase: 'ok', holdId: 'h1', seats: ['2'], expiresAt: WALL_AT_ZERO_MS + TTL_MS };
    history.command('b', 'other', [20, 30], { f: 'hold', seats: ['2'] }, told);
    expect(rules(history)).toContain('an id is of one command');
  });

  test('two copies of one command take two effects', () => {
    const told = (holdId: string): Told => ({
      phase: 'ok',
      holdId,
      seats: ['1'],
      expiresAt: WALL_AT_ZERO_MS + TTL_MS,
    });
    const history = new HandMade()
      .command('a', 'twin', [0, 10], { f: 'hold', seats: ['1'] }, told('h1'))
      .command('a', 'twin', [0, 20], { f: 'hold', seats: ['1'] }, told('h2'));
    expect(rules(history)).toEqual(['one command, one outcome']);
  });

  test('a command that took effect is refused when it comes again', () => {
    const refused: Told = { phase: 'fail', error: 'seats_unavailable', conflicts: [{ seat: '1', reason: 'held' }] };
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .command('a', 'c-h1', [20, 30], { f: 'hold_many', seats: ['1'] }, refused);
    expect(rules(history)).toEqual(['a replay is remembered']);
  });

  test('but not where that try was only turned away', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .command('a', 'c-h1', [20, 30], { f: 'hold_many', seats: ['1'] }, { phase: 'fail', error: 'unavailable' });
    expect(rules(history)).toEqual([]);
  });

  test('two see different houses at one position', () => {
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']).sees([1, 1], 20, 'h...').sees([1, 1], 30, '....');
    expect(rules(history)).toEqual(['everyone sees one house']);
  });

  test('at a quiet moment a sold seat is shown as available', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .book('a', [20, 30], 'h1', 'b1', ['1'])
      .sees([1, 0], 100, '....', true);
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('a view shows a booking undone that nobody cancelled', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .book('a', [20, 30], 'h1', 'b1', ['1'])
      .sees([1, 1], 100, 'b...')
      .sees([1, 2], 110, '....');
    expect(rules(history)).toEqual(['one seat, one order']);
  });

  test('an older house is read after a newer one', () => {
    const history = new HandMade().sees([2, 0], 100, '....', true).sees([1, 9], 200, '....', true);
    expect(rules(history)).toEqual(['the house goes forward']);
  });

  test('a hold ends by another clock than it should', () => {
    const expiresAt = WALL_AT_ZERO_MS + 10 + TTL_MS + 3_600_000;
    const told: Told = { phase: 'ok', holdId: 'h1', seats: ['1'], expiresAt };
    const history = new HandMade().command('a', 'c', [0, 10], { f: 'hold', seats: ['1'] }, told);
    expect(rules(history)).toEqual(['holds live as long as they should']);
  });

  test('somebody is told that his own booking is not there', () => {
    const history = new HandMade()
      .hold('a', [0, 10], 'h1', ['1'])
      .book('a', [20, 30], 'h1', 'b1', ['1'])
      .command('a', 'c', [40, 50], { f: 'cancel', bookingId: 'b1' }, { phase: 'fail', error: 'unknown_booking' });
    expect(rules(history)).toEqual(['refusals make sense']);
  });
});

describe('the checker itself', () => {
  test('what it cannot decide is no pass', () => {
    const history = new HandMade().hold('a', [0, 10], 'h1', ['1']).release('a', [20, 30], 'h1', ['1']);
    const { violations } = checkHistory(history.lines, { ...CHECK_BOUNDS, statesMax: 1 });
    expect(violations.map(({ rule }) => rule)).toEqual(['decidable']);
  });

  test('of a long history it shows the few events that contradict each other', () => {
    const history = new HandMade();
    for (let i = 0; i < 50; i++) {
      history.hold('a', [i * 10, i * 10 + 2], `h${i}`, ['1']).release('a', [i * 10 + 3, i * 10 + 5], `h${i}`, ['1']);
    }
    history.hold('b', [600, 610], 'first', ['1']).hold('c', [620, 630], 'second', ['1']);
    const [violation] = checkHistory(history.lines).violations;
    expect(violation?.text.split('\n')).toHaveLength(3);
    expect(violation?.text).toContain('first');
    expect(violation?.text).toContain('second');
  });

  test('a long history with many at once is decided in little time', () => {
    const history = new HandMade();
    for (let i = 0; i < 300; i++) {
      const at = i * 100;
      // Six want the seat within the same span; it goes round among them.
      for (let j = 0; j < 6; j++) history.hold(`p${j}`, [at, at + 90], `h${i}.${j}`, ['1']);
      for (let j = 0; j < 6; j++) history.release(`p${j}`, [at + 1, at + 95], `h${i}.${j}`, ['1']);
    }
    const startedAt = performance.now();
    expect(rules(history)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('a history without its first line is none', () => {
    expect(() => checkHistory([])).toThrow('first line');
    expect(new HandMade().lines[0]).toMatchObject({ showtimes: [{ id: SHOWTIME }] });
  });
});
