import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { emailSchema, insertAccount } from '../accounts/account-store.js';
import { passwordSchema, refusePassword } from '../accounts/new-password.js';
import { edit, refuse, text } from '../catalogue/edit-parts.js';
import type { AdminParts } from './admin-parts.js';
import { isSetupLink, spendSetupLink } from './setup-link.js';

const request = z.strictObject({
  token: z.string().min(1).max(100).meta({ description: 'What stands behind the `#` of the link.' }),
  email: emailSchema,
  name: text(200),
  password: passwordSchema,
});
const madeSchema = z.object({ accountId: z.string(), email: z.string(), role: z.literal('admin') });

/** Makes the first administrator, for whoever has the link that the server printed. */
export function setupEndpoint({ pool, audit, passwords, uuid }: AdminParts): Endpoint {
  return endpoint({
    id: 'setUp',
    method: 'POST',
    path: '/v1/setup',
    summary: 'Makes the first administrator, by the link that a server without one prints.',
    tag: 'Administration',
    access: 'public',
    rate: 'sessions',
    parameters: {},
    body: request,
    status: 201,
    reply: madeSchema,
    errors: ['invalid_link', 'weak_password', 'already_exists'],
    handle: async ({ body: { token, email, name, password }, address }) => {
      // First: a password is hashed for whoever has the link only.
      if (!(await isSetupLink(pool, token))) return invalidLink();
      const weak = refusePassword(password, { email });
      if (weak) return { ok: false, error: weak };
      const hashed = await passwords.hash(password);
      if (!hashed.ok) return hashed;
      const made = await edit(pool, async (client) => {
        if (!(await spendSetupLink(client, token))) return invalidLink();
        const account = { id: uuid(), email, name, passwordHash: hashed.hash, role: 'admin' } as const;
        const added = await insertAccount(client, account);
        if (!added) return refuse('already_exists', 'An account has this e-mail address. Use another.', 'email');
        const { id: accountId, holder } = added;
        await audit.write(client, {
          caller: { holder, role: 'admin', accountId, address },
          action: 'account.set_up',
          subject: `account:${accountId}`,
          after: { email, name, role: 'admin' },
        });
        return { ok: true, value: { accountId, email, role: 'admin' } as const };
      });
      return made.ok ? { ok: true, body: made.value } : made;
    },
  });
}

function invalidLink() {
  return refuse('invalid_link', 'The link was used or has expired, or there is an administrator already.', 'token');
}
