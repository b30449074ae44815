/** Which passwords are taken: NIST SP 800-63B, section 3.1.1.2 (length and a list of common ones, and no rules on signs). */
import { dictionary } from '@zxcvbn-ts/language-common';
import { z } from 'zod';
import { type WireError, wireError } from '../../protocol/errors.js';

/** Characters, not bytes. */
const LENGTH_MIN = 10;
const LENGTH_MAX = 200;
/** Digits and signs at the end of a common password make it no better. */
const TAIL_MAX = 4;
const DIFFERENT_MIN = 5;

/** A password as it is sent, whether it is right or not. Longer ones are refused before any work is done on them. */
export const passwordSchema = z.string().min(1).max(LENGTH_MAX).meta({ format: 'password' });

/** The error for a password that may not be set, with the reason; undefined: it may. */
export function refusePassword(password: string, { email }: { readonly email: string }): WireError | undefined {
  const reason = whyWeak(password.normalize('NFC'), email);
  return reason === undefined ? undefined : wireError('weak_password', reason, { field: 'password' });
}

function whyWeak(password: string, email: string): string | undefined {
  const characters = [...password];
  if (characters.length < LENGTH_MIN) return `A password has at least ${LENGTH_MIN} characters.`;
  if (new Set(characters).size < DIFFERENT_MIN) return 'The password is one of few characters, repeated.';
  const [name = email] = email.split('@');
  for (const form of formsOf(password.toLowerCase())) {
    if (form === email || form === name) return 'The password is the e-mail address, or a part of it.';
    if (common().has(form)) return 'The password is on the list of those that are tried first. Take several words.';
  }
  return undefined;
}

/** The password, and what is left of it without what people add at the end. */
function formsOf(password: string): string[] {
  const forms = [password];
  for (let at = 1; at <= TAIL_MAX && /[^\p{L}]$/u.test(forms[at - 1] ?? ''); at++) {
    forms.push([...(forms[at - 1] ?? '')].slice(0, -1).join(''));
  }
  return forms;
}

let known: ReadonlySet<string> | undefined;

/** The 49,000 passwords that leaks have most often, in lower case; made when the first password is chosen. */
function common(): ReadonlySet<string> {
  known ??= new Set(dictionary['passwords-common']);
  return known;
}
