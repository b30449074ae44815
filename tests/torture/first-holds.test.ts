import { expect, test } from 'vitest';
import { HandMade, SHOWTIME } from './checker/hand-made.js';
import { describeFirstHolds, firstHolds, slowHolds } from './first-holds.js';

const promoted = (history: HandMade, time: number) =>
  history.lines.push({ type: 'moment', name: 'promoted', time, showtimes: [SHOWTIME] });

test('the first hold after a moment is the first that is answered after it, whenever it was asked for', () => {
  const history = new HandMade()
    .hold('a', [0, 1_001], 'before', ['1'])
    .hold('b', [900, 1_700], 'first', ['2'])
    .hold('c', [1_100, 1_900], 'second', ['3']);
  promoted(history, 1_000);
  promoted(history, 1_800);
  promoted(history, 2_000);
  expect(firstHolds(history.lines)).toEqual([
    { moment: 'promoted', ms: [700, 100, Number.POSITIVE_INFINITY], spoilt: 0 },
  ]);
});

test('what takes long is named where it was often enough', () => {
  const history = new HandMade();
  for (let i = 0; i < 8; i++) {
    expect(slowHolds(history.lines)).toEqual([]);
    promoted(history, i * 10_000);
    history.hold('a', [i * 10_000, i * 10_000 + 3_500], `h${i}`, ['1']);
  }
  expect(slowHolds(history.lines)).toEqual([
    'promoted: the first hold came after 3500 ms at the median; 3000 are allowed.',
  ]);
  expect(firstHolds(history.lines).map(describeFirstHolds)).toEqual([
    'promoted → first hold of each showtime: median 3500 ms, 90 % 3500 ms, longest 3500 ms (of 8; other faults spoilt 0).',
  ]);
});

test('where something else is broken as well, it says nothing of the moment', () => {
  const history = new HandMade();
  const fault = (name: string, from: number, to: number) => {
    history.lines.push({ type: 'fault', name, phase: 'start', time: from });
    history.lines.push({ type: 'fault', name, phase: 'heal', time: to });
  };
  fault('primary killed', 900, 5_000);
  promoted(history, 1_000);
  history.hold('a', [1_100, 1_400], 'h1', ['1']);
  expect(firstHolds(history.lines)).toEqual([{ moment: 'promoted', ms: [400], spoilt: 0 }]);
  fault('node frozen', 1_500, 2_000);
  expect(firstHolds(history.lines)).toEqual([{ moment: 'promoted', ms: [400], spoilt: 0 }]);
  fault('node killed', 1_300, 2_000);
  expect(firstHolds(history.lines)).toEqual([{ moment: 'promoted', ms: [], spoilt: 1 }]);
});
