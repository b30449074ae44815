/** What was paid, what was given back, and what the rows say about both. */
import { groupBy, type OrderRow, type Rule, sumOf } from './books.js';

/** Reasons of refunds of money that never was the order's; see src/boxoffice/orders/judge-report.ts. */
const NOT_OF_ORDER = ['wrong_sum', 'paid_twice', 'order_cancelled', 'order_expired'];
const END_STATES = ['fulfilled', 'expired', 'cancelled', 'refunded', 'partly_refunded'];

export const MONEY_RULES: Readonly<Record<string, Rule>> = {
  'every sum paid has its seats or its refund'({ ledger, postgres }) {
    const intents = groupBy(ledger.intents, ({ orderId }) => orderId);
    const returns = groupBy(postgres.returns, ({ orderId }) => orderId);
    const known = new Set(postgres.orders.map(({ id }) => id));
    const strangers = ledger.intents
      .filter(({ orderId }) => orderId === undefined || !known.has(orderId))
      .map(({ id }) => `${id} is a payment of no order.`);
    const orders = postgres.orders.flatMap(({ id, total, isFulfilled, state }) => {
      const kept = (intents.get(id) ?? []).map((intent) => intent.received - givenBack(intent.refunds));
      const due = isFulfilled ? total - sumOf((returns.get(id) ?? []).map(({ amount }) => amount)) : 0;
      if (sumOf(kept) !== due)
        return [`Order ${id} (${state}): ${sumOf(kept)} was kept at the provider, and ${due} is due.`];
      if (kept.filter((each) => each > 0).length > 1) return [`Order ${id} keeps money of two payments.`];
      return [];
    });
    return [...strangers, ...orders];
  },

  'nothing is given back beyond what was paid'({ ledger }) {
    return ledger.intents.flatMap(({ id, received, refunds }) => {
      const given = givenBack(refunds);
      return given > received ? [`${id}: ${received} was paid, and ${given} was given back.`] : [];
    });
  },

  'one payment is one charge'({ ledger, postgres }) {
    const rows = new Map(postgres.payments.map((row) => [row.id, row]));
    const intents = groupBy(ledger.intents, ({ paymentId }) => paymentId);
    const ofIntents = [...intents].flatMap(([paymentId, of]) => {
      const row = paymentId === undefined ? undefined : rows.get(paymentId);
      const [first] = of;
      if (!row || !first) return [`${first?.id} has no row of a payment.`];
      if (of.length > 1) return [`Payment ${row.id} was made ${of.length} times at the provider.`];
      if (first.status !== 'succeeded') return [];
      if (row.state !== 'succeeded') return [`Payment ${row.id} is ${row.state}, and its money is at the provider.`];
      const isSame = row.received === first.received && row.providerRef === first.id && row.orderId === first.orderId;
      return isSame ? [] : [`The row of payment ${row.id} does not say what ${first.id} is.`];
    });
    const ofRows = postgres.payments.flatMap(({ id, state }) => {
      const isPaid = intents.get(id)?.some(({ status }) => status === 'succeeded');
      return state === 'succeeded' && !isPaid
        ? [`Payment ${id} is succeeded, and the provider has no money of it.`]
        : [];
    });
    return [...ofIntents, ...ofRows];
  },

  'one refund is one refund at the provider'({ ledger, postgres }) {
    const given = ledger.intents.flatMap(({ paymentId, refunds }) =>
      refunds.map((refund) => ({ ...refund, paymentId })),
    );
    const byRow = groupBy(given, ({ refundId }) => refundId);
    const rows = new Map(postgres.refunds.map((row) => [row.id, row]));
    const strangers = given
      .filter(({ refundId }) => refundId === undefined || !rows.has(refundId))
      .map(({ id }) => `${id} is a refund that no row has asked for.`);
    const ofRows = postgres.refunds.flatMap(({ id, state, amount, paymentId, providerRef }) => {
      const made = byRow.get(id) ?? [];
      const [only] = made;
      if (made.length > 1) return [`Refund ${id} was made ${made.length} times.`];
      if (state !== 'succeeded') return [`Refund ${id} is ${state} in the end.`];
      if (!only) return [`Refund ${id} is succeeded, and the provider has none.`];
      const isSame =
        only.status === 'succeeded' &&
        only.amount === amount &&
        only.paymentId === paymentId &&
        only.id === providerRef;
      return isSame ? [] : [`The row of refund ${id} does not say what ${only.id} is.`];
    });
    return [...strangers, ...ofRows];
  },

  'a return gives back what it says'({ postgres }) {
    const refunds = new Map(postgres.refunds.map((row) => [row.id, row]));
    const lines = groupBy(postgres.lines, ({ orderId }) => orderId);
    const ofReturns = postgres.returns.flatMap(({ id, orderId, amount, lines: freed }) => {
      const refund = refunds.get(id);
      if ((refund?.amount ?? 0) !== amount)
        return [`Return ${id} says ${amount}, and its refund ${refund?.amount ?? 0}.`];
      const open = freed.filter((line) => lines.get(orderId)?.find((one) => one.line === line)?.state !== 'returned');
      return open.length > 0 ? [`Return ${id} is of lines that are not returned: ${open.join()}.`] : [];
    });
    const freed = groupBy(
      postgres.returns.flatMap((one) => one.lines.map((line) => `${one.orderId} ${line}`)),
      (key) => key,
    );
    const ofLines = postgres.lines.flatMap(({ orderId, line, state, refunded, paid }) => {
      const times = freed.get(`${orderId} ${line}`)?.length ?? 0;
      if (times !== (state === 'returned' ? 1 : 0))
        return [`Line ${line} of ${orderId} is ${state} and was returned ${times} times.`];
      return refunded > paid ? [`Line ${line} of ${orderId}: ${paid} was paid, and ${refunded} is refunded.`] : [];
    });
    return [...ofReturns, ...ofLines];
  },

  'the sums of an order agree'({ postgres }) {
    const lines = groupBy(postgres.lines, ({ orderId }) => orderId);
    const returns = groupBy(postgres.returns, ({ orderId }) => orderId);
    const refunds = groupBy(postgres.refunds, ({ orderId }) => orderId);
    return postgres.orders.flatMap((order) => {
      const { id, total, refunded, state } = order;
      const ofLines = lines.get(id) ?? [];
      const of = (refunds.get(id) ?? []).filter(({ reason }) => !NOT_OF_ORDER.includes(reason));
      const gone = sumOf(of.map(({ amount }) => amount));
      const returned = sumOf((returns.get(id) ?? []).map(({ amount }) => amount));
      const wrong = [
        ofLines.length > 0 && sumOf(ofLines.map(({ paid }) => paid)) !== total && 'its lines',
        sumOf(ofLines.map((line) => line.refunded)) !== returned && 'what its lines say is refunded',
        refunded !== gone && 'what is refunded',
        !stateFits(order, returned, (returns.get(id) ?? []).length) && 'its state',
      ].filter((each) => each !== false);
      return wrong.length > 0 ? [`Order ${id} (${state}, ${total}, ${refunded} refunded): ${wrong.join(', ')}.`] : [];
    });
  },
};

/** An order that was fulfilled has had returns, or has not; of any other, the money went back or never came. */
function stateFits({ state, isFulfilled, decision, total }: OrderRow, returned: number, returns: number): boolean {
  if (!END_STATES.includes(state)) return false;
  if (isFulfilled !== (decision === 'fulfil')) return false;
  if (!isFulfilled)
    return state === 'expired' || state === 'cancelled' || (state === 'refunded' && decision === 'refund');
  if (returns === 0) return state === 'fulfilled';
  return returned >= total ? state === 'refunded' : state === 'partly_refunded' || state === 'refunded';
}

function givenBack(refunds: readonly { readonly amount: number; readonly status: string }[]): number {
  return sumOf(refunds.filter(({ status }) => status !== 'failed').map(({ amount }) => amount));
}
