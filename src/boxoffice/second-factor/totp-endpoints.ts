/** How people set up and remove the second factor of their own account. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { AccountCaller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { AccessTokens, Grant } from '../access/access-tokens.js';
import type { SecretBox } from '../access/secret-box.js';
import type { Passwords } from '../accounts/passwords.js';
import type { Audit } from '../audit/audit.js';
import { type Edited, refuse } from '../catalogue/edit-parts.js';
import { inTransaction } from '../halls/hall-store.js';
import { dropSecondFactor, enrol, grantOf, keepSecret, type LogIn, lockLogIn } from './enrolment.js';
import { renewRecoveryCodes } from './recovery-codes.js';
import type { SecondFactor } from './second-factor.js';
import { makeTotpSecret, totpUri } from './totp.js';

export interface TotpParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly box: SecretBox;
  readonly secondFactor: SecondFactor;
  readonly passwords: Pick<Passwords, 'compare'>;
  readonly accessTokens: AccessTokens;
}

/** How long after the password was given an app may be set up: a session that was stolen later cannot be armed with one. */
const FRESH_MS_MAX = 15 * 60_000;

const code = z
  .string()
  .min(1)
  .max(40)
  .meta({ description: 'A code of the app, or a recovery code.', example: '106 189' });
const proof = z
  .strictObject({
    code: code.optional(),
    password: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Instead of a code, where this log-in had a second factor.' }),
  })
  .refine((given) => (given.code === undefined) !== (given.password === undefined), {
    error: 'has either a code or a password',
  });
type Proof = z.output<typeof proof>;

const begunSchema = z.object({
  secret: z.string().meta({ description: 'In base 32, for typing.' }),
  uri: z.string().meta({ description: 'For a QR code.', example: 'otpauth://totp/Usher:ann%40example.com?secret=…' }),
});
const renewedToken = { accessToken: z.string(), accessExpiresAt: z.number() };
const tokenSchema = z.object(renewedToken);
const codesSchema = z.object({
  recoveryCodes: z
    .array(z.string())
    .meta({ description: 'Ten, each for one log-in without the app. They are shown once.' }),
});
const confirmedSchema = codesSchema.extend(renewedToken);

const mine = { tag: 'Accounts', access: 'account', rate: 'commands', method: 'POST', parameters: {} } as const;

export function totpEndpoints(parts: TotpParts): readonly Endpoint[] {
  return [
    endpoint({
      ...mine,
      id: 'beginTotp',
      path: '/v1/me/totp',
      summary: 'Makes a secret for an authenticator app. It counts once a code of the app has confirmed it.',
      reply: begunSchema,
      errors: ['already_exists'],
      handle: async ({ caller }) => told(await begin(parts, caller)),
    }),
    endpoint({
      ...mine,
      id: 'confirmTotp',
      path: '/v1/me/totp/confirm',
      summary: 'Puts the app into use, and gives this log-in its second factor.',
      body: z.strictObject({ code }),
      reply: confirmedSchema,
      errors: ['invalid_code', 'already_exists'],
      handle: async ({ caller, body }) => {
        const done = await confirm(parts, caller, body.code);
        if (!done.ok) return done;
        const { recoveryCodes, grant } = done.value;
        return { ok: true, body: { recoveryCodes, ...(await newToken(parts, grant)) }, headers: NOT_KEPT };
      },
    }),
    endpoint({
      ...mine,
      id: 'removeTotp',
      path: '/v1/me/totp/remove',
      summary: 'Removes the app and the recovery codes. Access tokens of this account from before are refused.',
      body: proof,
      reply: tokenSchema,
      errors: ['invalid_code', 'not_found'],
      handle: async ({ caller, body }) => {
        const done = await withProof(parts, caller, body, async (client, logIn) => {
          const grants = await dropSecondFactor(client, caller.accountId);
          await record(parts, client, caller, 'second_factor.remove');
          return grantOf(caller, { ...logIn, grants, secondFactor: false });
        });
        return done.ok ? { ok: true, body: await newToken(parts, done.value), headers: NOT_KEPT } : done;
      },
    }),
    endpoint({
      ...mine,
      id: 'renewRecoveryCodes',
      path: '/v1/me/recovery-codes',
      summary: 'Makes ten new recovery codes. The old ones count no more.',
      body: proof,
      reply: codesSchema,
      errors: ['invalid_code', 'not_found'],
      handle: async ({ caller, body }) =>
        told(
          await withProof(parts, caller, body, async (client) => {
            await record(parts, client, caller, 'recovery_codes.renew');
            return { recoveryCodes: await renewRecoveryCodes(client, caller.accountId) };
          }),
        ),
    }),
  ];
}

/** Neither a browser nor a proxy is to keep what is shown once. */
const NOT_KEPT = { 'cache-control': 'no-store' };

function told<Body>(done: Edited<Body>) {
  return done.ok ? ({ ok: true, body: done.value, headers: NOT_KEPT } as const) : done;
}

async function newToken({ accessTokens }: TotpParts, grant: Grant) {
  const { token, expiresAt } = await accessTokens.issue(grant);
  return { accessToken: token, accessExpiresAt: expiresAt };
}

function record({ audit }: TotpParts, client: PoolClient, caller: AccountCaller, action: string): Promise<void> {
  return audit.write(client, { caller, action, subject: `account:${caller.accountId}` });
}

/** Commits also what was refused, since wrong codes are counted in the transaction. */
async function inLogIn<Value>(
  { pool }: TotpParts,
  { accountId, sessionId }: AccountCaller,
  work: (client: PoolClient, logIn: LogIn) => Promise<Edited<Value>>,
): Promise<Edited<Value>> {
  return await inTransaction(pool, async (client) => {
    const logIn = await lockLogIn(client, accountId, sessionId);
    const result = logIn ? await work(client, logIn) : refuse('unauthorized', 'The session was ended. Log in again.');
    return { result, commit: true };
  });
}

function begin(parts: TotpParts, caller: AccountCaller) {
  return inLogIn(parts, caller, async (client, { email, isEnrolled, ageMs }) => {
    if (isEnrolled) return alreadyEnrolled();
    if (ageMs > FRESH_MS_MAX) {
      const minutes = FRESH_MS_MAX / 60_000;
      return refuse(
        'forbidden',
        `An app is set up within ${minutes} minutes of a log-in: log in again, and try once more.`,
      );
    }
    const secret = makeTotpSecret();
    await keepSecret(client, caller.accountId, parts.box.seal(Buffer.from(secret), caller.accountId));
    return { ok: true, value: { secret, uri: totpUri(secret, email) } };
  });
}

function confirm(parts: TotpParts, caller: AccountCaller, typed: string) {
  return inLogIn(parts, caller, async (client, logIn) => {
    if (logIn.isEnrolled) return alreadyEnrolled();
    const error = await parts.secondFactor.spendFirst(client, caller.accountId, typed);
    if (error) return { ok: false, error };
    await enrol(client, caller.accountId, caller.sessionId);
    await record(parts, client, caller, 'second_factor.enrol');
    const recoveryCodes = await renewRecoveryCodes(client, caller.accountId);
    return { ok: true, value: { recoveryCodes, grant: grantOf(caller, { ...logIn, secondFactor: true }) } };
  });
}

/** Runs `work` for somebody who has just proven who they are once more. */
async function withProof<Value>(
  parts: TotpParts,
  caller: AccountCaller,
  given: Proof,
  work: (client: PoolClient, logIn: LogIn) => Promise<Value>,
): Promise<Edited<Value>> {
  const compared = await comparePassword(parts, caller, given.password);
  if (!compared.ok) return compared;
  return await inLogIn(parts, caller, async (client, logIn) => {
    if (!logIn.isEnrolled) return refuse('not_found', 'The account has no second factor.');
    const error = await disprove(parts, client, caller, logIn, given, compared.value);
    return error ? { ok: false, error } : { ok: true, value: await work(client, logIn) };
  });
}

async function disprove(
  { secondFactor }: TotpParts,
  client: PoolClient,
  { accountId }: AccountCaller,
  logIn: LogIn,
  given: Proof,
  isRightPassword: boolean,
): Promise<WireError | undefined> {
  if (given.code !== undefined) return await secondFactor.spend(client, accountId, given.code);
  // A log-in without a second factor would get rid of it with the password alone.
  if (!logIn.secondFactor) return wireError('invalid_code', 'This log-in needs a code for that.', { field: 'code' });
  return await secondFactor.counted(client, accountId, 'password', async () => isRightPassword);
}

/** Outside of the transaction: it takes long, and the rows are not to be locked so long. */
async function comparePassword(
  { pool, passwords }: TotpParts,
  { accountId }: AccountCaller,
  password: string | undefined,
): Promise<Edited<boolean>> {
  if (password === undefined) return { ok: true, value: false };
  const { rows } = await pool.query<{ hash: string | null }>(
    'SELECT password_hash AS hash FROM boxoffice.accounts WHERE id = $1',
    [accountId],
  );
  const compared = await passwords.compare(rows[0]?.hash ?? null, password);
  return compared.ok ? { ok: true, value: compared.isRight } : compared;
}

function alreadyEnrolled() {
  return refuse('already_exists', 'The account has a second factor. Remove it first.');
}
