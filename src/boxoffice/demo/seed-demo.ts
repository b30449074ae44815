/** A cinema to try Usher with: films, one venue, three halls of very different size, two days of showtimes. */
import type { Pool } from 'pg';
import { importPlan } from '../../core/plan-import.js';
import { addMovie } from '../catalogue/movies.js';
import { addSeatMap } from '../catalogue/seat-maps.js';
import { addShowtime } from '../catalogue/showtimes.js';
import { addHall, addVenue, hallExists } from '../catalogue/venues.js';
import { arenaPlan } from './arena-plan.js';
import { DEMO_MOVIES } from './demo-movies.js';
import { grandHallPlan } from './grand-hall-plan.js';
import { DAY_ENDS_HOUR, type ScheduledHall, scheduleAround } from './schedule.js';
import type { SeatingPlan } from './seating-plan.js';
import { studioPlan } from './studio-plan.js';

/** Its day ends when its last film may begin: see schedule.ts. */
const VENUE = {
  id: 'quayside-palace',
  name: 'Quayside Palace',
  city: 'Hamburg',
  timeZone: 'Europe/Berlin',
  dayCutoffHour: DAY_ENDS_HOUR,
};
const HOUR = 60;

interface DemoHall extends ScheduledHall {
  readonly name: string;
  readonly plan: () => SeatingPlan;
  /** Cents by category name. */
  readonly prices: Readonly<Record<string, number>>;
}

/**
 * The halls take turns in the small hours, so that whoever tries Usher finds a showtime of today at any hour: the last
 * one begins a quarter of an hour before the cinema's day ends.
 */
export const HALLS: readonly DemoHall[] = [
  {
    id: 'quayside-studio',
    name: 'Studio',
    plan: studioPlan,
    prices: { Front: 900, Centre: 1_150, 'Love seat': 1_500 },
    movies: moviesCalled('alien', 'parasite', 'casablanca', 'metropolis', 'portrait-of-a-lady-on-fire', 'jaws'),
    firstStart: 13 * HOUR,
    lastStart: 22 * HOUR + 30,
    lateStart: 27 * HOUR + 45,
    turnaroundMinutes: 25,
  },
  {
    id: 'quayside-grand-hall',
    name: 'Grand Hall',
    plan: grandHallPlan,
    prices: { 'Front stalls': 1_200, Stalls: 1_600, Balcony: 1_400, Box: 2_400 },
    movies: moviesCalled('dune-part-two', 'spirited-away', 'seven-samurai', 'mad-max-fury-road', 'lagaan'),
    firstStart: 14 * HOUR,
    lastStart: 21 * HOUR,
    lateStart: 25 * HOUR + 30,
    turnaroundMinutes: 35,
  },
  {
    id: 'quayside-arena',
    name: 'Arena',
    plan: arenaPlan,
    prices: { Standing: 3_900, 'Lower tier': 5_900, Club: 8_900, 'Upper tier': 3_500, 'Side view': 2_500 },
    movies: moviesCalled('stop-making-sense', 'mad-max-fury-road', 'dune-part-two'),
    firstStart: 20 * HOUR,
    lastStart: 20 * HOUR,
    lateStart: 24 * HOUR + 30,
    turnaroundMinutes: 90,
  },
];

/**
 * Makes sure that the demo cinema exists and has showtimes today and tomorrow. Says nothing new the second time, and is
 * safe with several nodes at once: everything has an id that follows from what it is, and who comes second adds nothing.
 * @param now any instant of the day that is meant by today, on the calendar of the cinema's city.
 */
export async function seedDemo(pool: Pool, now: Date): Promise<void> {
  for (const movie of DEMO_MOVIES) await addMovie(pool, movie);
  await addVenue(pool, VENUE);
  for (const hall of HALLS) await addDemoHall(pool, hall);
  const pricesOf = new Map(HALLS.map((hall) => [hall.id, hall.prices]));
  for (const showtime of scheduleAround(now, VENUE.timeZone, HALLS)) {
    await addShowtime(pool, { ...showtime, currency: 'EUR', prices: pricesOf.get(showtime.hallId) ?? {} });
  }
}

async function addDemoHall(pool: Pool, hall: DemoHall): Promise<void> {
  // Twenty thousand seats take a moment to draw and to hash: not on every start.
  if (await hallExists(pool, hall.id)) return;
  const imported = importPlan(hall.plan());
  if (!imported.ok) throw new Error(`The plan of ${hall.name} has problems: ${JSON.stringify(imported.problems)}`);
  const seatMapHash = await addSeatMap(pool, imported.map);
  await addHall(pool, { id: hall.id, venueId: VENUE.id, name: hall.name, seatMapHash });
}

function moviesCalled(...ids: readonly string[]) {
  return DEMO_MOVIES.filter((movie) => ids.includes(movie.id));
}
