/** What the stand-in of Stripe knows. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly client_secret: string;
  readonly livemode: boolean;
  readonly created: number;
  status: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  amount_received: number;
  last_payment_error: { readonly code: string; readonly decline_code: string } | null;
  payment_method: string | null;
  next_action: object | null;
}

export interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  status: 'succeeded' | 'pending' | 'failed';
}

export interface Dispute {
  readonly id: string;
  readonly object: 'dispute';
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  status: 'needs_response' | 'won' | 'lost';
}

export interface StoredEvent {
  readonly id: string;
  readonly object: 'event';
  readonly type: string;
  readonly created: number;
  readonly livemode: boolean;
  readonly account?: string;
  readonly data: { readonly object: object };
  /** How often a receiver took it; of one that is not sent at all, `never`. */
  deliveries: number | 'never';
}

/** The first answer under an idempotency key. */
export interface KeptAnswer {
  readonly key: string;
  readonly params: string;
  readonly status: number;
  readonly body: object;
}

interface Tables {
  readonly intent: Intent;
  readonly refund: Refund;
  readonly dispute: Dispute;
  readonly event: StoredEvent;
  readonly answer: KeptAnswer;
}

export class StripeLedger {
  readonly intents = new Map<string, Intent>();
  readonly refunds = new Map<string, Refund>();
  readonly disputes = new Map<string, Dispute>();
  readonly events = new Map<string, StoredEvent>();
  readonly answers = new Map<string, KeptAnswer>();
  readonly #file: string | undefined;

  /** @param file where every change is appended, and read back after a crash */
  constructor(file?: string) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // A line that a kill cut off was not answered.
      try {
        const [table, value] = JSON.parse(line) as [keyof Tables, never];
        this.#set(table, value);
      } catch {}
    }
  }

  put<Table extends keyof Tables>(table: Table, value: Tables[Table]): void {
    this.#set(table, value);
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify([table, value])}\n`);
  }

  /** For a checker: what was paid and given back, and what was told. */
  read(): object {
    const refundsOf = (id: string) => [...this.refunds.values()].filter(({ payment_intent: of }) => of === id);
    return {
      intents: [...this.intents.values()].map((intent) => ({
        id: intent.id,
        paymentId: intent.metadata['payment_id'],
        orderId: intent.metadata['order_id'],
        status: intent.status,
        amount: intent.amount,
        received: intent.amount_received,
        currency: intent.currency,
        refunds: refundsOf(intent.id).map(({ id, amount, status, metadata }) => ({
          id,
          refundId: metadata['refund_id'],
          amount,
          status,
        })),
      })),
      events: [...this.events.values()].map(({ id, type, deliveries }) => ({ id, type, deliveries })),
    };
  }

  #set<Table extends keyof Tables>(table: Table, value: Tables[Table]): void {
    if (table === 'answer') this.answers.set((value as KeptAnswer).key, value as KeptAnswer);
    else if (table === 'intent') this.intents.set((value as Intent).id, value as Intent);
    else if (table === 'refund') this.refunds.set((value as Refund).id, value as Refund);
    else if (table === 'dispute') this.disputes.set((value as Dispute).id, value as Dispute);
    else this.events.set((value as StoredEvent).id, value as StoredEvent);
  }
}
