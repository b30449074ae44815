import type { MailData, OrderFacts, ShowFacts } from '../../../src/boxoffice/notifications/mail-facts.js';

const show: ShowFacts = {
  showtimeId: '0192f0c1-7a51-7c6e-8d00-000000000001',
  movie: 'The Third <Man> & Co.',
  // Half past eight in the evening in Berlin, in winter.
  startsAt: Date.UTC(2026, 11, 4, 19, 30),
  timeZone: 'Europe/Berlin',
  venue: 'Kino am Ufer',
  address: 'Uferstraße 1, Berlin',
  hall: 'Great Hall',
};

const order: OrderFacts = {
  orderId: '0192f0c1-7a51-7c6e-8d00-000000000002',
  reference: 'BKTRC-XHFDL',
  name: 'Ada "Countess" Lovelace',
  currency: 'EUR',
  total: 2_630,
  shows: [
    {
      show,
      bookingReferences: ['PQRS4-TVWX2'],
      lines: [
        { seat: 'A-12', kind: 'Adult', price: 1_450, fee: 90, discount: 0, tax: 101, taxRate: 700 },
        { seat: 'A-13', kind: 'Child', price: 1_200, fee: 90, discount: 200, tax: 71, taxRate: 700 },
      ],
    },
  ],
};

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const url = 'https://tickets.example/?near=A-12%2CA-13#/showtimes/0192f0c1-7a51-7c6e-8d00-000000000001';
const link = { url: `https://tickets.example/account#password=${'A'.repeat(43)}`, withinMs: 3_600_000 };

const disputed = {
  ...{ reference: order.reference, amount: euros(2_630), provider: 'stripe' },
  ...{ reason: 'fraudulent', status: 'needs_response', timeZone: 'Europe/Berlin' },
};

/** One of each template, and of each reason of a refund. */
export const SAMPLES: readonly {
  readonly [Name in keyof MailData]: readonly [Name, MailData[Name], string?];
}[keyof MailData][] = [
  ['orderConfirmation', { order, hasTickets: true }],
  [
    'orderConfirmation',
    { order: { ...order, name: '', currency: 'HUF' }, hasTickets: false },
    'without tickets, in forints',
  ],
  ['orderExpired', { order, url }],
  ['refund', { order, amount: euros(2_630), reason: 'late_payment', url }, 'late payment'],
  ['refund', { order, amount: euros(1_540), reason: 'returned' }, 'returned'],
  ['refund', { order, amount: euros(2_630), reason: 'showtime_cancelled' }, 'showtime cancelled'],
  ['refund', { order, amount: euros(2_000), reason: 'wrong_sum' }, 'wrong sum'],
  ['refund', { order, amount: euros(2_630), reason: 'other' }, 'other'],
  ['refundSettled', { reference: order.reference, name: 'Ada', amount: euros(2_630) }],
  ['seatsReturned', { order, isShowtimeCancelled: false }, 'returned'],
  ['seatsReturned', { order, isShowtimeCancelled: true }, 'showtime cancelled'],
  [
    'refundRefused',
    { reference: order.reference, amount: euros(2_630), provider: 'stripe', failure: 'charge_disputed' },
  ],
  ['paymentDisputed', { ...disputed, answerBy: Date.UTC(2026, 11, 24, 22, 59) }, 'to be answered'],
  ['paymentDisputed', { ...disputed, status: 'lost' }, 'lost'],
  [
    'orderExchanged',
    {
      order,
      old: {
        ...order,
        reference: 'NLJHG-BDFCK',
        shows: [{ ...order.shows[0]!, lines: order.shows[0]!.lines.slice(1) }],
      },
      ...{ credit: 1_090, refund: 0, hasTickets: true },
    },
    'dearer seats',
  ],
  [
    'orderExchanged',
    {
      order: { ...order, total: 0 },
      old: { ...order, reference: 'NLJHG-BDFCK' },
      ...{ credit: 2_630, refund: 370, hasTickets: false },
    },
    'cheaper seats, without tickets',
  ],
  ['ticketPassedOn', { show, name: 'Grace', seat: 'A-13', hasTicket: true, url }],
  ['ticketOffered', { show, from: 'Ada', seat: 'A-13', until: Date.UTC(2026, 11, 3, 17, 15), url }],
  ['waitlistOffer', { show, name: '', seats: ['C-1', 'C-2'], until: Date.UTC(2026, 11, 4, 17, 15), url }],
  ['showtimeReminder', { order }],
  ['holdEnding', { order, until: Date.UTC(2026, 11, 4, 17, 15), url }],
  ['signUp', { ...link, withinMs: 24 * 3_600_000 }],
  ['signUpKnown', link],
  ['passwordReset', link],
  ['noAccount', {}],
  ['passwordChanged', {}],
  ['invitation', { ...link, withinMs: 7 * 86_400_000 }],
  ['endpointDisabled', { url: 'https://erp.example/hooks?a=1&b=2' }],
];
