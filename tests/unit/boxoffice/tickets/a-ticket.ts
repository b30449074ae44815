import type { Ticket } from '../../../../src/boxoffice/tickets/ticket-store.js';

export const CODE = 'BCDEFGHIJKLNOPRSTUVX'.repeat(3);
/** In summer, when the clocks of Berlin are two hours ahead of UTC. */
export const STARTS_AT = Date.UTC(2026, 6, 4, 18, 0);

export function ticketWith(
  change: Partial<Omit<Ticket, 'showtime'>> = {},
  showtime: Partial<Ticket['showtime']> = {},
): Ticket {
  return {
    id: 't',
    reference: 'BCDFGHJKLNPR',
    generation: 1,
    state: 'valid',
    issuedAt: 0,
    orderId: 'o',
    orderReference: 'ORDER1',
    bookingReference: 'B',
    owner: { holder: undefined, accountId: undefined, name: 'Zoë' },
    buyer: { holder: 'h', accountId: undefined },
    locale: 'en',
    seat: 'K-12',
    category: 'Stalls',
    ticketType: 'Adult',
    price: { amount: 1_200, currency: 'EUR' },
    admission: undefined,
    ...change,
    showtime: {
      id: 's',
      title: 'Seven Samurai',
      rating: undefined,
      venue: 'Grand Cinema',
      address: 'Große Straße 5',
      city: 'Berlin',
      timeZone: 'Europe/Berlin',
      hall: 'Hall 1',
      seatMapHash: '',
      startsAt: STARTS_AT,
      endsAt: STARTS_AT + 207 * 60_000,
      startsAtLocal: '2026-07-04T20:00:00',
      isCancelled: false,
      ...showtime,
    },
  };
}
