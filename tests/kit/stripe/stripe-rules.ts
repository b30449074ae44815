/** What the stand-in does with a request, as Stripe documents it. Nothing here waits. */
import { randomUUID } from 'node:crypto';
import type { Dispute, Intent, Refund, StripeLedger } from './stripe-ledger.js';

export interface Ruled {
  readonly status: number;
  readonly body: object;
}
export type Form = Readonly<Record<string, string>>;
type Tell = (type: string, object: object, of: string) => void;

const id = (prefix: string) => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
const seconds = () => Math.floor(Date.now() / 1000);

export function stripeError(status: number, type: string, code: string, more: object = {}): Ruled {
  return { status, body: { error: { type, code, message: `The stand-in says ${code}.`, ...more } } };
}

const missing = (param: string) =>
  stripeError(param === 'intent' ? 404 : 400, 'invalid_request_error', 'resource_missing', { param });

/** The members of `metadata[…]`. */
function metadataOf(form: Form): Record<string, string> {
  const entries = Object.entries(form).flatMap(([name, value]) => {
    const [, key] = /^metadata\[(\w+)\]$/.exec(name) ?? [];
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

export class StripeRules {
  readonly #ledger: StripeLedger;
  readonly #tell: Tell;

  constructor(ledger: StripeLedger, tell: Tell) {
    this.#ledger = ledger;
    this.#tell = tell;
  }

  create(form: Form, faults: ReadonlySet<string>): Ruled {
    const amount = Number(form['amount']);
    if (!Number.isSafeInteger(amount) || amount < 1) {
      return stripeError(400, 'invalid_request_error', 'parameter_invalid_integer', { param: 'amount' });
    }
    const key = id('pi');
    const intent: Intent = {
      id: key,
      object: 'payment_intent',
      amount,
      currency: form['currency'] ?? '',
      metadata: metadataOf(form),
      client_secret: `${key}_secret_${randomUUID()}`,
      livemode: false,
      created: seconds(),
      status: 'requires_payment_method',
      amount_received: 0,
      last_payment_error: null,
      payment_method: null,
      next_action: null,
    };
    if (form['confirm'] === 'true' && !isKnown(form['payment_method'])) return missing('payment_method');
    this.#ledger.put('intent', intent);
    return form['confirm'] === 'true' ? this.confirm(intent.id, form, faults) : { status: 200, body: intent };
  }

  confirm(intentId: string, form: Form, faults: ReadonlySet<string>): Ruled {
    const intent = this.#ledger.intents.get(intentId);
    if (!intent) return missing('intent');
    if (!['requires_payment_method', 'requires_action'].includes(intent.status)) return this.#unexpected(intent);
    const method = form['payment_method'] ?? '';
    if (!isKnown(method)) return missing('payment_method');
    intent.payment_method = method;
    if (method === 'pm_card_chargeDeclined') return this.#decline(intent);
    if (method === 'pm_card_authenticationRequired') {
      intent.status = 'requires_action';
      intent.next_action = {
        type: 'redirect_to_url',
        redirect_to_url: { url: 'https://stripe.example/3ds', return_url: null },
      };
      this.#put(intent, 'requires_action');
    } else if (faults.has('late')) {
      intent.status = 'processing';
      this.#put(intent, 'processing');
    } else this.pay(intent, faults);
    return { status: 200, body: intent };
  }

  /** The money arrives. */
  pay(intent: Intent, faults: ReadonlySet<string>): void {
    intent.status = 'succeeded';
    intent.next_action = null;
    intent.amount_received = faults.has('other_sum') ? Math.max(1, intent.amount - 1) : intent.amount;
    this.#put(intent, 'succeeded');
  }

  /** The buyer answers a further step. */
  buyer(intentId: string, form: Form): Ruled {
    const intent = this.#ledger.intents.get(intentId);
    if (!intent) return missing('intent');
    if (intent.status !== 'requires_action') return this.#unexpected(intent);
    if (form['confirmed'] === 'true') this.pay(intent, new Set());
    else this.#decline(intent);
    return { status: 200, body: intent };
  }

  cancel(intentId: string): Ruled {
    const intent = this.#ledger.intents.get(intentId);
    if (!intent) return missing('intent');
    if (!['requires_payment_method', 'requires_action'].includes(intent.status)) return this.#unexpected(intent);
    intent.status = 'canceled';
    this.#put(intent, 'canceled');
    return { status: 200, body: intent };
  }

  refund(form: Form): Ruled {
    const intent = this.#ledger.intents.get(form['payment_intent'] ?? '');
    if (!intent) return missing('intent');
    const isDisputed = ({ payment_intent: of, status }: Dispute) => of === intent.id && status !== 'won';
    if ([...this.#ledger.disputes.values()].some(isDisputed)) {
      return stripeError(400, 'invalid_request_error', 'charge_disputed');
    }
    const refunds = [...this.#ledger.refunds.values()].filter((one) => one.payment_intent === intent.id);
    const left =
      intent.amount_received - refunds.reduce((sum, one) => sum + (one.status === 'failed' ? 0 : one.amount), 0);
    const amount = Number(form['amount'] ?? left);
    if (left === 0) return stripeError(400, 'invalid_request_error', 'charge_already_refunded');
    if (amount > left) return stripeError(400, 'invalid_request_error', 'amount_too_large', { param: 'amount' });
    const status = intent.payment_method === 'pm_card_pendingRefund' ? 'pending' : 'succeeded';
    const common = { object: 'refund', payment_intent: intent.id, currency: intent.currency } as const;
    const refund: Refund = { id: id('re'), ...common, amount, metadata: metadataOf(form), status };
    this.#ledger.put('refund', refund);
    this.#tell('refund.created', refund, refund.id);
    return { status: 200, body: refund };
  }

  settleRefunds(status: 'succeeded' | 'failed'): void {
    for (const refund of this.#ledger.refunds.values()) {
      if (refund.status !== 'pending') continue;
      refund.status = status;
      this.#ledger.put('refund', refund);
      this.#tell(status === 'failed' ? 'refund.failed' : 'refund.updated', refund, refund.id);
    }
  }

  /** The buyer disputes a payment at the bank, or the bank decides about that. */
  dispute(intentId: string, status: Dispute['status']): void {
    const intent = this.#ledger.intents.get(intentId);
    if (!intent) throw new Error(`There is no ${intentId} to dispute.`);
    const known = [...this.#ledger.disputes.values()].find(({ payment_intent: of }) => of === intentId);
    const { amount_received: amount, currency } = intent;
    const made = { object: 'dispute', payment_intent: intentId, amount, currency, reason: 'fraudulent' } as const;
    const dispute: Dispute = known ?? { id: id('du'), ...made, status };
    dispute.status = status;
    this.#ledger.put('dispute', dispute);
    this.#tell(`charge.dispute.${known ? 'closed' : 'created'}`, dispute, dispute.id);
  }

  #decline(intent: Intent): Ruled {
    intent.status = 'requires_payment_method';
    intent.next_action = null;
    intent.last_payment_error = { code: 'card_declined', decline_code: 'generic_decline' };
    this.#put(intent, 'payment_failed');
    return stripeError(402, 'card_error', 'card_declined', {
      decline_code: 'generic_decline',
      payment_intent: { ...intent },
    });
  }

  #unexpected(intent: Intent): Ruled {
    return stripeError(400, 'invalid_request_error', 'payment_intent_unexpected_state', {
      payment_intent: { ...intent },
    });
  }

  #put(intent: Intent, event: string): void {
    this.#ledger.put('intent', intent);
    this.#tell(`payment_intent.${event}`, intent, intent.id);
  }
}

function isKnown(method: string | undefined): boolean {
  return /^pm_card_(visa|chargeDeclined|authenticationRequired|pendingRefund)$/.test(method ?? '');
}
