/** Mails about money that goes back, or does not. */
import type { MailData } from './mail-facts.js';
import type { MailFormat } from './mail-format.js';
import { type Drafted, said, shown, wordsOf } from './mail-parts.js';

type MoneyTemplate = 'refundSettled' | 'seatsReturned' | 'refundRefused' | 'paymentDisputed';

export const MONEY_TEMPLATES: {
  readonly [Name in MoneyTemplate]: (data: MailData[Name], format: MailFormat) => Drafted;
} = {
  refundSettled({ reference, name, amount }, format) {
    const { texts, fill } = wordsOf(format, 'refundSettled', { reference, amount: format.money(amount) });
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name },
      blocks: [said(fill(texts.body)), said(texts.duration)],
    };
  },
  seatsReturned({ order, isShowtimeCancelled }, format) {
    const { texts, fill } = wordsOf(format, 'seatsReturned', { reference: order.reference });
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: order.name },
      blocks: [
        said(fill(isShowtimeCancelled ? texts.showtimeCancelled : texts.returned)),
        said(texts.noMoney),
        ...order.shows.flatMap((each) => shown(each, format)),
      ],
    };
  },
  refundRefused({ reference, amount, provider, failure }, format) {
    const values = { reference, provider, failure, amount: format.money(amount) };
    const { texts, fill } = wordsOf(format, 'refundRefused', values);
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: '' },
      blocks: [said(fill(texts.body)), said(texts.todo)],
    };
  },
  paymentDisputed({ reference, amount, provider, reason, status, answerBy, timeZone }, format) {
    const values = { reference, provider, reason, status, amount: format.money(amount) };
    const { texts, fill } = wordsOf(format, 'paymentDisputed', values);
    const until =
      answerBy === undefined ? [] : [said(format.fill(texts.answerBy, { until: format.time(answerBy, timeZone) }))];
    return {
      ...{ subject: fill(texts.subject), title: fill(texts.title), name: '' },
      blocks: [said(fill(texts.body)), ...until],
    };
  },
};
