import { describe, expect, it } from 'vitest';
import { calendarOf } from '../../../../src/boxoffice/reports/calendar.js';
import { foretell } from '../../../../src/boxoffice/reports/forecast.js';
import { decimal } from '../../../../src/boxoffice/reports/revenue.js';

const days = (...pairs: [untilNow: number, whole: number][]) => pairs.map(([untilNow, whole]) => ({ untilNow, whole }));

describe('the forecast', () => {
  it('takes what was sold for the share that is usual by now', () => {
    const past = days([500, 1_000], [250, 1_000], [250, 500]);
    expect(foretell(600, past)).toEqual({ method: 'pace', expected: 1_500, low: 1_200, high: 2_400 });
  });

  it('is the mean of those days while it is early', () => {
    const past = days([0, 1_000], [10, 2_000], [0, 600]);
    expect(foretell(5, past)).toEqual({ method: 'mean', expected: 1_200, low: 600, high: 2_000 });
  });

  it('says that it has none with fewer than three days, and is never below what was sold', () => {
    expect(foretell(70, days([10, 20], [0, 0], [10, 20])).method).toBe('none');
    expect(foretell(9_000, days([1, 100], [1, 100], [1, 100])).expected).toBe(9_000);
  });
});

it('hours of a day on which clocks change by half an hour are cut into quarters, and named by the clock', () => {
  const span = { from: '2026-10-04', to: '2026-10-04' };
  const { buckets, bounds } = calendarOf(span, { timeZone: 'Australia/Lord_Howe', dayCutoffHour: 0 }, 'hour');
  expect(bounds.at(-1)! - bounds[0]!).toBe(23.5 * 3_600_000);
  expect(buckets.filter(({ hour }) => hour === '02').length).toBe(2);
});

it.each([
  [1_250, 'EUR', '12.50'],
  [-5, 'EUR', '-0.05'],
  [980, 'JPY', '980'],
  [-1_250, 'KWD', '-1.250'],
  [0, 'KWD', '0.000'],
])('%i minor units of %s are %s', (amount, currency, text) => {
  expect(decimal(amount, currency)).toBe(text);
});
