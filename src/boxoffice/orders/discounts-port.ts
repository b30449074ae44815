import type { PoolClient } from 'pg';
import type { WireError } from '../../protocol/errors.js';
import type { Discount } from './order-port.js';

/** What a buyer wants to pay less by. */
export interface AskedDiscounts {
  readonly holder: string;
  readonly accountId: string | undefined;
  /** Where the request came from: guesses of codes are counted by it. */
  readonly address: string | undefined;
  readonly channel: string;
  readonly currency: string;
  /** What the order costs without them, in minor units. */
  readonly gross: number;
  readonly seats: readonly {
    readonly showtimeId: string;
    readonly ticketType: string;
    readonly price: number;
    readonly fee: number;
  }[];
  readonly vouchers: readonly string[];
  readonly points: number | undefined;
}

/** Vouchers and points of loyalty, as orders use them. */
export interface Discounts {
  /** What they come to now. No effect: another order may use them up meanwhile. */
  quote(
    asked: AskedDiscounts,
  ): Promise<
    { readonly ok: true; readonly discounts: readonly Discount[] } | { readonly ok: false; readonly error: WireError }
  >;
  /** Uses them up for an order, in the transaction that opens it. False: one of them is gone. */
  take(client: PoolClient, orderId: string, discounts: readonly Discount[]): Promise<boolean>;
  /** Gives back what an order took, in the transaction that ends it without seats. */
  giveBack(client: PoolClient, orderId: string): Promise<void>;
  /** What an account gets for an order, in the transaction that fulfils it. */
  earn(client: PoolClient, orderId: string): Promise<void>;
}
