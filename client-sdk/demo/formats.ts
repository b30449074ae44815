/** Times, days and money in the language of the page. */
import type { Money } from '../../src/protocol/money.js';
import { formatMoney } from '../src/index.js';

const language = () => document.documentElement.lang;

export const money = (value: Money): string => formatMoney(value, language());

export const time = (date: Date): string =>
  new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit' }).format(date);

export const longDate = (date: Date): string =>
  new Intl.DateTimeFormat(language(), { weekday: 'long', day: 'numeric', month: 'long' }).format(date);

/** Today, Tomorrow, or the weekday. */
export function dayName(date: Date, now: Date): string {
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Tomorrow';
  return new Intl.DateTimeFormat(language(), { weekday: 'long' }).format(date);
}

export const duration = (minutes: number): string =>
  minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
