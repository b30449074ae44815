import { wireError } from '../../protocol/errors.js';
import type { Reads } from '../catalogue/reads.js';
import { boundsOfDay, dayOf, instantOf, offsetMs, type VenueDay } from '../catalogue/venue-time.js';
import { addDays, type Calendar } from './calendar.js';
import { type Row, report } from './report.js';
import { tooManyRows, venueId } from './report-query.js';
import { readSums } from './revenue.js';

const DAY_MS = 86_400_000;
const WEEKS = 8;
/** With fewer earlier days that sold something nothing is foretold. */
const DAYS_MIN = 3;
/** Earlier in the day than this share of the usual sales the pace says nothing yet. */
const SHARE_MIN = 0.05;

/** What the same weekday of one earlier week sold until this time of day, and in all. */
export interface PastDay {
  readonly untilNow: number;
  readonly whole: number;
}

export interface Foretold {
  /** `pace`: by what is usually sold by now. `mean`: it is too early for that, so the mean of those days. `none`: too few days. */
  readonly method: 'pace' | 'mean' | 'none';
  readonly expected: number;
  /** The least and the most that one of the earlier days by itself would make of it. */
  readonly low: number;
  readonly high: number;
}

/**
 * What a day will have sold in the end. Of the last eight same weekdays those that sold something count. If they had sold a
 * share s of their whole by this time of day, then what was sold today is taken for the share s of today's whole.
 * A plain method: it knows no holidays, no weather and no new releases.
 */
export function foretell(soldSoFar: number, past: readonly PastDay[]): Foretold {
  const days = past.filter(({ whole }) => whole > 0);
  if (days.length < DAYS_MIN) return { method: 'none', expected: soldSoFar, low: soldSoFar, high: soldSoFar };
  const whole = days.reduce((sum, day) => sum + day.whole, 0);
  const share = Math.min(1, days.reduce((sum, day) => sum + day.untilNow, 0) / whole);
  const atLeast = (value: number) => Math.max(soldSoFar, Math.round(value));
  if (share < SHARE_MIN) {
    const wholes = days.map((day) => day.whole);
    const mean = whole / days.length;
    return {
      method: 'mean',
      expected: atLeast(mean),
      low: atLeast(Math.min(...wholes)),
      high: atLeast(Math.max(...wholes)),
    };
  }
  const single = days.map((day) => soldSoFar / Math.min(1, Math.max(day.untilNow / day.whole, SHARE_MIN)));
  return {
    method: 'pace',
    expected: atLeast(soldSoFar / share),
    low: atLeast(Math.min(...single)),
    high: atLeast(Math.max(...single)),
  };
}

export const forecast = report({
  name: 'forecast',
  summary: 'What a venue will have sold at the end of today, by the pace of the same weekday in the last eight weeks.',
  query: { venue: venueId },
  columns: [
    { name: 'day', kind: 'text' },
    { name: 'currency', kind: 'text' },
    { name: 'method', kind: 'text', about: 'pace, mean (too early for the pace) or none (too few such days).' },
    { name: 'soldSoFar', kind: 'money', about: 'gross + fees − discounts.' },
    { name: 'expected', kind: 'money' },
    { name: 'low', kind: 'money' },
    { name: 'high', kind: 'money' },
    { name: 'basedOnDays', kind: 'number' },
  ],
  errors: ['not_found'],
  fileName: ({ venue }) => `forecast-${venue}`,
  read: async (db, { venue }, now) => {
    const { rows: found } = await db.query<VenueDay>(
      'SELECT time_zone AS "timeZone", day_cutoff_hour AS "dayCutoffHour" FROM boxoffice.venues WHERE id = $1',
      [venue],
    );
    const [venueDay] = found;
    if (!venueDay) return { ok: false, error: wireError('not_found', 'There is no such venue.') };
    const rows = await readForecast(db, venue, venueDay, now);
    return rows ? { ok: true, rows } : { ok: false, error: tooManyRows() };
  },
});

async function readForecast(db: Reads, venue: string, venueDay: VenueDay, now: number): Promise<Row[] | undefined> {
  const today = dayOf(now, venueDay);
  const calendar = cutDays(today, venueDay, now);
  const asked = { calendars: [calendar], by: ['day', 'hour'], filter: { venue }, rowsMax: 10_000 } as const;
  const sums = await readSums(db, asked);
  if (!sums) return undefined;
  const sold = new Map<string, number>();
  for (const { keys, currency, gross, fees, discounts } of sums) {
    sold.set(`${keys.day} ${keys.hour} ${currency}`, gross + fees - discounts);
  }
  const currencies = [...new Set(sums.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const of = (day: string, part: string) => sold.get(`${day} ${part} ${currency}`) ?? 0;
    const past = weeksBefore(today).map((day) => {
      return { untilNow: of(day, 'before'), whole: of(day, 'before') + of(day, 'after') };
    });
    const soldSoFar = of(today, 'before');
    const basedOnDays = past.filter(({ whole }) => whole > 0).length;
    return { day: today, currency, ...foretell(soldSoFar, past), soldSoFar, basedOnDays };
  });
}

function weeksBefore(day: string): readonly string[] {
  return Array.from({ length: WEEKS }, (_, n) => addDays(day, -7 * (WEEKS - n)));
}

/** Today and the same weekdays before it, each cut where the clock on the wall shows what it shows now. */
function cutDays(today: string, venueDay: VenueDay, now: number): Calendar {
  const { timeZone } = venueDay;
  const local = now + offsetMs(now, timeZone);
  const bounds: number[] = [];
  const buckets: { day: string; hour: string }[] = [];
  const add = (bound: number, day: string, hour: string) => {
    bounds.push(bound);
    buckets.push({ day, hour });
  };
  for (const [n, day] of [...weeksBefore(today), today].entries()) {
    const [from, until] = boundsOfDay(day, venueDay);
    const cut = instantOf(local - (WEEKS - n) * 7 * DAY_MS, timeZone);
    add(from, day, 'before');
    add(Math.min(until, Math.max(from, cut)), day, 'after');
    // What lies between two of these days is counted, and not looked at.
    add(until, '', '');
  }
  return { ...venueDay, bounds, buckets: buckets.slice(0, -1) };
}
