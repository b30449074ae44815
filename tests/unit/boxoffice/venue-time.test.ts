import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOfDay, dayOf, instantOf, isTimeZone, localTime } from '../../../src/boxoffice/catalogue/venue-time.js';

const BERLIN = { timeZone: 'Europe/Berlin', dayCutoffHour: 6 };
const at = (text: string) => Date.parse(text);
const iso = (instant: number) => new Date(instant).toISOString();

describe('a time zone', () => {
  it.each(['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kathmandu', 'Etc/UTC', 'America/Port-au-Prince'])(
    'is %s, a name of area and city',
    (name) => expect(isTimeZone(name)).toBe(true),
  );

  it.each([
    'CET',
    'EET',
    'MET',
    'WET',
    'EST',
    'UTC',
    '+01:00',
    'Europe/Nowhere',
    'europe/berlin',
    'Berlin',
    '',
    'A/B; --',
  ])('is not %j: without a city it may have no summer, or nobody knows it', (name) =>
    expect(isTimeZone(name)).toBe(false),
  );
});

describe('local times', () => {
  it('are what clocks at the venue show, in summer and winter', () => {
    expect(localTime(at('2026-01-31T20:00:00Z'), 'Europe/Berlin')).toBe('2026-01-31T21:00:00');
    expect(localTime(at('2026-07-31T20:00:00Z'), 'Europe/Berlin')).toBe('2026-07-31T22:00:00');
    expect(localTime(at('2026-07-31T20:00:00Z'), 'Asia/Kathmandu')).toBe('2026-08-01T01:45:00');
  });

  it('are the first of two in the hour that comes twice, and go on behind the hour that is skipped', () => {
    expect(iso(instantOf(at('2026-10-25T02:30:00Z'), 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(instantOf(at('2026-03-29T02:30:00Z'), 'Europe/Berlin'))).toBe('2026-03-29T01:30:00.000Z');
  });

  it('lead back to their instants, except for the second of an hour that comes twice', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Etc/UTC',
    ];
    const minute = fc.integer({ min: at('2024-01-01T00:00:00Z') / 60_000, max: at('2028-01-01T00:00:00Z') / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (zone, minutes) => {
        const instant = minutes * 60_000;
        const back = instantOf(at(`${localTime(instant, zone)}Z`), zone);
        expect(localTime(back, zone)).toBe(localTime(instant, zone));
        expect(back).toBeLessThanOrEqual(instant);
      }),
    );
  });
});

describe('the day of a showtime', () => {
  it.each([
    ['2026-06-01T18:00:00Z', '2026-06-01'],
    ['2026-06-01T22:15:00Z', '2026-06-01'],
    ['2026-06-02T03:59:59Z', '2026-06-01'],
    ['2026-06-02T04:00:00Z', '2026-06-02'],
  ])('that begins at %s in Berlin is %s: a quarter past midnight belongs to the evening', (startsAt, day) => {
    expect(dayOf(at(startsAt), BERLIN)).toBe(day);
  });

  it('ends by the hour that the venue has set', () => {
    expect(dayOf(at('2026-06-01T22:15:00Z'), { ...BERLIN, dayCutoffHour: 0 })).toBe('2026-06-02');
  });

  it('has 23, 24 or 25 hours, and each instant is in the day that it belongs to', () => {
    const hours = (day: string) => {
      const [from, until] = boundsOfDay(day, BERLIN);
      expect([dayOf(from, BERLIN), dayOf(until - 1, BERLIN)]).toEqual([day, day]);
      return (until - from) / 3_600_000;
    };
    // Clocks change in the night of the evening before.
    expect([hours('2026-03-28'), hours('2026-06-01'), hours('2026-10-24')]).toEqual([23, 24, 25]);
  });
});
