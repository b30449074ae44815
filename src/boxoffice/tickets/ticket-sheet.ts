/** What is printed on a ticket, in the language of its order: the same on paper, on the page and in the calendar. */
import type { Ticket, TicketShowtime } from './ticket-store.js';

export interface TicketSheet {
  /** A language tag of BCP 47. */
  readonly lang: string;
  /** Of the QR code. */
  readonly code: string;
  /** Twelve letters in three groups of four. */
  readonly reference: string;
  readonly title: string;
  /** The age rating; empty: none. */
  readonly rating: string;
  readonly when: string;
  readonly venue: string;
  /** Where the venue is; empty: not known. */
  readonly address: string;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  /** Whose ticket it is; empty: not known. */
  readonly owner: string;
  readonly order: string;
  readonly help: string;
  readonly issuedAt: number;
}

interface Words {
  readonly ticket: string;
  readonly hall: string;
  readonly seat: string;
  readonly kind: string;
  readonly order: string;
  readonly help: string;
  readonly print: string;
  readonly pdf: string;
  readonly calendar: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    ticket: 'Ticket',
    hall: 'Hall',
    seat: 'Seat',
    kind: 'Ticket',
    order: 'Order',
    help: 'Show this code at the entrance, on paper or on a screen. It admits one person, once.',
    print: 'Print',
    pdf: 'Save as PDF',
    calendar: 'Add to calendar',
  },
  de: {
    ticket: 'Eintrittskarte',
    hall: 'Saal',
    seat: 'Platz',
    kind: 'Karte',
    order: 'Bestellung',
    help: 'Zeigen Sie diesen Code am Einlass, auf Papier oder auf dem Bildschirm. Er gilt einmal, für eine Person.',
    print: 'Drucken',
    pdf: 'Als PDF speichern',
    calendar: 'In den Kalender',
  },
  fr: {
    ticket: 'Billet',
    hall: 'Salle',
    seat: 'Place',
    kind: 'Tarif',
    order: 'Commande',
    help: 'Présentez ce code à l’entrée, sur papier ou à l’écran. Il est valable une fois, pour une personne.',
    print: 'Imprimer',
    pdf: 'Enregistrer en PDF',
    calendar: 'Ajouter au calendrier',
  },
  ru: {
    ticket: 'Билет',
    hall: 'Зал',
    seat: 'Место',
    kind: 'Тариф',
    order: 'Заказ',
    help: 'Покажите этот код на входе, на бумаге или на экране. По нему проходит один человек, один раз.',
    print: 'Напечатать',
    pdf: 'Сохранить как PDF',
    calendar: 'Добавить в календарь',
  },
  es: {
    ticket: 'Entrada',
    hall: 'Sala',
    seat: 'Butaca',
    kind: 'Tarifa',
    order: 'Pedido',
    help: 'Muestre este código en la entrada, en papel o en pantalla. Vale una vez, para una persona.',
    print: 'Imprimir',
    pdf: 'Guardar como PDF',
    calendar: 'Añadir al calendario',
  },
};
const ENGLISH = WORDS['en'] as Words;

/** The words of a language; of one that we do not have, the English ones. */
export function wordsOf(locale: string): Words & { readonly lang: string } {
  const lang = locale.toLowerCase().split('-')[0] ?? '';
  const words = Object.hasOwn(WORDS, lang) ? WORDS[lang] : undefined;
  return words ? { ...words, lang } : { ...ENGLISH, lang: 'en' };
}

export function sheetOf(ticket: Ticket, code: string): TicketSheet {
  const words = wordsOf(ticket.locale);
  const { showtime, ticketType, category } = ticket;
  return {
    lang: words.lang,
    code,
    reference: groupOf(ticket.reference),
    title: showtime.title,
    rating: showtime.rating ?? '',
    when: spellTime(showtime, ticket.locale),
    venue: showtime.venue,
    address: [showtime.address, showtime.city].filter((part) => part !== '').join(', '),
    fields: [
      { label: words.hall, value: showtime.hall },
      { label: words.seat, value: ticket.seat },
      { label: words.kind, value: [ticketType, category].filter((part) => part !== '').join(', ') },
    ],
    owner: ticket.owner.name,
    order: `${words.order} ${ticket.orderReference}`,
    help: words.help,
    issuedAt: ticket.issuedAt,
  };
}

/** `Saturday, 31 January 2026 at 20:00`, by the clocks of the venue; as the mail of the order writes it. */
export function spellTime({ startsAtLocal }: Pick<TicketShowtime, 'startsAtLocal'>, locale: string): string {
  // The local time was resolved before: shown as if it were UTC, no second table of zones has a say.
  const isPlainEnglish = !isKnown(locale) || locale.toLowerCase() === 'en';
  return formatOf(isPlainEnglish ? 'en-GB' : locale).format(new Date(`${startsAtLocal}Z`));
}

/** A reference as people read it out: `BCDF GHJK LNPR`. */
export function groupOf(reference: string): string {
  return reference.replaceAll(/.{4}(?=.)/g, '$& ');
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Languages that anybody may have put into an order are not kept without a bound. */
const FORMATS_MAX = 64;

function formatOf(locale: string): Intl.DateTimeFormat {
  const known = formats.get(locale);
  if (known) return known;
  if (formats.size >= FORMATS_MAX) formats.clear();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
  formats.set(locale, format);
  return format;
}

/** Whether it is a tag of a language that our words are in. */
function isKnown(locale: string): boolean {
  try {
    return (
      Intl.getCanonicalLocales(locale).length === 1 && Object.hasOwn(WORDS, locale.toLowerCase().split('-')[0] ?? '')
    );
  } catch {
    return false;
  }
}
