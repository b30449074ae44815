import type { z } from 'zod';
import { type WireError, wireError } from './errors.js';
import { printable } from './printable.js';

/** The first fault as `invalid_field`, with the path of the field and what is wrong with it. */
export function fieldError(error: z.ZodError): WireError {
  const issue = error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const spelt = path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
  // The client may have made the name up, and cutting may halve a character: MessagePack could not say that in UTF-8.
  const field = printable(spelt.slice(0, 200));
  const what = issue ? describe(issue) : 'Invalid.';
  return wireError('invalid_field', field ? `${quote(field)}: ${what}` : what, field ? { field } : {});
}

function describe({ code, message }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys') return 'There is no such field.';
  // zod does not keep what it was given, so its message is all that tells a missing field from one of the wrong type.
  if (code === 'invalid_type' && message.endsWith('received undefined')) return 'This field is missing.';
  return `${message}.`;
}

/** What a client sent, as it may stand in a message: short, and printable. */
export function quote(text: string): string {
  return JSON.stringify(printable(text.slice(0, 80)));
}
