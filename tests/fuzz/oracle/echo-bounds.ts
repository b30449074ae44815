import type { WireError } from '../../../src/protocol/errors.js';
import type { Documented } from './documented.js';

/** A message for people is a sentence or two, whatever was sent; five labels of 64 characters fit into one. */
export const ERROR_MESSAGE_LENGTH_MAX = 600;
/** As the server cuts a path to a field. */
export const FIELD_LENGTH_MAX = 200;

/** Control characters, those that turn text around, and halves of characters: what no terminal should be given. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/u;

/** What is wrong with an error that the server told; undefined: nothing. Its shape has been looked at before. */
export function faultOfError(error: WireError, documented: Documented): string | undefined {
  const entry = documented.errors.get(error.code);
  if (!entry) return `the code ${JSON.stringify(error.code)}, which is not documented`;
  if (error.code === 'internal') return 'a fault of the server itself: internal';
  if (entry.retryable !== error.retryable) return `${error.code} with retryable ${error.retryable}`;
  if (entry.outcome !== error.outcome) return `${error.code} with outcome ${error.outcome}`;
  if (UNPRINTABLE.test(error.message)) return `a message that does not print: ${JSON.stringify(error.message)}`;
  if (error.field !== undefined && UNPRINTABLE.test(error.field)) {
    return `a field that does not print: ${JSON.stringify(error.field)}`;
  }
  return undefined;
}
