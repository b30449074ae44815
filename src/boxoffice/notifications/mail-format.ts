import { type Money, minorDigits } from '../../protocol/money.js';
import { localTime } from '../catalogue/venue-time.js';
import { de } from './texts/de.js';
import { en, type MailTexts } from './texts/en.js';
import { fr } from './texts/fr.js';
import { ru } from './texts/ru.js';

export const LANGUAGES: Readonly<Record<string, MailTexts>> = { en, de, fr, ru };

/** Of a value in a mail: a name is not to become a letter of its own. */
const VALUE_LENGTH_MAX = 300;

const FORMATS_MAX = 200;

/** How one language writes what a mail says. */
export class MailFormat {
  readonly language: string;
  readonly texts: MailTexts;
  /** For `Intl`: with the region that was asked for. */
  readonly #locale: string;

  /** @param locale BCP 47. Of a language that there are no texts in: English. */
  constructor(locale: string) {
    const language = locale.toLowerCase().split('-')[0] ?? '';
    this.language = Object.hasOwn(LANGUAGES, language) ? language : 'en';
    this.texts = LANGUAGES[this.language] ?? en;
    const hasRegion = this.language === language && locale !== language && isLocale(locale);
    this.#locale = hasRegion ? locale : this.language === 'en' ? 'en-GB' : this.language;
  }

  /** The text with its placeholders filled. @throws Error where one has no value. */
  fill(text: string, values: Readonly<Record<string, string>> = {}): string {
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`A mail has no value for {${name}}.`);
      return oneLine(value);
    });
  }

  /** Minor units as ISO 4217 counts them; `Intl` says only how it looks, with both of its bounds given. */
  money({ amount, currency }: Money): string {
    const digits = minorDigits(currency);
    const bounds = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return numberFormat(this.#locale, { style: 'currency', currency, ...bounds }).format(amount / 10 ** digits);
  }

  /** `rate` in hundredths of a percent. */
  percent(rate: number): string {
    return numberFormat(this.#locale, { style: 'percent', maximumFractionDigits: 2 }).format(rate / 10_000);
  }

  /** What the clocks of the venue show then, with the day. */
  time(instant: number, timeZone: string): string {
    return this.#format(instant, timeZone, { dateStyle: 'full', timeStyle: 'short' });
  }

  /** The same, for a subject. */
  shortTime(instant: number, timeZone: string): string {
    return this.#format(instant, timeZone, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
  }

  duration(ms: number): string {
    const { minutes, hours, days } = this.texts.durations;
    const count = (unitMs: number) => ({ count: String(Math.max(1, Math.round(ms / unitMs))) });
    if (ms < 2 * 3_600_000) return this.fill(minutes, count(60_000));
    if (ms < 2 * 86_400_000) return this.fill(hours, count(3_600_000));
    return this.fill(days, count(86_400_000));
  }

  /** By the rules of `venue-time.ts`, and no second set of them: the local time is formatted as if it were UTC. */
  #format(instant: number, timeZone: string, options: Intl.DateTimeFormatOptions): string {
    const local = Date.parse(`${localTime(instant, timeZone)}Z`);
    return timeFormat(this.#locale, { ...options, timeZone: 'UTC' }).format(local);
  }
}

/** What somebody typed, in one line: a line break would end a header, or begin a paragraph that is not ours. */
export function oneLine(value: string): string {
  return value
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, VALUE_LENGTH_MAX);
}

const numberFormat = remembering((locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));
const timeFormat = remembering(
  (locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);

/** To make a format takes far longer than to use it. Languages that anybody may have sent are not kept without a bound. */
function remembering<Options, Format>(make: (locale: string, options: Options) => Format) {
  const known = new Map<string, Format>();
  return (locale: string, options: Options): Format => {
    const key = `${locale} ${JSON.stringify(options)}`;
    const format = known.get(key) ?? make(locale, options);
    if (known.size >= FORMATS_MAX) known.clear();
    known.set(key, format);
    return format;
  };
}

function isLocale(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}
