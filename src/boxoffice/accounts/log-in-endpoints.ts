import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { inTransaction } from '../halls/hall-store.js';
import { type AccountParts, guestSessionSchema, loggedInSchema } from './account-parts.js';
import { emailSchema } from './account-store.js';
import { logIn } from './log-ins.js';
import { passwordSchema } from './new-password.js';
import { endAllSessions, endSession } from './sessions.js';

const credentialsSchema = z.strictObject({
  email: emailSchema,
  password: passwordSchema,
  code: z.string().min(1).max(64).optional().meta({ description: 'Of an authenticator app, or a recovery code.' }),
  guestSession: guestSessionSchema,
});

/** Logging in, staying logged in, and logging out. */
export function logInEndpoints(parts: AccountParts): readonly Endpoint[] {
  const { pool, sessions } = parts;
  const open = { tag: 'Sessions', access: 'public', rate: 'sessions', method: 'POST', parameters: {} } as const;
  const own = { tag: 'Sessions', access: 'account', rate: 'commands', method: 'POST', parameters: {} } as const;
  return [
    endpoint({
      ...open,
      id: 'logIn',
      path: '/v1/log-ins',
      summary: 'Logs in with an e-mail address, a password, and a code where the account has a second factor.',
      body: credentialsSchema,
      status: 201,
      reply: loggedInSchema,
      errors: ['wrong_credentials', 'code_required', 'invalid_code', 'account_disabled', 'rate_limited'],
      handle: async ({ body, address }) => {
        const done = await logIn(parts, body, address);
        return done.ok ? { ok: true, body: done.value } : done;
      },
    }),
    endpoint({
      ...open,
      id: 'refreshSession',
      path: '/v1/sessions/refresh',
      summary: 'Exchanges a refresh token for new tokens. One that is sent again later ends the session.',
      body: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
      reply: loggedInSchema,
      errors: ['unauthorized'],
      handle: async ({ body }) => {
        const refreshed = await inTransaction(pool, async (client) => ({
          result: await sessions.refresh(client, body.refreshToken),
          commit: true,
        }));
        if (typeof refreshed !== 'string') return { ok: true, body: refreshed };
        return { ok: false, error: wireError('unauthorized', 'The session has ended. Log in again.') };
      },
    }),
    endpoint({
      ...own,
      id: 'logOut',
      path: '/v1/log-out',
      summary: 'Ends this session: its tokens are refused, and its sockets are closed, at every node.',
      status: 204,
      reply: z.undefined(),
      errors: [],
      handle: async ({ caller: { accountId, sessionId } }) => {
        await inTransaction(pool, async (client) => ({
          result: await endSession(client, accountId, sessionId, 'logged out'),
          commit: true,
        }));
        return { ok: true, body: undefined };
      },
    }),
    endpoint({
      ...own,
      id: 'logOutEverywhere',
      path: '/v1/log-out/everywhere',
      summary: 'Ends all sessions of the account, this one too.',
      status: 204,
      reply: z.undefined(),
      errors: [],
      handle: async ({ caller: { accountId } }) => {
        await inTransaction(pool, async (client) => ({
          result: await endAllSessions(client, accountId, 'logged out everywhere'),
          commit: true,
        }));
        return { ok: true, body: undefined };
      },
    }),
  ];
}
