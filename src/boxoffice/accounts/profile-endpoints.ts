import { z } from 'zod';
import { ACCOUNT_ROLES } from '../../http/access.js';
import { type Answer, type Endpoint, endpoint } from '../../http/endpoint.js';
import { refuseStale, versionTag } from '../../http/if-match.js';
import { wireError } from '../../protocol/errors.js';
import type { Reads } from '../catalogue/reads.js';
import { inTransaction } from '../halls/hall-store.js';
import type { AccountParts } from './account-parts.js';
import { type Account, findAccount, lockAccount } from './account-store.js';
import { nameSchema } from './sign-up-endpoints.js';

const profileSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ACCOUNT_ROLES),
    hasSecondFactor: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Profile' });

/** The caller's own account. */
export function profileEndpoints({ pool, secondFactor }: AccountParts): readonly Endpoint[] {
  const own = { tag: 'Accounts', access: 'account', path: '/v1/me', parameters: {}, reply: profileSchema } as const;
  const answer = async (db: Reads, account: Account) => {
    const { id, email, name, role, createdAt, version } = account;
    const hasSecondFactor = await secondFactor.isEnrolled(db, id);
    const body = { id, email, name, role, hasSecondFactor, createdAt: createdAt.toISOString() };
    return { ok: true, body, etag: versionTag(version) } as const;
  };
  return [
    endpoint({
      ...own,
      id: 'getProfile',
      method: 'GET',
      rate: 'reads',
      summary: "The caller's account.",
      errors: [],
      handle: async ({ caller: { accountId } }) => {
        const account = await findAccount(pool, accountId);
        return account ? await answer(pool, account) : { ok: false, error: GONE };
      },
    }),
    endpoint({
      ...own,
      id: 'changeProfile',
      method: 'PATCH',
      rate: 'commands',
      summary: "Changes what is given of the caller's account.",
      conditional: true,
      body: z.strictObject({ name: nameSchema }).partial(),
      errors: [],
      handle: ({ body: { name }, caller: { accountId }, ifMatch }) =>
        inTransaction<Answer<z.infer<typeof profileSchema>>>(pool, async (client) => {
          const before = await lockAccount(client, accountId);
          if (!before) return { result: { ok: false, error: GONE }, commit: false };
          const stale = refuseStale(ifMatch, versionTag(before.version));
          if (stale) return { result: { ok: false, error: stale }, commit: false };
          const text = 'UPDATE boxoffice.accounts SET name = $2 WHERE id = $1';
          if (name !== undefined) await client.query(text, [accountId, name]);
          const after = await findAccount(client, accountId);
          return { result: await answer(client, after ?? before), commit: true };
        }),
    }),
  ];
}

const GONE = wireError('unauthorized', 'The account is no more.');
