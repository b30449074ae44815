import { z } from 'zod';
import type { Reads } from '../catalogue/reads.js';
import { addDays, daysIn, daysOf, type Span } from './calendar.js';
import { type Column, type Found, type Row, report } from './report.js';
import { FILTER, filterName, ROWS_MAX, SPAN, spanError, tooManyRows } from './report-query.js';
import { calendarsOf, type Dimension, type Filter, readSums, type SumRow } from './revenue.js';

const BY = ['day', 'hour', 'showtime', 'movie', 'venue', 'channel', 'ticketType'] as const;
/** Hours are cut from each day: a span of them is shorter. */
const DAYS_WITH_HOURS_MAX = 93;

const currency: Column = { name: 'currency', kind: 'text' };
const AMOUNTS: readonly Column[] = [
  currency,
  { name: 'tickets', kind: 'number', about: 'Sold, whether or not they were returned later.' },
  { name: 'gross', kind: 'money', about: 'Prices of the seats.' },
  { name: 'fees', kind: 'money' },
  { name: 'discounts', kind: 'money' },
  { name: 'tax', kind: 'money', about: 'Included in gross + fees − discounts.' },
  { name: 'other', kind: 'money', about: 'Received without a sale, such as a wrong sum; it is refunded.' },
  { name: 'returnedTickets', kind: 'number' },
  { name: 'refunds', kind: 'money', about: 'On the day on which they were made.' },
  { name: 'refundedTax', kind: 'money', about: 'The part of `tax` that the refunds gave back.' },
  { name: 'net', kind: 'money', about: 'gross + fees − discounts + other − refunds.' },
];
const key = (name: Dimension, about?: string): Column => ({ name, kind: 'text', ...(about ? { about } : {}) });

const NAMES = BY.join('|');
const by = z
  .string()
  .regex(new RegExp(`^(${NAMES})(,(${NAMES})){0,3}$`), {
    error: `is one of ${BY.join(', ')}, or up to four with commas between them`,
  })
  .default('day')
  .transform((text) => text.split(',') as (typeof BY)[number][])
  .meta({
    description: `What the amounts are summed by: up to four of ${BY.join(', ')}, with commas between them.`,
    example: 'day,channel',
    override: { type: 'string' },
  });

export const revenue = report({
  name: 'revenue',
  summary: 'What was sold, received and given back, by day, hour, showtime, movie, venue, channel or ticket type.',
  query: { ...SPAN, by, ...FILTER },
  columns: [
    ...BY.map((name) => key(name, 'Empty where it was not asked for, and where the money belongs to none.')),
    ...AMOUNTS,
  ],
  fileName: ({ from, to, by, ...filter }) => `revenue-by-${by.join('-')}-${from}-${to}${filterName(filter)}`,
  read: async (db, { from, to, by, ...filter }) => {
    const error = spanError({ from, to }, by.includes('hour') ? DAYS_WITH_HOURS_MAX : undefined);
    if (error) return { ok: false, error };
    return await sumsAsRows(db, { from, to }, by, filter);
  },
});

export const takings = report({
  name: 'takings',
  summary: 'What each provider and each member of staff took on each day: for the closing of a cash desk.',
  query: { ...SPAN, venue: FILTER.venue },
  columns: [
    key('day'),
    key('provider', 'Such as stripe or cash.'),
    key('seller', 'The holder who sold; empty: customers bought by themselves.'),
    { name: 'sellerName', kind: 'text', about: 'Of the account; empty where it has none.' },
    currency,
    { name: 'tickets', kind: 'number' },
    { name: 'received', kind: 'money' },
    { name: 'refunds', kind: 'money' },
    { name: 'net', kind: 'money' },
  ],
  fileName: ({ from, to, venue }) => `takings-${from}-${to}${filterName({ venue })}`,
  read: async (db, { from, to, venue }) => {
    const error = spanError({ from, to });
    if (error) return { ok: false, error };
    const sums = await sumsOf(db, { from, to }, ['day', 'provider', 'seller'], { venue });
    if (!sums) return { ok: false, error: tooManyRows() };
    const names = await namesOf(db, [...new Set(sums.map(({ keys }) => keys.seller))]);
    return {
      ok: true,
      rows: sums.map(({ keys: { day, provider, seller }, currency, tickets, refunds, net }) => {
        const sellerName = names.get(seller) ?? '';
        return { day, provider, seller, sellerName, currency, tickets, received: net + refunds, refunds, net };
      }),
    };
  },
});

export const refunds = report({
  name: 'refunds',
  summary: 'What was given back on each day, by reason and provider.',
  query: { ...SPAN, ...FILTER },
  columns: [
    key('day'),
    key('reason', 'A code, such as returned, showtime_cancelled or late_payment.'),
    key('provider'),
    currency,
    { name: 'returnedTickets', kind: 'number' },
    { name: 'refunds', kind: 'money' },
    { name: 'refundedTax', kind: 'money' },
  ],
  fileName: ({ from, to, ...filter }) => `refunds-${from}-${to}${filterName(filter)}`,
  read: async (db, { from, to, ...filter }) => {
    const error = spanError({ from, to });
    if (error) return { ok: false, error };
    const sums = await sumsOf(db, { from, to }, ['day', 'reason', 'provider'], filter);
    if (!sums) return { ok: false, error: tooManyRows() };
    const rows = sums.filter(({ refunds }) => refunds > 0);
    return {
      ok: true,
      rows: rows.map(({ keys: { day, reason, provider }, currency, returnedTickets, refunds, refundedTax }) => {
        return { day, reason, provider, currency, returnedTickets, refunds, refundedTax };
      }),
    };
  },
});

const TREND_DAYS_MAX = 366;

export const trend = report({
  name: 'trend',
  summary: 'Sales of each day, with the same weekday of the week before and the mean of the last seven days.',
  query: { ...SPAN, ...FILTER },
  columns: [
    key('day'),
    currency,
    { name: 'tickets', kind: 'number' },
    { name: 'net', kind: 'money' },
    { name: 'netWeekBefore', kind: 'money', about: 'Seven days earlier.' },
    { name: 'netMean', kind: 'money', about: 'Of this day and the six before it, rounded to a minor unit.' },
  ],
  fileName: ({ from, to, ...filter }) => `trend-${from}-${to}${filterName(filter)}`,
  read: async (db, { from, to, ...filter }) => {
    const error = spanError({ from, to }, TREND_DAYS_MAX);
    if (error) return { ok: false, error };
    const sums = await sumsOf(db, { from: addDays(from, -7), to }, ['day'], filter);
    return sums ? { ok: true, rows: trendRows(sums, { from, to }) } : { ok: false, error: tooManyRows() };
  },
});

/** Days without a sale are rows too, or a mean over seven rows would be one over more days. */
function trendRows(sums: readonly SumRow[], span: Span): Row[] {
  const found = new Map(sums.map((row) => [`${row.keys.day} ${row.currency}`, row]));
  const currencies = [...new Set(sums.map(({ currency }) => currency))].sort();
  const netOf = (day: string, currency: string) => found.get(`${day} ${currency}`)?.net ?? 0;
  return daysOf(span).flatMap((day) =>
    currencies.map((currency) => {
      const week = daysOf({ from: addDays(day, -6), to: day }).reduce((sum, at) => sum + netOf(at, currency), 0);
      return {
        day,
        currency,
        tickets: found.get(`${day} ${currency}`)?.tickets ?? 0,
        net: netOf(day, currency),
        netWeekBefore: netOf(addDays(day, -7), currency),
        netMean: Math.round(week / 7),
      };
    }),
  );
}

const TOP_DAYS_MAX = 93;

export const topShowtimes = report({
  name: 'top-showtimes',
  summary: 'The showtimes that most was sold for, the best of each currency first.',
  query: {
    ...SPAN,
    venue: FILTER.venue,
    movie: FILTER.movie,
    limit: z.coerce
      .number<string | undefined>()
      .int()
      .min(1)
      .max(100)
      .default(10)
      .meta({ description: 'How many of each currency.', override: { type: 'integer', minimum: 1, maximum: 100 } }),
  },
  columns: [
    key('showtime'),
    { name: 'movie', kind: 'text', about: 'Its title.', optional: true },
    { name: 'startsAt', kind: 'text', optional: true },
    currency,
    { name: 'tickets', kind: 'number' },
    { name: 'net', kind: 'money' },
  ],
  fileName: ({ from, to, venue, movie }) => `top-showtimes-${from}-${to}${filterName({ venue, movie })}`,
  read: async (db, { from, to, limit, ...filter }) => {
    const error = spanError({ from, to }, TOP_DAYS_MAX);
    if (error) return { ok: false, error };
    const sums = await sumsOf(db, { from, to }, ['showtime'], filter);
    if (!sums) return { ok: false, error: tooManyRows() };
    const best = [...sums].sort((a, b) =>
      a.currency === b.currency ? b.net - a.net : a.currency < b.currency ? -1 : 1,
    );
    const taken = new Map<string, number>();
    const rows = best.filter(({ currency, keys }) => {
      const rank = (taken.get(currency) ?? 0) + (keys.showtime === '' ? 0 : 1);
      taken.set(currency, rank);
      return keys.showtime !== '' && rank <= limit;
    });
    const titles = await titlesOf(
      db,
      rows.map(({ keys }) => keys.showtime),
    );
    return {
      ok: true,
      rows: rows.map(({ keys: { showtime }, currency, tickets, net }) => {
        const { title = null, startsAt } = titles.get(showtime) ?? {};
        return { showtime, movie: title, startsAt: startsAt?.toISOString() ?? null, currency, tickets, net };
      }),
    };
  },
});

async function sumsOf(db: Reads, span: Span, by: readonly Dimension[], filter: Filter): Promise<SumRow[] | undefined> {
  const calendars = await calendarsOf(db, span, by.includes('hour') ? 'hour' : 'day');
  const sums = await readSums(db, { calendars, by, filter, rowsMax: rowsRead(by, span) });
  return sums && sums.length <= ROWS_MAX ? sums : undefined;
}

/** Postgres has one row for each hour of each day, and for each zone, where the answer has one for all. */
function rowsRead(by: readonly Dimension[], span: Span): number {
  return by.includes('hour') && !by.includes('day') ? ROWS_MAX * Math.min(10, daysIn(span)) : ROWS_MAX;
}

async function sumsAsRows(db: Reads, span: Span, by: readonly Dimension[], filter: Filter): Promise<Found> {
  const sums = await sumsOf(db, span, by, filter);
  if (!sums) return { ok: false, error: tooManyRows() };
  const shown = ({ keys, ...sums }: SumRow): Row => ({
    ...Object.fromEntries(BY.map((name) => [name, keys[name]])),
    ...sums,
  });
  return { ok: true, rows: sums.map(shown) };
}

async function namesOf(db: Reads, holders: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ holder: string; name: string }>(
    `SELECT h.holder, CASE WHEN a.name = '' THEN a.email ELSE a.name END AS name
       FROM boxoffice.account_holders h JOIN boxoffice.accounts a ON a.id = h.account_id WHERE h.holder = ANY ($1::text[])`,
    [holders],
  );
  return new Map(rows.map(({ holder, name }) => [holder, name]));
}

async function titlesOf(db: Reads, showtimes: readonly string[]) {
  const { rows } = await db.query<{ id: string; title: string; startsAt: Date }>(
    `SELECT t.id, m.title, t.starts_at AS "startsAt" FROM boxoffice.showtimes t
       JOIN boxoffice.movies m ON m.id = t.movie_id WHERE t.id = ANY ($1::uuid[])`,
    [showtimes],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
