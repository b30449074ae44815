import type { OrderFacts } from './mail-facts.js';

/** Seats named in a link, for a buyer who looks for free seats close to them. */
const SEATS_MAX = 10;

/** Where mails lead to, on the site whose address is SITE_URL. */
export class SiteLinks {
  readonly #siteUrl: string;

  constructor(siteUrl: string) {
    this.#siteUrl = siteUrl;
  }

  /** The page on which seats of a showtime are chosen. */
  showtime(showtimeId: string): string {
    return `${this.#siteUrl}/#/showtimes/${showtimeId}`;
  }

  /** Of the first showtime of an order. */
  toShowOf({ shows }: OrderFacts): { readonly url?: string } {
    const first = shows[0];
    return first ? { url: this.showtime(first.show.showtimeId) } : {};
  }

  /** The same page, told which seats were wanted: `near` has their labels. */
  toNearestOf({ shows }: OrderFacts): { readonly url?: string } {
    const first = shows[0];
    if (!first) return {};
    const seats = first.lines.slice(0, SEATS_MAX).map(({ seat }) => seat);
    const near = new URLSearchParams({ near: seats.join(',') });
    return { url: `${this.#siteUrl}/?${near}#/showtimes/${first.show.showtimeId}` };
  }
}
