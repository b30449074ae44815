import type { LinkFacts, MailData, MailTemplate, OrderFacts, RefundReason } from './mail-facts.js';
import type { MailFormat } from './mail-format.js';
import type { Block, Row } from './mail-layout.js';
import { type Drafted, facts, said, shown, wordsOf } from './mail-parts.js';
import { MONEY_TEMPLATES } from './money-templates.js';

export const MAIL_TEMPLATES: {
  readonly [Name in MailTemplate]: (data: MailData[Name], format: MailFormat) => Drafted;
} = {
  orderConfirmation({ order, hasTickets }, format) {
    const { texts, fill } = wordsOf(format, 'orderConfirmation', {
      reference: order.reference,
      movie: moviesOf(order),
    });
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: order.name },
      blocks: [
        said(hasTickets ? texts.attached : texts.booked),
        ...order.shows.flatMap((each) => shown(each, format)),
        { kind: 'heading', text: texts.receipt },
        receipt(order, format),
      ],
    };
  },
  orderExpired({ order, url }, format) {
    const { texts, fill } = wordsOf(format, 'orderExpired', { reference: order.reference });
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: order.name },
      blocks: [
        said(texts.body),
        ...order.shows.flatMap((each) => shown(each, format)),
        said(texts.late),
        ...action(texts.action, url),
      ],
    };
  },
  refund({ order, amount, reason, url }, format) {
    const values = { reference: order.reference, amount: format.money(amount) };
    const { texts, fill } = wordsOf(format, 'refund', values);
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: order.name },
      blocks: [
        said(fill(texts[REASONS[reason]])),
        ...(reason === 'late_payment' && url !== undefined
          ? [said(texts.nearest), ...action(texts.nearestAction, url)]
          : []),
        said(texts.duration),
        ...order.shows.flatMap((each) => shown(each, format)),
      ],
    };
  },
  ...MONEY_TEMPLATES,
  orderExchanged({ order, old, credit, refund, hasTickets }, format) {
    const { texts, fill } = wordsOf(format, 'orderExchanged', {
      ...{ reference: order.reference, oldReference: old.reference, movie: moviesOf(order) },
      amount: format.money({ amount: refund, currency: order.currency }),
    });
    return {
      ...{ subject: fill(texts.subject), title: texts.title, name: order.name },
      blocks: [
        said(fill(texts.body)),
        ...old.shows.flatMap((each) => shown(each, format)),
        said(fill(hasTickets ? texts.attached : texts.booked)),
        ...order.shows.flatMap((each) => shown(each, format)),
        ...(refund > 0 ? [said(fill(texts.refunded))] : []),
        { kind: 'heading', text: format.texts.orderConfirmation.receipt },
        receipt(order, format, credit),
      ],
    };
  },
  ticketPassedOn({ show, name, seat, hasTicket, url }, format) {
    const { texts, fill } = wordsOf(format, 'ticketPassedOn', { movie: show.movie });
    return {
      ...{ subject: fill(texts.subject), title: texts.title, name },
      blocks: [
        said(fill(texts.body)),
        facts(show, [seat], format),
        ...(hasTicket ? [said(texts.attached)] : []),
        ...action(texts.action, url),
      ],
    };
  },
  ticketOffered({ show, from, seat, until, url }, format) {
    const { texts, fill } = wordsOf(format, 'ticketOffered', {
      movie: show.movie,
      from: from === '' ? format.texts.ticketOffered.somebody : from,
      until: format.time(until, show.timeZone),
    });
    return {
      ...{ subject: fill(texts.subject), title: texts.title, name: '' },
      blocks: [said(fill(texts.body)), facts(show, [seat], format), ...action(texts.action, url), ignore(format)],
    };
  },
  waitlistOffer({ show, name, seats, until, url }, format) {
    const untilText = format.time(until, show.timeZone);
    const { texts, fill } = wordsOf(format, 'waitlistOffer', { movie: show.movie, until: untilText });
    return {
      ...{ subject: fill(texts.subject), title: texts.title, name },
      blocks: [said(fill(texts.body)), facts(show, seats, format), ...action(texts.action, url), said(texts.otherwise)],
    };
  },
  showtimeReminder({ order }, format) {
    const first = order.shows[0]?.show;
    const when = first ? format.shortTime(first.startsAt, first.timeZone) : '';
    const { texts, fill } = wordsOf(format, 'showtimeReminder', { movie: moviesOf(order), when });
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: order.name },
      blocks: [...order.shows.flatMap((each) => shown(each, format)), said(texts.body)],
    };
  },
  holdEnding({ order, until, url }, format) {
    const zone = order.shows[0]?.show.timeZone ?? 'Etc/UTC';
    const values = { reference: order.reference, until: format.shortTime(until, zone) };
    const { texts, fill } = wordsOf(format, 'holdEnding', values);
    return {
      ...{ subject: fill(texts.subject), title: texts.title, name: order.name },
      blocks: [
        said(fill(texts.body)),
        ...order.shows.flatMap((each) => shown(each, format)),
        ...action(texts.action, url),
      ],
    };
  },
  signUp: (link, format) => linked('signUp', link, format, true),
  signUpKnown({ url, withinMs }, format) {
    const { texts, fill } = wordsOf(format, 'signUpKnown', { within: format.duration(withinMs) });
    return {
      ...{ subject: texts.subject, title: texts.title, name: '' },
      blocks: [said(texts.body), said(fill(texts.forgotten)), ...action(texts.action, url), ignore(format)],
    };
  },
  passwordReset: (link, format) => linked('passwordReset', link, format, true),
  noAccount(_, format) {
    const { subject, title, body } = format.texts.noAccount;
    return { subject, title, name: '', blocks: [said(body), ignore(format)] };
  },
  passwordChanged(_, format) {
    const { subject, title, body, notYou } = format.texts.passwordChanged;
    return { subject, title, name: '', blocks: [said(body), said(notYou)] };
  },
  invitation: (link, format) => linked('invitation', link, format, false),
  endpointDisabled({ url }, format) {
    const { texts, fill } = wordsOf(format, 'endpointDisabled', { url });
    return { subject: texts.subject, title: texts.title, name: '', blocks: [said(fill(texts.body))] };
  },
};

const REASONS = {
  late_payment: 'latePayment',
  returned: 'returned',
  showtime_cancelled: 'showtimeCancelled',
  wrong_sum: 'wrongSum',
  exchange_gone: 'exchangeGone',
  other: 'other',
} as const satisfies Record<RefundReason, string>;

/** A mail about a link that works for a while. */
function linked(
  group: 'signUp' | 'passwordReset' | 'invitation',
  { url, withinMs }: LinkFacts,
  format: MailFormat,
  mayBeAnother: boolean,
): Drafted {
  const { texts, fill } = wordsOf(format, group, { within: format.duration(withinMs) });
  return {
    ...{ subject: texts.subject, title: texts.title, name: '' },
    blocks: [said(fill(texts.body)), ...action(texts.action, url), ...(mayBeAnother ? [ignore(format)] : [])],
  };
}

function ignore(format: MailFormat): Block {
  return said(format.texts.common.ignore);
}

function action(label: string, url: string | undefined): Block[] {
  return url === undefined ? [] : [{ kind: 'action', label, url }];
}

function moviesOf(order: OrderFacts): string {
  return [...new Set(order.shows.map(({ show }) => show.movie))].join(', ');
}

/** What was paid for what. Fees, discounts and an exchange are one row each; the tax is a part of the sum. */
function receipt(order: OrderFacts, format: MailFormat, credit = 0): Block {
  const { seat, fees, discount, total, taxIncluded } = format.texts.common;
  const money = (amount: number) => format.money({ amount, currency: order.currency });
  const lines = order.shows.flatMap((each) => each.lines);
  const sum = (of: (line: (typeof lines)[number]) => number) => lines.reduce((before, line) => before + of(line), 0);
  const taxes = new Map<number, number>();
  for (const { taxRate, tax } of lines) if (tax > 0) taxes.set(taxRate, (taxes.get(taxRate) ?? 0) + tax);
  const [allFees, allDiscounts] = [sum(({ fee }) => fee), sum((line) => line.discount)];
  return {
    kind: 'sums',
    rows: [
      ...lines.map((line): Row => [`${format.fill(seat, { seat: line.seat })} · ${line.kind}`, money(line.price)]),
      ...(allFees > 0 ? [[fees, money(allFees)] as const] : []),
      ...(allDiscounts > 0 ? [[discount, money(-allDiscounts)] as const] : []),
      ...(credit > 0 ? [[format.texts.orderExchanged.credit, money(-credit)] as const] : []),
      ...[...taxes].map(([rate, tax]): Row => [format.fill(taxIncluded, { rate: format.percent(rate) }), money(tax)]),
      [total, money(order.total)],
    ],
  };
}
