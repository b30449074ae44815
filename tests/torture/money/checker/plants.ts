/** Puts one fault into what a real run left behind, as a broken server would have: the checker must find it by the named rule. */
import type { Books, PostgresBooks } from './books.js';

export interface Plant {
  /** Of the checker, by which it must be found. */
  readonly rule: string;
  /** @throws Error where the run had nothing of the kind that is to be spoilt. */
  readonly plant: (books: Books) => Books;
}

function found<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error('This run had nothing to plant the fault in.');
  return item;
}

function fulfilled({ postgres }: Books) {
  return found(
    postgres.orders.find(
      ({ state, id }) => state === 'fulfilled' && postgres.lines.some(({ orderId }) => orderId === id),
    ),
  );
}

function withRows(books: Books, rows: Partial<PostgresBooks>): Books {
  return { ...books, postgres: { ...books.postgres, ...rows } };
}

/** One row is another, or is gone where the change gives undefined. */
function changed<Row>(rows: readonly Row[], row: Row, change: Partial<Row> | undefined): readonly Row[] {
  return rows.flatMap((one) => (one !== row ? [one] : change ? [{ ...one, ...change }] : []));
}

type Intent = Books['ledger']['intents'][number];

function withIntents(books: Books, intents: readonly Intent[]): Books {
  return { ...books, ledger: { ...books.ledger, intents } };
}

function paidIntent(books: Books): Intent {
  const { id } = fulfilled(books);
  return found(
    books.ledger.intents.find(
      ({ orderId, received, refunds }) => orderId === id && received > 0 && refunds.length === 0,
    ),
  );
}

function refundedIntent({ ledger }: Books): Intent {
  return found(ledger.intents.find(({ refunds }) => refunds.length > 0));
}

const EVERY_SUM = 'every sum paid has its seats or its refund';
const ONE_CHARGE = 'one payment is one charge';
const ONE_REFUND = 'one refund is one refund at the provider';
const BOOKING_SEATS = 'a booking has the seats that were paid for, and no others';
const TICKETS = 'every seat that was sold has one ticket, and only while it is sold';
const ORDER_MAIL = 'each order that was fulfilled has its mail with tickets';
const ORDERS_TOLD = 'webhooks tell each order and each refund once';
const SEATS_TOLD = 'webhooks tell each booking and each seat that was given back once';
const GENUINE = 'a webhook is signed, and the same when it comes again';

export const MONEY_PLANTS: Readonly<Record<string, Plant>> = {
  'the card of a buyer was charged twice for one payment': {
    rule: ONE_CHARGE,
    plant: (books) => withIntents(books, [...books.ledger.intents, { ...paidIntent(books), id: 'pi_second' }]),
  },
  'money arrived that nobody took notice of': {
    rule: ONE_CHARGE,
    plant: (books) => {
      const row = found(books.postgres.payments.find(({ state }) => state === 'succeeded'));
      return withRows(books, {
        payments: changed(books.postgres.payments, row, { state: 'cancelled', received: null }),
      });
    },
  },
  'seats were given for money that never came': {
    rule: EVERY_SUM,
    plant: (books) => {
      const intent = paidIntent(books);
      const none = { ...intent, status: 'canceled', received: 0 } as const;
      return withIntents(
        books,
        books.ledger.intents.map((one) => (one === intent ? none : one)),
      );
    },
  },
  'a second payment was not given back': {
    rule: EVERY_SUM,
    plant: (books) => {
      const intent = refundedIntent(books);
      return withIntents(
        books,
        books.ledger.intents.map((one) => (one === intent ? { ...one, refunds: [] } : one)),
      );
    },
  },
  'a refund was made twice': {
    rule: ONE_REFUND,
    plant: (books) => {
      const intent = refundedIntent(books);
      const twice = { ...intent, refunds: [...intent.refunds, { ...found(intent.refunds[0]), id: 're_second' }] };
      return withIntents(
        books,
        books.ledger.intents.map((one) => (one === intent ? twice : one)),
      );
    },
  },
  'a refund counts as made, and is not': {
    rule: ONE_REFUND,
    plant: (books) => {
      const { refunds, orders } = books.postgres;
      const row = found(refunds[0]);
      const another = { ...row, id: 'f0000000-0000-4000-8000-000000000000', orderId: found(orders[0]).id };
      return withRows(books, { refunds: [...refunds, another] });
    },
  },
  'a return gave back less than it says': {
    rule: 'a return gives back what it says',
    plant: (books) => {
      const row = found(books.postgres.returns.find(({ amount }) => amount > 1));
      return withRows(books, { returns: changed(books.postgres.returns, row, { amount: row.amount - 1 }) });
    },
  },
  'more was given back than was paid': {
    rule: 'nothing is given back beyond what was paid',
    plant: (books) => {
      const intent = refundedIntent(books);
      const more = { ...intent, received: 0 };
      return withIntents(
        books,
        books.ledger.intents.map((one) => (one === intent ? more : one)),
      );
    },
  },
  'an order that was paid is expired': {
    rule: 'the sums of an order agree',
    plant: (books) =>
      withRows(books, { orders: changed(books.postgres.orders, fulfilled(books), { state: 'expired' }) }),
  },
  'a seat was sold twice': {
    rule: 'no seat is in two bookings',
    plant: (books) => {
      const { houseBookings } = books.postgres;
      const living = found(houseBookings.find(({ status }) => status === 'confirmed'));
      return withRows(books, { houseBookings: [...houseBookings, { ...living, id: 'another booking' }] });
    },
  },
  'the house lost a booking that was paid for': {
    rule: BOOKING_SEATS,
    plant: (books) => {
      const { houseBookings } = books.postgres;
      const living = found(houseBookings.find(({ status }) => status === 'confirmed'));
      return withRows(books, { houseBookings: changed(houseBookings, living, undefined) });
    },
  },
  'seats were booked for an order that has expired': {
    rule: BOOKING_SEATS,
    plant: (books) => {
      const { orders, bookings, houseBookings, lines } = books.postgres;
      const ofNobody = found(
        bookings.find(({ orderId, number }) => {
          const isExpired = orders.some(({ id, state }) => id === orderId && state === 'expired');
          return isExpired && lines.some((line) => line.orderId === orderId && line.booking === number);
        }),
      );
      const { bookingId: id, reference, showtimeId, orderId } = ofNobody;
      return withRows(books, {
        houseBookings: [...houseBookings, { id, reference, showtimeId, orderId, seats: [0], status: 'confirmed' }],
      });
    },
  },
  'an order was booked in part': {
    rule: 'an order is booked as a whole or not at all',
    plant: (books) => {
      const { id } = fulfilled(books);
      const row = found(books.postgres.bookings.find(({ orderId }) => orderId === id));
      return withRows(books, { bookings: changed(books.postgres.bookings, row, { status: 'failed' }) });
    },
  },
  'a seat has no ticket': {
    rule: TICKETS,
    plant: (books) => withRows(books, { tickets: books.postgres.tickets.slice(1) }),
  },
  'a seat has two tickets': {
    rule: TICKETS,
    plant: (books) => {
      const { tickets } = books.postgres;
      return withRows(books, { tickets: [...tickets, { ...found(tickets[0]), id: 'another ticket' }] });
    },
  },
  'the ticket of a seat that was given back still opens the door': {
    rule: TICKETS,
    plant: (books) => {
      const row = found(books.postgres.tickets.find(({ state }) => state !== 'valid'));
      return withRows(books, { tickets: changed(books.postgres.tickets, row, { state: 'valid' }) });
    },
  },
  'people have seats of a cancelled showtime': {
    rule: 'nobody has seats of a cancelled showtime',
    plant: (books) => {
      const living = found(books.postgres.houseBookings.find(({ status }) => status === 'confirmed'));
      return withRows(books, { cancelledShowtimes: [living.showtimeId] });
    },
  },
  'a job was forgotten': {
    rule: 'nothing is left undone',
    plant: (books) => withRows(books, { unfinished: { 'jobs in the queue': 1 } }),
  },
  'a buyer got no mail': {
    rule: ORDER_MAIL,
    plant: (books) => {
      const { email } = fulfilled(books);
      return { ...books, mails: books.mails.filter(({ to }) => to !== email) };
    },
  },
  'a mail came without its tickets': {
    rule: ORDER_MAIL,
    plant: (books) => {
      const { email } = fulfilled(books);
      return { ...books, mails: books.mails.map((mail) => (mail.to === email ? { ...mail, pdfs: 0 } : mail)) };
    },
  },
  'the copy of a mail has a name of its own': {
    rule: 'no two mails are about the same',
    plant: (books) => {
      const mail = found(books.mails.find(({ kind }) => kind === 'orderConfirmation'));
      return { ...books, mails: [...books.mails, { ...mail, messageId: '<another@localhost>' }] };
    },
  },
  'two mails have one name, so that a mail program shows one of them': {
    rule: 'a mail that comes again says the same',
    plant: (books) => {
      const [one, other] = [found(books.mails[0]), found(books.mails[1])];
      return { ...books, mails: changed(books.mails, other, { messageId: one.messageId, to: `${one.to}.other` }) };
    },
  },
  'nobody was told of a refund': {
    rule: 'each refund has its mail',
    plant: (books) => ({ ...books, mails: books.mails.filter(({ kind }) => kind !== 'refund') }),
  },
  'an order was told under two ids': {
    rule: ORDERS_TOLD,
    plant: (books) => {
      const told = found(books.heard.find(({ type }) => type === 'order.fulfilled'));
      return { ...books, heard: [...books.heard, { ...told, id: 'msg_another' }] };
    },
  },
  'an order was not told': {
    rule: ORDERS_TOLD,
    plant: (books) => {
      const told = found(books.heard.find(({ type }) => type === 'order.fulfilled'));
      return { ...books, heard: books.heard.filter(({ id }) => id !== told.id) };
    },
  },
  'a booking was told that is none': {
    rule: SEATS_TOLD,
    plant: (books) => {
      const told = found(books.heard.find(({ type }) => type === 'booking.created'));
      return {
        ...books,
        heard: [...books.heard, { ...told, id: 'msg_another', data: { ...told.data, reference: 'NONE' } }],
      };
    },
  },
  'seats that were given back were not told': {
    rule: SEATS_TOLD,
    plant: (books) => ({ ...books, heard: books.heard.filter(({ type }) => type !== 'booking.cancelled') }),
  },
  'a webhook is from somebody else': {
    rule: GENUINE,
    plant: (books) => ({ ...books, heard: changed(books.heard, found(books.heard[0]), { isGenuine: false }) }),
  },
  'a webhook says something else the second time': {
    rule: GENUINE,
    plant: (books) => ({ ...books, heard: [...books.heard, { ...found(books.heard[0]), body: '{}' }] }),
  },
};
