import type { Pool } from 'pg';
import { z } from 'zod';
import type { CityView, VenueView } from '../../protocol/http.js';
import { ListQuery } from './list-query.js';
import { type Page, pageOf } from './page.js';
import type { Reads } from './reads.js';
import { isTimeZone } from './venue-time.js';

export const DAY_CUTOFF_HOUR = 6;

export interface Venue {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  /** An IANA name of area and city, such as Europe/Berlin. */
  readonly timeZone: string;
  /** A showtime that begins before this hour belongs to the evening before; 6 unless set. */
  readonly dayCutoffHour?: number;
}

export interface Hall {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  /** The plan that showtimes made from now on will sell; earlier ones keep theirs. */
  readonly seatMapHash: string;
}

export interface VenueFilter {
  readonly city?: string | undefined;
  /** Only those behind the one with this id. */
  readonly after?: string | undefined;
}

/** The most venues or cities on one page of a list. */
export const VENUES_LISTED_MAX = 200;
/** The id of a venue, or a city as lists compare it. */
export const placePosition = z.string();

export const VENUE_COLUMNS = `id, name, city, address, time_zone AS "timeZone", day_cutoff_hour AS "dayCutoffHour"`;

const VENUES = `SELECT ${VENUE_COLUMNS} FROM boxoffice.venues`;
const CITIES = `SELECT key, city, venues FROM (
  SELECT city_key COLLATE "C" AS key, min(city) AS city, count(*)::integer AS venues FROM boxoffice.venues GROUP BY 1) AS cities`;

/** A page of the venues by id. */
export async function listVenues(pool: Reads, { city, after }: VenueFilter = {}): Promise<Page<VenueView>> {
  const query = new ListQuery(VENUES)
    .whereGiven('city_key = boxoffice.fold(?)', city)
    .whereGiven('id COLLATE "C" > ?', after);
  const { rows } = await pool.query<VenueView>(query.page(['id COLLATE "C"'], VENUES_LISTED_MAX));
  return pageOf(
    rows,
    VENUES_LISTED_MAX,
    ({ id }) => id,
    (venue) => venue,
  );
}

/** A page of the cities that have venues, by name; one whose name is written in two ways is one. */
export async function listCities(pool: Reads, after?: string): Promise<Page<CityView>> {
  const query = new ListQuery(CITIES).whereGiven('key > ?', after);
  const { rows } = await pool.query<CityView & { readonly key: string }>(query.page(['key'], VENUES_LISTED_MAX));
  return pageOf(
    rows,
    VENUES_LISTED_MAX,
    ({ key }) => key,
    ({ key: _key, ...city }) => city,
  );
}

/**
 * @returns false where the id is taken; that venue stays as it is.
 * @throws RangeError where this Node knows no such time zone, or its name is none of area and city (CET, EET, …).
 */
export async function addVenue(pool: Pool, venue: Venue): Promise<boolean> {
  const { timeZone, dayCutoffHour = DAY_CUTOFF_HOUR } = venue;
  if (!isTimeZone(timeZone)) {
    throw new RangeError(`${JSON.stringify(timeZone)} is no time zone; give area and city, such as Europe/Berlin.`);
  }
  const { rowCount } = await pool.query(
    `INSERT INTO boxoffice.venues (id, name, city, time_zone, day_cutoff_hour)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
    [venue.id, venue.name, venue.city, timeZone, dayCutoffHour],
  );
  return rowCount === 1;
}

/**
 * @returns false where the id is taken; that hall stays as it is.
 * @throws the driver's foreign-key error (23503) where the venue or the seat map does not exist.
 */
export async function addHall(pool: Pool, hall: Hall): Promise<boolean> {
  const { rowCount } = await pool.query(
    'INSERT INTO boxoffice.halls (id, venue_id, name, seat_map_hash) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
    [hall.id, hall.venueId, hall.name, hall.seatMapHash],
  );
  return rowCount === 1;
}

export async function hallExists(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM boxoffice.halls WHERE id = $1', [id]);
  return rowCount === 1;
}
