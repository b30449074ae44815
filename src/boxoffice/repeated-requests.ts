import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Caller } from '../http/access.js';
import { wireError } from '../protocol/errors.js';
import { type Edited, edit } from './catalogue/edit-parts.js';
import { canonicalJson } from './catalogue/seat-maps.js';

/** A request that may come again. */
export interface Repeatable {
  readonly caller: Caller;
  /** Its Idempotency-Key, a UUID; empty: it has none, and counts as another request each time. */
  readonly key: string;
  /** All that the request asks for, as JSON; see `sha256Of` for files. */
  readonly asked: object;
}

/**
 * Runs an edit in one transaction, once for each key of a caller: a request that comes again gets the first answer and has no
 * second effect, at whichever node it comes, and whenever the first try or its node ended. Refusals are not kept; they are
 * decided anew, as everywhere. Another request under the same key is `command_reused`.
 *
 * Invariant: the answer is committed with the effect, or neither is. Of two tries at once the second waits for the first.
 * @param work gives a value that is the same after JSON.
 */
export function editOnce<Value>(
  pool: Pool,
  { caller, key, asked }: Repeatable,
  work: (client: PoolClient) => Promise<Edited<Value>>,
): Promise<Edited<Value>> {
  return edit<Value>(pool, async (client) => {
    if (key === '') return await work(client);
    const who = [caller.holder, key];
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [who.join(' ')]);
    const request = sha256Of(canonicalJson(asked));
    const { rows } = await client.query<{ request: string; answer: Value }>(
      'SELECT request, answer FROM boxoffice.idempotency_keys WHERE holder = $1 AND key = $2',
      who,
    );
    const before = rows[0];
    if (before?.request === request) return { ok: true, value: before.answer };
    if (before) {
      const message = 'This Idempotency-Key belongs to another request.';
      return { ok: false, error: wireError('command_reused', message, { field: 'Idempotency-Key' }) };
    }
    const done = await work(client);
    if (done.ok) {
      await client.query(
        'INSERT INTO boxoffice.idempotency_keys (holder, key, request, answer) VALUES ($1, $2, $3, $4)',
        [...who, request, JSON.stringify(done.value)],
      );
    }
    return done;
  });
}

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
