import type { PoolClient } from 'pg';
import type { WireError } from '../../protocol/errors.js';
import type { Exchange, Order, StaffCaller } from './order-port.js';

/** What a buyer or staff want to give in exchange. */
export interface AskedExchange {
  readonly of: Order;
  /** Numbers of lines of that order; undefined: all that were not returned. */
  readonly lines: readonly number[] | undefined;
  /** What the buyer was shown that they get back, in minor units of the order's currency. */
  readonly refund: number;
  /** Staff who exchange for a customer, whatever the terms. */
  readonly staff: StaffAct | undefined;
}

/** For the audit log. */
export interface StaffAct {
  readonly caller: StaffCaller;
  readonly reason: string;
}

/** By what terms seats of an order can pay for another. */
export interface ExchangeTerms {
  /** What the lines are worth now. No effect. */
  judge(
    asked: Pick<AskedExchange, 'of' | 'lines' | 'staff'>,
  ): Promise<
    { readonly ok: true; readonly lines: Exchange['lines'] } | { readonly ok: false; readonly error: WireError }
  >;
  /** Why the seats cannot pay for this order any more; undefined: they can. Whoever fulfils it asks again, under locks. */
  whyGone(order: Order): Promise<WireError | undefined>;
}

/** What a store of orders in Postgres does about exchanges, in its own transactions. */
export interface Exchanges {
  /** Writes what a new order is exchanged for, in the transaction that opens it. */
  open(client: PoolClient, orderId: string, opened: OpenedExchange): Promise<void>;
  /** Locks both orders and the old tickets until the transaction ends. Undefined: the old seats do not stand any more. */
  lock(client: PoolClient, order: Order): Promise<LockedExchange | undefined>;
  /** Returns the old seats, in the transaction that fulfils the order that they pay for. */
  carryOut(client: PoolClient, order: Order, locked: LockedExchange): Promise<void>;
  /** After the commit: the old seats are to be freed. */
  afterwards(order: Order): void;
}

export interface OpenedExchange {
  readonly exchange: Exchange;
  readonly credit: number;
  readonly staff: StaffAct | undefined;
}

export interface LockedExchange {
  readonly exchange: Exchange;
  /** The earlier order, as it stays until the transaction ends. */
  readonly of: Order;
}
