import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { type ErrorCode, type WireError, wireError } from '../../protocol/errors.js';
import type { Audit } from '../audit/audit.js';
import { inTransaction } from '../halls/hall-store.js';

/** What the endpoints that edit the catalogue work with. */
export interface EditParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly now: () => number;
  readonly uuid: () => string;
  /** To be called after a change was committed: listings are read again. */
  readonly changed: () => Promise<void>;
  /** Brings the changed terms of a showtime to whoever runs it. */
  readonly tellTerms: (showtimeId: string) => Promise<void>;
}

export const slug = z.string().regex(/^[a-z0-9-]{1,80}$/, 'has 1 to 80 of a-z, 0-9 and hyphens');
export const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has characters that are not text');

/** In which language somebody is mailed. */
export const languageTag = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is no language tag, such as de-CH')
  .max(35)
  .default('en')
  .meta({ override: { type: 'string', maxLength: 35 }, description: 'Of the mail: a language tag of BCP 47.' });

export type Edited<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: WireError };

/** Runs an edit in one transaction: where it is refused, nothing is written. */
export function edit<Value>(pool: Pool, work: (client: PoolClient) => Promise<Edited<Value>>): Promise<Edited<Value>> {
  return inTransaction(pool, async (client) => {
    const result = await work(client);
    return { result, commit: result.ok };
  });
}

export function refuse(
  code: ErrorCode,
  message: string,
  field?: string,
): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError(code, message, field === undefined ? {} : { field }) };
}

/** Whether Postgres refused because another row refers to this one. */
export function isReferredTo(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '23503';
}
