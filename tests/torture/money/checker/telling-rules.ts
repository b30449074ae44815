/** What buyers and the receiver of webhooks were told: everything that happened, at least once, and nothing else. */
import { areSame, type Books, groupBy, type HeardWebhook, type Rule } from './books.js';

export const TELLING_RULES: Readonly<Record<string, Rule>> = {
  'each order that was fulfilled has its mail with tickets'({ mails, postgres }) {
    const confirmations = groupBy(
      mails.filter(({ kind }) => kind === 'orderConfirmation'),
      ({ to }) => to,
    );
    const sold = new Set(postgres.lines.filter(({ state }) => state === 'sold').map(({ orderId }) => orderId));
    return postgres.orders.flatMap(({ id, email, isFulfilled }) => {
      const sent = confirmations.get(email ?? '') ?? [];
      const steps = new Set(sent.map(({ messageId }) => messageId));
      if (steps.size !== (isFulfilled ? 1 : 0)) return [`Order ${id} has ${steps.size} mails of confirmation.`];
      // Where all was given back before the mail was written there are no tickets to send.
      return sold.has(id) && sent.some(({ pdfs }) => pdfs !== 1) ? [`A mail of order ${id} has no tickets.`] : [];
    });
  },

  'each refund has its mail'({ mails, postgres }) {
    const told = groupBy(
      mails.filter(({ kind }) => kind === 'refund'),
      ({ to }) => to,
    );
    const refunds = groupBy(postgres.refunds, ({ orderId }) => orderId);
    return postgres.orders.flatMap(({ id, email }) => {
      const steps = new Set((told.get(email ?? '') ?? []).map(({ messageId }) => messageId));
      const due = refunds.get(id)?.length ?? 0;
      return steps.size === due ? [] : [`Order ${id} has ${due} refunds and ${steps.size} mails about refunds.`];
    });
  },

  'a mail that comes again says the same'({ mails }) {
    return [...groupBy(mails, ({ messageId }) => messageId)].flatMap(([messageId, copies]) => {
      const isOne = new Set(copies.map(({ to, kind }) => `${to} ${kind}`)).size === 1;
      return isOne ? [] : [`${messageId} is of mails that are not copies of each other.`];
    });
  },

  'no two mails are about the same'({ mails }) {
    const said = groupBy(
      mails.filter(({ kind }) => kind === 'orderConfirmation'),
      ({ to, digest }) => `${to} ${digest}`,
    );
    return [...said.values()].flatMap((same) => {
      const ids = new Set(same.map(({ messageId }) => messageId));
      return ids.size === 1 ? [] : [`${same[0]?.to} was sent one mail under ${ids.size} names.`];
    });
  },

  'a webhook is signed, and the same when it comes again'({ heard }) {
    const forged = heard.filter(({ isGenuine }) => !isGenuine).map(({ id }) => `${id} was not signed by the house.`);
    const changed = [...groupBy(heard, ({ id }) => id)].filter(
      ([, all]) => new Set(all.map(({ body }) => body)).size > 1,
    );
    return [...forged, ...changed.map(([id]) => `${id} did not say the same each time.`)];
  },

  'webhooks tell each order and each refund once'(books) {
    const { orders, refunds, returns } = books.postgres;
    const fulfilled = once(books, 'order.fulfilled', 'orderId');
    const refunded = once(books, 'order.refunded', 'orderId');
    const settled = once(books, 'refund.settled', 'refundId');
    const decided = new Map<string, number>();
    const notOfReturns = refunds.filter(({ id }) => returns.every((one) => one.id !== id));
    for (const { orderId } of [...returns, ...notOfReturns]) decided.set(orderId, (decided.get(orderId) ?? 0) + 1);
    return [
      ...orders.flatMap(({ id, isFulfilled, total }) => [
        ...expect(
          `order.fulfilled of ${id}`,
          fulfilled.get(id),
          isFulfilled ? 1 : 0,
          (told) => told.data['total'] === total,
        ),
        ...expect(`order.refunded of ${id}`, refunded.get(id), decided.get(id) ?? 0, () => true),
      ]),
      ...refunds.flatMap(({ id, amount, orderId }) =>
        expect(`refund.settled of ${id}`, settled.get(id), 1, ({ data }) => {
          return data['amount'] === amount && data['orderId'] === orderId && data['state'] === 'succeeded';
        }),
      ),
      ...strangers('order', fulfilled, orders),
      ...strangers('order', refunded, orders),
      ...strangers('refund', settled, refunds),
    ];
  },

  'webhooks tell each booking and each seat that was given back once'(books) {
    const { postgres } = books;
    const created = once(books, 'booking.created', 'reference');
    const cancelled = once(books, 'booking.cancelled', 'reference');
    const lines = groupBy(postgres.lines, ({ orderId, booking }) => `${orderId} ${booking}`);
    const house = new Map(postgres.houseBookings.map((one) => [one.id, one]));
    const ofBookings = postgres.bookings.flatMap(({ orderId, number, bookingId, reference }) => {
      const booked = house.get(bookingId);
      const all = lines.get(`${orderId} ${number}`) ?? [];
      const seats = all.map(({ seat }) => seat);
      const gone =
        booked?.status === 'cancelled'
          ? seats
          : all.filter(({ state }) => state === 'returned').map(({ seat }) => seat);
      const freed = (cancelled.get(reference) ?? []).flatMap(seatsOf);
      return [
        ...expect(`booking.created of ${reference}`, created.get(reference), booked ? 1 : 0, (told) =>
          areSame(seatsOf(told), seats),
        ),
        ...(areSame(freed, booked ? gone : [])
          ? []
          : [`${reference} gave back ${gone.join()}, and told ${freed.join()}.`]),
      ];
    });
    const known = postgres.bookings.map(({ reference }) => ({ id: reference }));
    return [...ofBookings, ...strangers('booking', created, known), ...strangers('booking', cancelled, known)];
  },
};

/** The messages of a topic, each once, by what they are about. */
function once({ heard }: Books, type: string, about: string): ReadonlyMap<string, HeardWebhook[]> {
  const messages = new Map(heard.filter((one) => one.type === type).map((one) => [one.id, one]));
  return groupBy([...messages.values()], ({ data }) => String(data[about]));
}

function expect(
  what: string,
  told: readonly HeardWebhook[] = [],
  times: number,
  isRight: (told: HeardWebhook) => boolean,
): string[] {
  if (told.length !== times) return [`${what} was told by ${told.length} messages, and ${times} are due.`];
  return told.every(isRight) ? [] : [`${what} was told wrongly: ${told[0]?.body}`];
}

function strangers(
  kind: string,
  told: ReadonlyMap<string, unknown>,
  known: readonly { readonly id: string }[],
): string[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...told.keys()]
    .filter((id) => !ids.has(id))
    .map((id) => `A message is about a ${kind} that is not there: ${id}.`);
}

function seatsOf({ data }: HeardWebhook): readonly string[] {
  return data['seats'] as readonly string[];
}
