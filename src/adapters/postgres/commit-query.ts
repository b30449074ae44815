import type { CommitQuery } from './commit-connection.js';

/** The types of the parameters of usher.commit_batch. */
const BATCH = [
  ['uuid', 'bigint', 'bigint', 'uuid[]', 'bigint[]'],
  ['integer[]', 'integer[]', 'uuid[]', 'text[]', 'float8[]', 'integer[]', 'bigint[]', 'text[]', 'text[]'],
  ['integer[]', 'integer[]'],
  ['integer[]', 'uuid[]'],
  ['integer[]', 'uuid[]', 'text[]', 'text[]', 'uuid[]', 'uuid[]', 'bigint[]', 'text[]', 'text[]'],
  ['integer[]', 'integer[]', 'text[]', 'text[]', 'integer[]', 'integer[]', 'text[]'],
  ['integer[]', 'uuid[]', 'integer[]', 'integer[]', 'integer[]'],
  ['integer[]', 'integer[]', 'text[]'],
  ['integer[]', 'integer[]'],
  ['integer[]', 'integer[]', 'integer[]', 'json[]', 'uuid[]'],
  ['integer[]', 'integer[]', 'integer[]', 'integer[]', 'text[]', 'integer[]'],
].flat();
/** Of usher.write_allocations and usher.write_orders, behind those that they share with it. */
const ALLOCATIONS = ['json'];
const ORDERS = ['integer[]', 'integer[]', 'uuid[]', 'integer[]', 'uuid[]', 'uuid[]', 'json'];

/** Which further tables a batch writes. Most write none. */
interface Further {
  readonly allocations: boolean;
  readonly orders: boolean;
}

/** What orders and allocations add is written in the same transaction, by functions of their own, with a query of its own. */
function queryOf({ allocations, orders }: Further): CommitQuery {
  let count = 0;
  const list = (types: readonly string[]) => types.map((type) => `$${++count}::${type}`).join(', ');
  const shared = '$1, $2, $4::uuid[], b.fenced, b.behind';
  let from = `usher.commit_batch(${list(BATCH)}) AS b`;
  if (allocations) from += `,\n  LATERAL usher.write_allocations(${shared}, ${list(ALLOCATIONS)}) AS w`;
  if (orders) from += `,\n  LATERAL usher.write_orders(${shared}, ${list(ORDERS)}) AS o`;
  return {
    /** Prepared once a connection that has a backend of its own, by this name. */
    name: `commit_batch${allocations ? '_allocating' : ''}${orders ? '_ordering' : ''}`,
    text: `SELECT b.fenced, b.behind, b.now_ms FROM ${from}`,
    /** Where it has none, no setting of the session makes the commit synchronous; so the transaction does. */
    sharedText: `SELECT b.fenced, b.behind, b.now_ms, set_config('synchronous_commit', 'on', true) FROM ${from}`,
  };
}

const PLAIN = queryOf({ allocations: false, orders: false });
const ALLOCATING = queryOf({ allocations: true, orders: false });
const ORDERING = queryOf({ allocations: false, orders: true });
const BOTH = queryOf({ allocations: true, orders: true });

/** The parameters are those of usher.commit_batch, then those of allocations, then those of orders. */
export function commitQuery({ allocations, orders }: Further): CommitQuery {
  if (allocations) return orders ? BOTH : ALLOCATING;
  return orders ? ORDERING : PLAIN;
}
