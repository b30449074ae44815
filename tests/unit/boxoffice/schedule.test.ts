import { describe, expect, it } from 'vitest';
import { DEMO_MOVIES } from '../../../src/boxoffice/demo/demo-movies.js';
import { type ScheduledHall, scheduleAround } from '../../../src/boxoffice/demo/schedule.js';

const HALL: ScheduledHall = {
  id: 'hall',
  movies: DEMO_MOVIES,
  firstStart: 13 * 60,
  lastStart: 22 * 60,
  turnaroundMinutes: 20,
};
const BERLIN = 'Europe/Berlin';
const localTime = (date: Date) =>
  date.toLocaleString('sv-SE', { timeZone: BERLIN, dateStyle: 'short', timeStyle: 'short' });

describe('the demo schedule', () => {
  it('is the same for every instant of one local day, also between local and UTC midnight', () => {
    const early = scheduleAround(new Date('2026-03-10T23:30:00Z'), BERLIN, [HALL]);
    const late = scheduleAround(new Date('2026-03-11T22:30:00Z'), BERLIN, [HALL]);
    expect(early).toEqual(late);
    expect(localTime(early[0]!.startsAt)).toBe('2026-03-11 13:00');
  });

  it('plans a day as tomorrow exactly as it plans it as today', () => {
    const onTheDay = scheduleAround(new Date('2026-07-02T10:00:00Z'), BERLIN, [HALL]);
    const dayBefore = scheduleAround(new Date('2026-07-01T10:00:00Z'), BERLIN, [HALL]);
    const thatDay = dayBefore.filter((showtime) => localTime(showtime.startsAt).startsWith('2026-07-02'));
    expect(thatDay.length).toBeGreaterThan(2);
    expect(onTheDay.slice(0, thatDay.length)).toEqual(thatDay);
  });

  it.each(['2026-03-28', '2026-10-24'])('keeps local times across the clock change after %s', (day) => {
    const starts = scheduleAround(new Date(`${day}T12:00:00Z`), BERLIN, [HALL]).map((s) => localTime(s.startsAt));
    expect(starts.filter((start) => start.endsWith(' 13:00'))).toHaveLength(2);
  });

  it('never starts a film before the one before it has ended and the hall is clean', () => {
    const runtime = new Map(DEMO_MOVIES.map((movie) => [movie.id, movie.runtimeMinutes]));
    const showtimes = scheduleAround(new Date('2026-05-05T12:00:00Z'), BERLIN, [HALL]);
    for (const [i, showtime] of showtimes.entries()) {
      const before = showtimes[i - 1];
      if (!before) continue;
      const gapMinutes = (showtime.startsAt.getTime() - before.startsAt.getTime()) / 60_000;
      expect(gapMinutes).toBeGreaterThanOrEqual(runtime.get(before.movieId)! + 20);
    }
  });

  it('gives different halls and times different ids of UUID version 8', () => {
    const showtimes = scheduleAround(new Date('2026-05-05T12:00:00Z'), BERLIN, [HALL, { ...HALL, id: 'other' }]);
    const ids = showtimes.map((showtime) => showtime.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
