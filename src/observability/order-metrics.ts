import { Counter, Gauge, type Registry } from 'prom-client';

/** How often each thing happened at this node. */
type Tallied = Readonly<Record<string, number>>;

/** What a node knows of orders at one moment. */
export interface OrderReadings {
  readonly counts: {
    readonly orders: Tallied;
    readonly drafts: Tallied;
    readonly reports: Tallied;
    readonly payments: Tallied;
    readonly refunds: Tallied;
  };
  readonly monitor: { readonly broughtOn: number; readonly moneyFaults: number };
  readonly underWay: {
    readonly drafts: number;
    readonly awaitingPayment: number;
    readonly paid: number;
    readonly hanging: number;
    readonly holdsDue: number;
    readonly refundsPending: number;
    readonly refundsOldestMs: number;
  };
}

const TALLIES = [
  ['orders', 'usher_orders_total', 'state', 'Orders that this node opened or ended, by what became of them'],
  [
    'drafts',
    'usher_order_drafts_refused_total',
    'reason',
    'Orders that this node did not open, by the code of the error',
  ],
  [
    'reports',
    'usher_payment_reports_total',
    'outcome',
    'Reports of providers that this node took, by what came of them',
  ],
  ['payments', 'usher_payments_total', 'state', 'Payments of which this node was told how they ended'],
  ['refunds', 'usher_refunds_total', 'state', 'Refunds of which this node was told how they ended'],
] as const;

/** Adds the metrics of orders to a registry. */
export function addOrderMetrics(registry: Registry, read: () => OrderReadings): void {
  const registers = [registry];
  for (const [what, name, label, help] of TALLIES) {
    new Counter({
      ...{ name, help, labelNames: [label], registers },
      collect: function () {
        this.reset();
        for (const [value, count] of Object.entries(read().counts[what])) this.inc({ [label]: value }, count);
      },
    });
  }
  for (const [what, name, help] of [
    ['broughtOn', 'usher_orders_brought_on_total', 'Paid orders that somebody had left and this node finished'],
    ['moneyFaults', 'usher_order_money_faults_total', 'Times that money was found that does not fit the seats'],
  ] as const) {
    new Counter({
      ...{ name, help, registers },
      collect: function () {
        this.reset();
        this.inc(read().monitor[what]);
      },
    });
  }
  new Gauge({
    name: 'usher_orders_under_way',
    help: 'Orders that are not at an end, in the whole database',
    labelNames: ['state'],
    registers,
    collect: function () {
      const { drafts, awaitingPayment, paid } = read().underWay;
      this.set({ state: 'draft' }, drafts);
      this.set({ state: 'awaiting_payment' }, awaitingPayment);
      this.set({ state: 'paid' }, paid);
    },
  });
  addGauges(registry, read);
}

function addGauges(registry: Registry, read: () => OrderReadings): void {
  const registers = [registry];
  for (const [name, help, value] of [
    ['usher_orders_hanging', 'Paid orders that have had neither seats nor a refund for a minute', 'hanging'],
    ['usher_orders_holds_due', 'Orders that have ended and whose holds are not all given back', 'holdsDue'],
    ['usher_refunds_pending', 'Refunds that a provider has not confirmed', 'refundsPending'],
  ] as const) {
    new Gauge({
      ...{ name, help: `${help}, in the whole database`, registers },
      collect: function () {
        this.set(read().underWay[value]);
      },
    });
  }
  new Gauge({
    name: 'usher_refunds_oldest_seconds',
    help: 'For how long the oldest pending refund has waited, in the whole database',
    registers,
    collect: function () {
      this.set(read().underWay.refundsOldestMs / 1_000);
    },
  });
}
