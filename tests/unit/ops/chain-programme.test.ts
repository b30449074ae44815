import { describe, expect, it } from 'vitest';
import { startsOf } from '../../../src/boxoffice/catalogue/showtime-series.js';
import { CHAIN_MOVIES, seriesOf } from '../../../src/ops/ctl/demo/chain-programme.js';
import { CHAIN_VENUES } from '../../../src/ops/ctl/demo/chain-venues.js';
import { halvesOf, missingOf, placeOf } from '../../../src/ops/ctl/demo/missing-series.js';

const HALLS = CHAIN_VENUES.flatMap(({ halls, timeZone }) => halls.map((hall) => ({ hall, timeZone })));
const MINUTE_MS = 60_000;
/** Two weeks over the end of summer time. */
const FIRST_DAY = '2026-10-17';
const DAYS = 14;
const SERIES = {
  ...{ hallId: 'h', movieId: 'm', firstDay: '2026-10-24', lastDay: '2026-10-26' },
  times: ['14:00', '20:00'],
};

describe('the programme of the chain', () => {
  it('has 12 venues in 5 cities, 60 halls and 40 movies, each named once', () => {
    expect([CHAIN_VENUES.length, HALLS.length, CHAIN_MOVIES.length]).toEqual([12, 60, 40]);
    expect(new Set(CHAIN_VENUES.map(({ city }) => city)).size).toBe(5);
    expect(new Set(HALLS.map(({ hall }) => hall.id)).size).toBe(60);
    expect(new Set(CHAIN_MOVIES.map(({ id }) => id)).size).toBe(40);
  });

  it('shows every movie, and never two in one hall at the same time, nor without the break between them', () => {
    const minutesOf = new Map(CHAIN_MOVIES.map(({ id, runtimeMinutes }) => [id, runtimeMinutes]));
    const shown = new Set<string>();
    for (const { hall, timeZone } of HALLS) {
      const showtimes = seriesOf(hall, FIRST_DAY, DAYS)
        .flatMap((series) => startsOf(series, timeZone).map(({ startsAt }) => ({ startsAt, id: series.movieId })))
        .sort((a, b) => a.startsAt - b.startsAt);
      expect(showtimes.length, hall.id).toBeGreaterThan(DAYS * 3);
      for (const [i, { startsAt, id }] of showtimes.entries()) {
        shown.add(id);
        const next = showtimes[i + 1]?.startsAt ?? Number.POSITIVE_INFINITY;
        expect(next, `${hall.id} after ${id}`).toBeGreaterThanOrEqual(startsAt + (minutesOf.get(id)! + 20) * MINUTE_MS);
      }
    }
    expect(shown.size).toBe(40);
  });

  it('plans a day the same on whatever day it is planned', () => {
    const { hall, timeZone } = HALLS[7]!;
    const planned = (firstDay: string, days: number) =>
      new Set(
        seriesOf(hall, firstDay, days).flatMap((series) =>
          startsOf(series, timeZone).map(({ local }) => `${local} ${series.movieId}`),
        ),
      );
    const whole = planned(FIRST_DAY, DAYS);
    for (const one of planned('2026-10-22', 5)) expect(whole).toContain(one);
  });
});

describe('what is missing of a series', () => {
  const at = (utc: string) => placeOf('h', Date.parse(utc));
  const missing = (known: readonly string[], now = '2026-10-01T00:00:00Z') =>
    missingOf(SERIES, 'Europe/Berlin', Date.parse(now), new Set(known));

  it('is all of it where nothing is there, over a change of the clocks', () => {
    expect(missing([])).toEqual({ missing: [SERIES], kept: 0 });
  });

  it('is nothing where all is there', () => {
    const known = ['2026-10-24T12:00Z', '2026-10-24T18:00Z', '2026-10-25T13:00Z', '2026-10-25T19:00Z'];
    expect(missing([...known, '2026-10-26T13:00Z', '2026-10-26T19:00Z'].map(at))).toEqual({ missing: [], kept: 6 });
  });

  it('leaves out what is there and what has begun, and joins days that lack the same', () => {
    const found = missing([at('2026-10-26T19:00Z')], '2026-10-24T15:00:00Z');
    expect(found.kept).toBe(1);
    expect(found.missing.map(({ firstDay, lastDay, times }) => [firstDay, lastDay, ...times])).toEqual([
      ['2026-10-24', '2026-10-24', '20:00'],
      ['2026-10-25', '2026-10-25', '14:00', '20:00'],
      ['2026-10-26', '2026-10-26', '14:00'],
    ]);
  });

  it('is halved down to single showtimes, none of which gets lost', () => {
    const parts = [SERIES];
    const single: string[] = [];
    for (let part = parts.pop(); part; part = parts.pop()) {
      const halves = halvesOf(part);
      if (halves.length === 0) single.push(`${part.firstDay} ${part.times.join()}`);
      parts.push(...(halves as (typeof SERIES)[]));
    }
    expect(single.sort()).toEqual(
      ['2026-10-24', '2026-10-25', '2026-10-26'].flatMap((day) => [`${day} 14:00`, `${day} 20:00`]),
    );
  });
});
