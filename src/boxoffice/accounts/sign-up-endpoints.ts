import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { uncountAttempt } from '../access/attempts.js';
import { languageTag, text } from '../catalogue/edit-parts.js';
import { inTransaction } from '../halls/hall-store.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import { mailTo } from './account-mails.js';
import { type AccountParts, guestSessionSchema, loggedInSchema, refuseTooMany } from './account-parts.js';
import { adoptHolder, emailSchema, insertAccount } from './account-store.js';
import { type LogInAnswer, WRONG_CREDENTIALS } from './log-ins.js';
import type { SignUp } from './mailed-links.js';
import { passwordSchema, refusePassword } from './new-password.js';

export const nameSchema = text(200);
export const linkSchema = z
  .string()
  .regex(/^[\w-]{43}$/, 'is no token of a mailed link')
  .meta({ description: 'What stands behind the last `=` of the mailed link.' });
export const mailedSchema = z.object({ email: z.string() }).meta({
  id: 'Mailed',
  description: 'A mail is on its way to this address. Whether it has an account is told nobody else.',
});

export const INVALID_LINK = wireError('invalid_link', 'The link was used, has expired, or is not ours.', {
  field: 'token',
});
/** Signing up: an account is made when the mailed link is opened. */
export function signUpEndpoints(parts: AccountParts): readonly Endpoint[] {
  const { pool, limits, passwords, guestHolder } = parts;
  const open = { tag: 'Accounts', access: 'public', rate: 'sessions', method: 'POST', parameters: {} } as const;
  return [
    endpoint({
      ...open,
      id: 'signUp',
      path: '/v1/accounts',
      summary: 'Signs up, and has a link mailed that confirms. The answer does not tell whether there is an account.',
      body: z.strictObject({
        email: emailSchema,
        password: passwordSchema,
        name: nameSchema.optional(),
        locale: languageTag,
        guestSession: guestSessionSchema,
      }),
      status: 202,
      reply: mailedSchema,
      errors: ['weak_password', 'rate_limited'],
      handle: async ({ body: { email, password, name = '', locale, guestSession }, address }) => {
        const weak = refusePassword(password, { email });
        if (weak) return { ok: false, error: weak };
        const tooMany = await refuseTooMany(pool, [
          [limits.mails, email],
          [limits.addressMails, address],
        ]);
        if (tooMany) return { ok: false, error: tooMany };
        // Whether it is needed or not: the time must not tell.
        const hashed = await passwords.hash(password);
        if (!hashed.ok) return hashed;
        const holder = guestSession === undefined ? undefined : await guestHolder(guestSession);
        const signUp = { email, name, passwordHash: hashed.hash, holder };
        await keepSignUp(parts, signUp, locale);
        return { ok: true, body: { email } };
      },
    }),
    endpoint({
      ...open,
      id: 'confirmSignUp',
      path: '/v1/accounts/confirm',
      summary: 'Makes the account that a mailed link is for, and logs in. Needs the password that was chosen.',
      body: z.strictObject({ token: linkSchema, password: passwordSchema }),
      status: 201,
      reply: loggedInSchema,
      errors: ['invalid_link', 'wrong_credentials', 'rate_limited'],
      handle: async ({ body, address }) => {
        const done = await confirm(parts, body, address);
        return done.ok ? { ok: true, body: done.value } : done;
      },
    }),
  ];
}

/** The same work whether the address has an account or not: which mail it gets is found out when that is sent. */
async function keepSignUp({ pool, links, wakeOutbox }: AccountParts, signUp: SignUp, locale: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const linkId = await links.keepSignUp(client, signUp);
    await writeOutbox(client, [mailTo(signUp.email, 'account.sign_up', { email: signUp.email, linkId, locale })]);
    return { result: undefined, commit: true };
  });
  wakeOutbox();
}

/**
 * The password shows that who opens the link is who signed up. Without it somebody could sign up with another's address and a
 * password of their own, and wait for that person to open the link.
 */
async function confirm(
  parts: AccountParts,
  { token, password }: { readonly token: string; readonly password: string },
  address: string,
): Promise<LogInAnswer> {
  const { pool, links, limits, passwords, sessions, uuid } = parts;
  const signUp = await links.findSignUp(pool, token);
  if (!signUp) return { ok: false, error: INVALID_LINK };
  const tooMany = await refuseTooMany(pool, [[limits.accountFailures, signUp.email]]);
  if (tooMany) return { ok: false, error: tooMany };
  const compared = await passwords.compare(signUp.passwordHash, password);
  // Right, or not looked at since too many wait.
  if (!compared.ok || compared.isRight) await uncountAttempt(pool, limits.accountFailures, signUp.email);
  if (!compared.ok) return compared;
  if (!compared.isRight) return { ok: false, error: WRONG_CREDENTIALS };
  return await inTransaction<LogInAnswer>(pool, async (client) => {
    const refused = { result: { ok: false, error: INVALID_LINK }, commit: true } as const;
    if (!(await links.use(client, token))) return refused;
    const { email, name, passwordHash, holder: guest } = signUp;
    const made = { id: uuid(), email, name, passwordHash, role: 'customer' } as const;
    const account = await insertAccount(client, made);
    // Made meanwhile by an administrator, or by another link.
    if (!account) return refused;
    const isAdopted = guest !== null && (await adoptHolder(client, account.id, guest));
    const holder = isAdopted ? guest : account.holder;
    const value = await sessions.start(client, account, { address, secondFactor: false, holder });
    return { result: { ok: true, value }, commit: true };
  });
}
