/** What administrators do to an account at once, whatever version of it they saw. */
import type { PoolClient } from 'pg';
import type { Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { endAllSessions } from '../accounts/sessions.js';
import { type Edited, edit, refuse } from '../catalogue/edit-parts.js';
import { dropSecondFactor } from '../second-factor/enrolment.js';
import { type AccountRow, accountSchema, lockWithAdministrators } from './account-records.js';
import {
  type AdminParts,
  accountId,
  answer,
  lastAdministrator,
  managing,
  record,
  type Shown,
  show,
  unknownAccount,
} from './admin-parts.js';
import { refuseRank } from './rank.js';

interface Act {
  readonly parts: AdminParts;
  readonly id: string;
  readonly caller: Caller;
  /** In the audit log. */
  readonly action: string;
}

type Locked = Awaited<ReturnType<typeof lockWithAdministrators>> & { readonly account: AccountRow };

export function accountActEndpoints(parts: AdminParts): readonly Endpoint[] {
  const act = { ...managing, method: 'POST', parameters: { accountId }, reply: accountSchema } as const;
  return [
    endpoint({
      ...act,
      id: 'disableAccount',
      path: '/v1/admin/accounts/{accountId}/disable',
      summary: 'Ends all log-ins of an account, and refuses new ones until it is enabled.',
      errors: ['unknown_account', 'last_administrator'],
      handle: async ({ parameters: { accountId: id }, caller }) =>
        answer(await perform({ parts, id, caller, action: 'account.disable' }, disable)),
    }),
    endpoint({
      ...act,
      id: 'enableAccount',
      path: '/v1/admin/accounts/{accountId}/enable',
      summary: 'Lets the owner of a disabled account log in again.',
      errors: ['unknown_account'],
      handle: async ({ parameters: { accountId: id }, caller }) =>
        answer(await perform({ parts, id, caller, action: 'account.enable' }, enable)),
    }),
    endpoint({
      ...act,
      id: 'endSessionsOfAccount',
      path: '/v1/admin/accounts/{accountId}/end-sessions',
      summary: 'Ends all log-ins of an account, on every device.',
      errors: ['unknown_account'],
      handle: async ({ parameters: { accountId: id }, caller }) =>
        answer(
          await perform({ parts, id, caller, action: 'account.end_sessions' }, async (client) => {
            await endAllSessions(client, id, 'an administrator ended them');
            return { ok: true, value: true };
          }),
        ),
    }),
    endpoint({
      ...act,
      id: 'resetSecondFactor',
      path: '/v1/admin/accounts/{accountId}/totp/reset',
      summary: 'Removes the app and the recovery codes of somebody who has lost them.',
      errors: ['unknown_account', 'not_found'],
      handle: async ({ parameters: { accountId: id }, caller }) =>
        answer(
          await perform({ parts, id, caller, action: 'second_factor.reset' }, (client, locked) =>
            reset(client, locked, caller),
          ),
        ),
    }),
  ];
}

/** `work` says whether it changed anything: only then there is an entry in the audit log. */
function perform(
  { parts, id, caller, action }: Act,
  work: (client: PoolClient, locked: Locked) => Promise<Edited<boolean>>,
): Promise<Edited<Shown>> {
  return edit(parts.pool, async (client) => {
    const { account, isLastAdministrator } = await lockWithAdministrators(client, id);
    if (!account) return unknownAccount();
    const denied = refuseRank(caller, account.role);
    if (denied) return { ok: false, error: denied };
    const done = await work(client, { account, isLastAdministrator });
    if (!done.ok) return done;
    if (done.value) await record(parts, client, { caller, action, account: id });
    return await show(client, id);
  });
}

async function disable(client: PoolClient, { account, isLastAdministrator }: Locked): Promise<Edited<boolean>> {
  if (account.disabledAt) return { ok: true, value: false };
  if (isLastAdministrator) return lastAdministrator();
  await client.query('UPDATE boxoffice.accounts SET disabled_at = now() WHERE id = $1', [account.id]);
  await endAllSessions(client, account.id, 'the account was disabled');
  return { ok: true, value: true };
}

async function enable(client: PoolClient, { account }: Locked): Promise<Edited<boolean>> {
  if (!account.disabledAt) return { ok: true, value: false };
  await client.query('UPDATE boxoffice.accounts SET disabled_at = NULL WHERE id = $1', [account.id]);
  return { ok: true, value: true };
}

async function reset(client: PoolClient, { account }: Locked, caller: Caller): Promise<Edited<boolean>> {
  if (caller.accountId === account.id) {
    return refuse('forbidden', 'Your own second factor is removed with one of its codes: POST /v1/me/totp/remove.');
  }
  if (!account.hasSecondFactor) return refuse('not_found', 'The account has no second factor.');
  await dropSecondFactor(client, account.id);
  return { ok: true, value: true };
}
