/** Times, days and money in the language of the page. */
import type { ShowtimeView } from '../../src/protocol/http.js';
import type { Money } from '../../src/protocol/money.js';
import { formatMoney } from '../src/index.js';

const language = () => document.documentElement.lang;

export const money = (value: Money): string => formatMoney(value, language());

/** Local times come from the server as texts, `2026-01-31T20:00:00`: read as UTC and written as UTC, they stay what they are. */
const written = (local: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(language(), { ...options, timeZone: 'UTC' }).format(Date.parse(`${local.slice(0, 19)}Z`));

export const time = (local: string): string => written(local, { hour: '2-digit', minute: '2-digit' });

/** @param day `2026-01-31`, or a local time. */
export const longDate = (day: string): string =>
  written(`${day.slice(0, 10)}T00:00:00`, { weekday: 'long', day: 'numeric', month: 'long' });

/** Today, Tomorrow, the weekday, or after a week the date. Both are days of one venue. */
export function dayName(day: string, today: string): string {
  const days = Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Tomorrow';
  const options = days < 7 ? ({ weekday: 'long' } as const) : ({ day: 'numeric', month: 'short' } as const);
  return written(`${day}T00:00:00`, options);
}

/**
 * When it starts by the clock of whoever looks, where that shows another time than the venue's: `21:00 your time`, with
 * the weekday where that is another too.
 */
export function ownTime({
  startsAt,
  startsAtLocal,
}: Pick<ShowtimeView, 'startsAt' | 'startsAtLocal'>): string | undefined {
  const instant = new Date(startsAt);
  const own = new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString();
  if (own.slice(0, 16) === startsAtLocal.slice(0, 16)) return undefined;
  const day = own.slice(0, 10) === startsAtLocal.slice(0, 10) ? '' : `${written(own, { weekday: 'long' })} `;
  return `${day}${time(own)} your time`;
}

export const duration = (minutes: number): string =>
  minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
