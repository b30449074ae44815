import { describe, expect, it } from 'vitest';
import { DEMO_MOVIES } from '../../../src/boxoffice/demo/demo-movies.js';
import { type ScheduledHall, scheduleAround } from '../../../src/boxoffice/demo/schedule.js';
import { HALLS } from '../../../src/boxoffice/demo/seed-demo.js';

const HALL: ScheduledHall = {
  id: 'hall',
  movies: DEMO_MOVIES,
  firstStart: 13 * 60,
  lastStart: 22 * 60,
  lateStart: 27 * 60 + 45,
  turnaroundMinutes: 20,
};
const BERLIN = 'Europe/Berlin';
/** One for all: making it takes longer than a thousand uses. */
const berlinClock = new Intl.DateTimeFormat('sv-SE', { timeZone: BERLIN, dateStyle: 'short', timeStyle: 'short' });
const localTime = (date: Date) => berlinClock.format(date);

/** The date by the cinema's clocks set back by four hours: a showtime in the small hours is the evening's. */
const cinemaDay = (at: number) =>
  new Date(Date.parse(`${localTime(new Date(at)).replace(' ', 'T')}Z`) - 4 * 3_600_000).toISOString().slice(0, 10);

describe('the demo schedule', () => {
  it('is the same for every instant of one cinema day, which ends at four in the morning', () => {
    const early = scheduleAround(new Date('2026-03-11T03:00:00Z'), BERLIN, [HALL]);
    const late = scheduleAround(new Date('2026-03-12T02:59:00Z'), BERLIN, [HALL]);
    expect(early).toEqual(late);
    expect(localTime(early[0]!.startsAt)).toBe('2026-03-11 13:00');
  });

  it('plans a day as tomorrow exactly as it plans it as today', () => {
    const onTheDay = scheduleAround(new Date('2026-07-02T10:00:00Z'), BERLIN, [HALL]);
    const dayBefore = scheduleAround(new Date('2026-07-01T10:00:00Z'), BERLIN, [HALL]);
    const thatDay = dayBefore.filter((showtime) => localTime(showtime.startsAt) > '2026-07-02 04:00');
    expect(thatDay.length).toBeGreaterThan(2);
    expect(onTheDay.slice(0, thatDay.length)).toEqual(thatDay);
  });

  it.each(['2026-03-28', '2026-10-24'])('keeps local times across the clock change after %s', (day) => {
    const starts = scheduleAround(new Date(`${day}T12:00:00Z`), BERLIN, [HALL]).map((s) => localTime(s.startsAt));
    expect(starts.filter((start) => start.endsWith(' 13:00'))).toHaveLength(2);
  });

  it('has a showtime of the same cinema day ahead, or begun a quarter of an hour ago at most, at any hour of the year', () => {
    // Steps that pass through all hours of the day, and closer ones on the nights on which clocks change.
    const changes = ['2026-03-29', '2026-10-25'].flatMap((day) =>
      Array.from({ length: 60 }, (_, i) => Date.parse(`${day}T00:00:00Z`) + i * 5 * 60_000),
    );
    const year = Array.from({ length: 400 }, (_, i) => Date.parse('2026-01-01T00:07:00Z') + i * 1_307 * 60_000);
    for (const now of [...changes, ...year]) {
      const ahead = scheduleAround(new Date(now), BERLIN, HALLS).filter(
        ({ startsAt }) => startsAt.getTime() > now - 15 * 60_000 && cinemaDay(startsAt.getTime()) === cinemaDay(now),
      );
      expect(ahead, new Date(now).toISOString()).not.toHaveLength(0);
    }
  });

  // A night of every turn of the films, and the two on which clocks change.
  it.each([
    ...Array.from({ length: 30 }, (_, day) => `2026-05-${String(day + 1).padStart(2, '0')}`),
    '2026-03-28',
    '2026-10-24',
  ])('never starts a film before the one before it has ended and the hall is clean, on %s', (day) => {
    const runtime = new Map(DEMO_MOVIES.map((movie) => [movie.id, movie.runtimeMinutes]));
    for (const hall of HALLS) {
      const showtimes = scheduleAround(new Date(`${day}T12:00:00Z`), BERLIN, [hall]);
      for (const [i, showtime] of showtimes.entries()) {
        const before = showtimes[i - 1];
        if (!before) continue;
        const gapMinutes = (showtime.startsAt.getTime() - before.startsAt.getTime()) / 60_000;
        expect(gapMinutes).toBeGreaterThanOrEqual(runtime.get(before.movieId)! + hall.turnaroundMinutes);
      }
    }
  });

  it('gives different halls and times different ids of UUID version 8', () => {
    const showtimes = scheduleAround(new Date('2026-05-05T12:00:00Z'), BERLIN, [HALL, { ...HALL, id: 'other' }]);
    const ids = showtimes.map((showtime) => showtime.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
