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
/** Of usher.write_orders, behind those that it shares with it. */
const ORDERS = ['integer[]', 'integer[]', 'uuid[]', 'integer[]', 'uuid[]', 'uuid[]', 'json'];

/** The parameters of these types, from the one behind so many. */
const parameters = (types: readonly string[], behind: number) =>
  types.map((type, i) => `$${behind + i + 1}::${type}`).join(', ');

const SHARED = '$1, $2, $4::uuid[], b.fenced, b.behind';
const BATCH_CALL = `usher.commit_batch(${parameters(BATCH, 0)}) AS b`;
/** What allocations and orders add is written in the same transaction, by functions of their own. */
const ALLOCATIONS_CALL = `LATERAL usher.write_allocations(${SHARED}, $${BATCH.length + 1}::json) AS w`;
const ORDERS_CALL = `LATERAL usher.write_orders(${SHARED}, ${parameters(ORDERS, BATCH.length)}) AS o`;
const ORDERS_CALL_BEHIND = `LATERAL usher.write_orders(${SHARED}, ${parameters(ORDERS, BATCH.length + 1)}) AS o`;

/** `name`: prepared by it, once a connection that has a backend of its own. */
function queryOf(name: string, ...calls: string[]): CommitQuery {
  const CALLS = calls.join(',\n  ');
  return {
    name,
    text: `SELECT b.fenced, b.behind, b.now_ms FROM ${CALLS}`,
    /** Where it has none, no setting of the session makes the commit synchronous; so the transaction does. */
    sharedText: `SELECT b.fenced, b.behind, b.now_ms, set_config('synchronous_commit', 'on', true) FROM ${CALLS}`,
  };
}

const PLAIN = queryOf('commit_batch', BATCH_CALL);
const ALLOCATING = queryOf('commit_batch_allocating', BATCH_CALL, ALLOCATIONS_CALL);
const ORDERING = queryOf('commit_batch_ordering', BATCH_CALL, ORDERS_CALL);
const BOTH = queryOf('commit_batch_allocating_ordering', BATCH_CALL, ALLOCATIONS_CALL, ORDERS_CALL_BEHIND);

/** Which further tables a batch writes. Most write none. */
interface Further {
  readonly allocations: boolean;
  readonly orders: boolean;
}

/** The parameters are those of usher.commit_batch, then those of allocations, then those of orders. */
export function commitQuery({ allocations, orders }: Further): CommitQuery {
  if (allocations) return orders ? BOTH : ALLOCATING;
  return orders ? ORDERING : PLAIN;
}
