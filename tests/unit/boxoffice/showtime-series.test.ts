import { describe, expect, it } from 'vitest';
import { startAt, startsOf } from '../../../src/boxoffice/catalogue/showtime-series.js';

const at = (local: string, zone: string) => {
  const { startsAt, adjusted } = startAt(local, zone);
  return [new Date(startsAt).toISOString().slice(0, 16), adjusted];
};

describe('a series over the day on which clocks change', () => {
  it.each([
    // UTC before, on the day and after, as the tz database has it.
    ['Europe/Berlin', '2026-10-24', ['2026-10-24T18:00', '2026-10-25T19:00', '2026-10-26T19:00']],
    ['America/New_York', '2026-10-31', ['2026-11-01T00:00', '2026-11-02T01:00', '2026-11-03T01:00']],
    // Half an hour, in April.
    ['Australia/Lord_Howe', '2026-04-04', ['2026-04-04T09:00', '2026-04-05T09:30', '2026-04-06T09:30']],
  ])('keeps 20:00 by the clocks of %s', (zone, firstDay, utc) => {
    const lastDay = new Date(Date.parse(firstDay) + 2 * 86_400_000).toISOString().slice(0, 10);
    const starts = startsOf({ firstDay, lastDay, times: ['20:00'] }, zone);
    expect(starts.map(({ startsAt }) => new Date(startsAt).toISOString().slice(0, 16))).toEqual(utc);
    expect(starts.every(({ adjusted }) => adjusted === undefined)).toBe(true);
  });

  it('takes the first of a time that comes twice, and says so', () => {
    expect(at('2026-10-25T02:30', 'Europe/Berlin')).toEqual(['2026-10-25T00:30', 'twice']);
    expect(at('2026-11-01T01:30', 'America/New_York')).toEqual(['2026-11-01T05:30', 'twice']);
    expect(at('2026-04-05T01:45', 'Australia/Lord_Howe')).toEqual(['2026-04-04T14:45', 'twice']);
  });

  it('moves a time that is skipped by as much as is skipped, and says so', () => {
    expect(at('2026-03-29T02:30', 'Europe/Berlin')).toEqual(['2026-03-29T01:30', 'skipped']);
    expect(at('2026-03-08T02:30', 'America/New_York')).toEqual(['2026-03-08T07:30', 'skipped']);
    expect(at('2026-10-04T02:15', 'Australia/Lord_Howe')).toEqual(['2026-10-03T15:45', 'skipped']);
  });

  it('has each time once a day, in order, and is empty where the last day is before the first', () => {
    const series = { firstDay: '2026-05-01', lastDay: '2026-05-02', times: ['20:00', '14:00', '20:00'] };
    expect(startsOf(series, 'Etc/UTC').map(({ local }) => local)).toEqual([
      '2026-05-01T14:00',
      '2026-05-01T20:00',
      '2026-05-02T14:00',
      '2026-05-02T20:00',
    ]);
    expect(startsOf({ ...series, lastDay: '2026-04-30' }, 'Etc/UTC')).toEqual([]);
  });
});
