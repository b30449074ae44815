import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ACCOUNT_ROLES, type AccountRole } from '../../http/access.js';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.js';

const ISSUER = 'usher';
const AUDIENCE = 'usher';
/** RFC 9068, so that no other kind of token that these keys might sign one day is taken for an access token. */
const TYPE = 'at+jwt';

/** What an access token says. */
export interface Grant {
  readonly accountId: string;
  /** The log-in, which can be revoked. */
  readonly sessionId: string;
  /** Whose holds and bookings are theirs. */
  readonly holder: string;
  readonly role: AccountRole;
  /** Of the account when it was issued. Every node refuses it once the account has more. */
  readonly grants: number;
  /** The role needs a second factor, and the log-in had none. */
  readonly lacksSecondFactor: boolean;
}

export interface AccessTokens {
  /** Signs a token. `expiresAt` is in milliseconds since 1970. */
  issue(grant: Grant): Promise<{ readonly token: string; readonly expiresAt: number }>;
}

export type VerifiedGrant =
  | { readonly ok: true; readonly grant: Grant; readonly expiresAt: number }
  /** A sentence that says what is wrong and gives nothing away. */
  | { readonly ok: false; readonly reason: string };

export interface AccessTokensOptions {
  readonly keys: SigningKeys;
  readonly ttlMs: number;
  /** The wall clock, in milliseconds since 1970: others check these tokens too. */
  readonly wallMs: () => number;
}

const claimsSchema = z.object({
  sub: z.string().regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u),
  exp: z.number(),
  account_id: z.uuid(),
  sid: z.uuid(),
  role: z.enum(ACCOUNT_ROLES),
  grants: z.int().nonnegative(),
  lacks_second_factor: z.boolean(),
});

/** Signs and checks access tokens: JWTs by EdDSA, which anybody can check by our JWKS. */
export class SignedAccessTokens implements AccessTokens {
  readonly #options: AccessTokensOptions;

  constructor(options: AccessTokensOptions) {
    this.#options = options;
  }

  async issue({ accountId, sessionId, holder, role, grants, lacksSecondFactor }: Grant) {
    const { keys, ttlMs, wallMs } = this.#options;
    const issuedAt = Math.floor(wallMs() / 1000);
    const expiresAt = issuedAt + Math.floor(ttlMs / 1000);
    const { kid, privateKey } = keys.signer;
    const claims = { account_id: accountId, sid: sessionId, role, grants, lacks_second_factor: lacksSecondFactor };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: TYPE })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(holder)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(privateKey);
    return { token, expiresAt: expiresAt * 1000 };
  }

  /** @throws Error where the signing keys had to be read and Postgres does not answer. */
  async verify(token: string): Promise<VerifiedGrant> {
    const { keys, wallMs } = this.#options;
    const kid = kidOf(token);
    const key = kid === undefined ? undefined : await keys.find(kid);
    if (!key) return NOT_VALID;
    try {
      const { payload } = await jwtVerify(token, key.publicKey, {
        algorithms: [SIGNING_ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(wallMs()),
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return NOT_VALID;
      const { sub, exp, account_id, sid, role, grants, lacks_second_factor } = claims.data;
      const grant = { accountId: account_id, sessionId: sid, holder: sub, role, grants };
      return { ok: true, grant: { ...grant, lacksSecondFactor: lacks_second_factor }, expiresAt: exp * 1000 };
    } catch (error) {
      return error instanceof errors.JWTExpired ? { ok: false, reason: 'The token has expired.' } : NOT_VALID;
    }
  }
}

const NOT_VALID = { ok: false, reason: 'The token is not valid here.' } as const;

function kidOf(token: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
