import { describe, expect, test } from 'vitest';
import { thresholdPassed, untilNextSecond } from '../../../client-sdk/src/countdown.js';
import { formatMoney } from '../../../client-sdk/src/money.js';
import { contrast, inkOn, type Rgb, readable } from '../../../client-sdk/src/picker/contrast.js';
import { formatRemaining } from '../../../client-sdk/src/picker/hold-clock.js';
import { defaultMessages } from '../../../client-sdk/src/picker/messages.js';
import { createPlan } from '../../../client-sdk/src/picker/plan.js';
import { MINE } from '../../../client-sdk/src/picker/seat-look.js';
import { nameOf, seatNumber } from '../../../client-sdk/src/picker/seat-naming.js';
import { ERRORS } from '../../../src/protocol/errors.js';
import { seat, smallHouse } from './small-house.js';

describe('names', () => {
  const plan = createPlan(smallHouse);

  test('a seat says row, number, section, price and state', () => {
    expect(defaultMessages.seatName(nameOf(plan, seat('A-2'), 0, '12.00 EUR'))).toBe(
      'Row A seat 2, Stalls, 12.00 EUR, available',
    );
  });

  test('special seats say what they are', () => {
    expect(defaultMessages.seatName(nameOf(plan, seat('C-1'), MINE, undefined))).toBe(
      'Row C wheelchair space 1, Balcony, held for you',
    );
  });

  test.each([
    ['K-12', 'K', '12'],
    ['101-A-7', '101-A', '7'],
    ['12', undefined, '12'],
    ['Box 3-2', 'Box 3', '2'],
    ['A', 'A', 'A'],
  ])('the number on %s in row %s is %s', (label, row, number) => {
    expect(seatNumber(label, row)).toBe(number);
  });

  test('money follows the minor units of its currency', () => {
    expect(formatMoney({ amount: 1250, currency: 'EUR' }, 'en')).toBe('€12.50');
    expect(formatMoney({ amount: 1250, currency: 'JPY' }, 'en')).toBe('¥1,250');
  });

  test('every error text belongs to a code that the protocol has', () => {
    for (const code of Object.keys(defaultMessages.errors)) if (code !== 'other') expect(ERRORS).toHaveProperty(code);
  });
});

describe('countdown', () => {
  test('shows 0:01 until the last second is over', () => {
    expect([300_000, 299_001, 60_000, 999, 1, 0, -5].map(formatRemaining)).toEqual([
      '5:00',
      '5:00',
      '1:00',
      '0:01',
      '0:01',
      '0:00',
      '0:00',
    ]);
  });

  test('each threshold is announced once, as it is passed', () => {
    expect(thresholdPassed(300_500, 299_500)).toBe(300_000);
    expect(thresholdPassed(299_500, 298_500)).toBeUndefined();
    expect(thresholdPassed(60_001, 60_000)).toBe(60_000);
    expect(thresholdPassed(60_000, 59_000)).toBeUndefined();
  });

  test('a tab that slept through several thresholds says the last only', () => {
    expect(thresholdPassed(200_000, 20_000)).toBe(30_000);
  });

  test('wakes when the written time changes', () => {
    expect(untilNextSecond(4_250)).toBe(250);
    expect(formatRemaining(4_250 - untilNextSecond(4_250))).not.toBe(formatRemaining(4_250));
    expect(untilNextSecond(4_000)).toBe(1_000);
  });
});

describe('contrast', () => {
  const white: Rgb = [255, 255, 255];
  const night: Rgb = [23, 23, 28];

  test('is 21 for black on white and 1 for equals', () => {
    expect(contrast([0, 0, 0], white)).toBeCloseTo(21);
    expect(contrast(night, night)).toBeCloseTo(1);
  });

  test('any colour is made readable on light and on dark', () => {
    const colors: Rgb[] = [
      [255, 255, 0],
      [250, 250, 250],
      [0, 0, 0],
      [40, 40, 60],
      [128, 128, 128],
    ];
    for (const surface of [white, night]) {
      for (const color of colors) expect(contrast(readable(color, surface, 3), surface)).toBeGreaterThanOrEqual(3);
    }
  });

  test('a colour that reads well is left alone', () => {
    expect(readable([59, 116, 209], white, 3)).toEqual([59, 116, 209]);
  });

  test('ink reads at 4.5:1 on every fill', () => {
    for (let grey = 0; grey < 256; grey += 5) {
      expect(contrast(inkOn([grey, grey, grey]), [grey, grey, grey])).toBeGreaterThanOrEqual(4.5);
    }
  });
});
