import { z } from 'zod';
import type { Endpoint } from '../../http/endpoint.js';
import { endpoint } from '../../http/endpoint.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { uncountAttempt } from '../access/attempts.js';
import { type AccountParts, refuseTooMany } from '../accounts/account-parts.js';
import { findAccount, lockAccount } from '../accounts/account-store.js';
import { passwordSchema } from '../accounts/new-password.js';
import { endAllSessions } from '../accounts/sessions.js';
import { inTransaction } from '../halls/hall-store.js';
import { findArchivedOrder } from './archive.js';
import { eraseAccount, eraseOrders } from './erase-personal-data.js';

export type ErasureParts = Pick<AccountParts, 'pool' | 'passwords' | 'audit' | 'limits'>;

const archivedSchema = z
  .object({
    orderId: z.uuid(),
    reference: z.string(),
    archivedAt: z.iso.datetime(),
    rows: z
      .unknown()
      .meta({ description: 'The rows of the order, its bookings, lines, payments, refunds and tickets.' }),
  })
  .meta({ id: 'ArchivedOrder' });

/** Personal data erased on request, and orders of long ago. */
export function erasureEndpoints(parts: ErasureParts): readonly Endpoint[] {
  const { pool, audit } = parts;
  return [
    endpoint({
      id: 'eraseAccount',
      method: 'DELETE',
      path: '/v1/me',
      summary:
        "Erases the caller's account, and names and addresses in its orders. Tickets stay valid; amounts are kept.",
      tag: 'Accounts',
      access: 'account',
      rate: 'commands',
      parameters: {},
      body: z.strictObject({ password: passwordSchema }),
      status: 204,
      reply: z.undefined(),
      errors: ['wrong_credentials', 'forbidden', 'rate_limited', 'overloaded'],
      handle: async ({ caller: { accountId }, body: { password } }) => {
        const error = await erase(parts, accountId, password);
        return error ? { ok: false, error } : { ok: true, body: undefined };
      },
    }),
    endpoint({
      id: 'eraseOrder',
      method: 'POST',
      path: '/v1/orders/{orderId}/erase',
      summary: 'Erases names and addresses of an order and its tickets, on request of a guest. Amounts are kept.',
      tag: 'Staff',
      access: { permission: 'orders.staff' },
      rate: 'commands',
      parameters: { orderId: z.uuid() },
      status: 204,
      reply: z.undefined(),
      errors: ['not_found'],
      handle: async ({ caller, parameters: { orderId } }) => {
        const isKnown = await inTransaction(pool, async (client) => {
          const { rowCount } = await client.query('SELECT FROM boxoffice.orders WHERE id = $1 FOR UPDATE', [orderId]);
          if (rowCount !== 1) return { result: false, commit: false };
          await eraseOrders(client, [orderId]);
          // Without what was erased: entries are never removed.
          await audit.write(client, { caller, action: 'order.erase', subject: `order:${orderId}` });
          return { result: true, commit: true };
        });
        return isKnown ? { ok: true, body: undefined } : { ok: false, error: UNKNOWN_ORDER };
      },
    }),
    endpoint({
      id: 'findArchivedOrder',
      method: 'GET',
      path: '/v1/archived-orders/{reference}',
      summary: 'An order of long ago, by its reference or that of one of its bookings.',
      tag: 'Staff',
      access: { permission: 'orders.staff' },
      rate: 'reads',
      parameters: {
        reference: z
          .string()
          .min(1)
          .max(100)
          .regex(/^[\x21-\x7e]+$/),
      },
      reply: archivedSchema,
      errors: ['not_found'],
      handle: async ({ parameters: { reference } }) => {
        const found = await findArchivedOrder(pool, reference);
        if (!found) return { ok: false, error: UNKNOWN_ORDER };
        const { orderId, archivedAt, document } = found;
        return {
          ok: true,
          body: { orderId, reference: found.reference, archivedAt: archivedAt.toISOString(), rows: document },
        };
      },
    }),
  ];
}

const UNKNOWN_ORDER = wireError('not_found', 'There is no such order.');
const SESSION_OVER = wireError('unauthorized', 'The session has ended. Log in again.');
const WRONG_PASSWORD = wireError('wrong_credentials', 'This is not the password of the account.', {
  field: 'password',
});
const HAS_PERMISSIONS = wireError(
  'forbidden',
  'An account of staff is not erased by itself: an administrator makes it that of a customer first.',
);

async function erase(parts: ErasureParts, accountId: string, password: string): Promise<WireError | undefined> {
  const { pool, passwords, limits } = parts;
  const known = await findAccount(pool, accountId);
  if (!known) return SESSION_OVER;
  if (known.role !== 'customer') return HAS_PERMISSIONS;
  // A stolen access token is not to be a way to guess the password.
  const tooMany = await refuseTooMany(pool, [[limits.accountFailures, known.email]]);
  if (tooMany) return tooMany;
  const compared = await passwords.compare(known.passwordHash, password);
  if (!compared.ok || compared.isRight) await uncountAttempt(pool, limits.accountFailures, known.email);
  if (!compared.ok) return compared.error;
  if (!compared.isRight) return WRONG_PASSWORD;
  return await inTransaction<WireError | undefined>(pool, async (client) => {
    const account = await lockAccount(client, accountId);
    if (account?.passwordHash !== known.passwordHash) return { result: SESSION_OVER, commit: false };
    if (account.role !== 'customer') return { result: HAS_PERMISSIONS, commit: false };
    await endAllSessions(client, accountId, 'the account was erased');
    await client.query("UPDATE boxoffice.sessions SET address = '' WHERE account_id = $1", [accountId]);
    await eraseAccount(client, accountId);
    return { result: undefined, commit: true };
  });
}
