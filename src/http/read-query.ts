import type { z } from 'zod';
import { type WireError, wireError } from '../protocol/errors.js';
import { fieldError } from '../protocol/field-error.js';
import { printable } from '../protocol/printable.js';
import type { Exchange } from './exchange.js';

/**
 * The query by its schema. Empty parameters count as absent, as forms send them. A parameter that is unknown or given twice
 * is refused: whoever misspells one would else be answered as if it had not been there.
 */
export function readQuery(
  exchange: Exchange,
  schema: z.ZodObject,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError } {
  const given: Record<string, string> = {};
  if (exchange.hasQuery) {
    const seen = new Set<string>();
    for (const [name, value] of exchange.query) {
      const field = printable(name.slice(0, 80));
      if (!Object.hasOwn(schema.shape, name)) {
        return refuse(`There is no parameter ${JSON.stringify(field)}.`, field);
      }
      if (seen.has(name)) return refuse(`"${field}" is given more than once.`, field);
      seen.add(name);
      // Postgres takes it in no text: every query that reaches it would fail, and be a fault of ours.
      if (value.includes('\0')) return refuse(`"${field}" has characters that are not text.`, field);
      if (value !== '') given[name] = value;
    }
  }
  const parsed = schema.safeParse(given);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, error: fieldError(parsed.error) };
}

/** A parameter may have no name at all (`?=1`): then there is no field to tell. */
function refuse(message: string, field: string): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError('invalid_field', message, field === '' ? {} : { field }) };
}
