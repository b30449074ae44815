/** What the stand-in of Stripe knows. */
import { existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

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

type Entry = { [Table in keyof Tables]: readonly [Table, Tables[Table]] }[keyof Tables];

/** What was paid and given back, for a checker. */
export interface ReadLedger {
  readonly intents: readonly {
    readonly id: string;
    readonly paymentId: string | undefined;
    readonly orderId: string | undefined;
    readonly status: Intent['status'];
    readonly amount: number;
    readonly received: number;
    readonly currency: string;
    readonly refunds: readonly (Pick<Refund, 'id' | 'amount' | 'status'> & { readonly refundId: string | undefined })[];
  }[];
  readonly events: readonly Pick<StoredEvent, 'id' | 'type' | 'deliveries'>[];
}

/**
 * Invariant: what one request changes is one line of the file, which is there as a whole or not at all. So a kill leaves no
 * intent without the answer under its idempotency key, by which a repeat would make a second one.
 */
export class StripeLedger {
  readonly intents = new Map<string, Intent>();
  readonly refunds = new Map<string, Refund>();
  readonly disputes = new Map<string, Dispute>();
  readonly events = new Map<string, StoredEvent>();
  readonly answers = new Map<string, KeptAnswer>();
  readonly #file: number | undefined;
  #unwritten: Entry[] = [];
  #isGathering = false;

  /** @param file where every change is appended, and read back after a crash */
  constructor(file?: string) {
    if (file === undefined) return;
    if (existsSync(file)) this.#readBack(file);
    this.#file = openSync(file, 'a');
    // Where a kill has cut a line off, the next one does not go on with it.
    writeSync(this.#file, '\n');
  }

  /** For a checker; the process whose file it is may have ended. */
  static readFrom(file: string): ReadLedger {
    const ledger = new StripeLedger();
    ledger.#readBack(file);
    return ledger.read();
  }

  /** What `work` puts is written together, when it has ended. */
  together<Result>(work: () => Result): Result {
    this.#isGathering = true;
    try {
      return work();
    } finally {
      this.#isGathering = false;
      this.#write();
    }
  }

  put<Table extends keyof Tables>(table: Table, value: Tables[Table]): void {
    // As it is now: what is put may be changed before it is written.
    const entry = [table, value] as unknown as Entry;
    this.#set(entry);
    if (this.#file === undefined) return;
    this.#unwritten.push(structuredClone(entry));
    if (!this.#isGathering) this.#write();
  }

  /** For a checker: what was paid and given back, and what was told. */
  read(): ReadLedger {
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

  #readBack(file: string): void {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // A line that a kill cut off was not answered.
      try {
        for (const entry of JSON.parse(line) as Entry[]) this.#set(entry);
      } catch {}
    }
  }

  #write(): void {
    if (this.#file === undefined || this.#unwritten.length === 0) return;
    writeSync(this.#file, `${JSON.stringify(this.#unwritten)}\n`);
    fdatasyncSync(this.#file);
    this.#unwritten = [];
  }

  #set([table, value]: Entry): void {
    if (table === 'answer') this.answers.set(value.key, value);
    else if (table === 'intent') this.intents.set(value.id, value);
    else if (table === 'refund') this.refunds.set(value.id, value);
    else if (table === 'dispute') this.disputes.set(value.id, value);
    else this.events.set(value.id, value);
  }
}
