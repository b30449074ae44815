import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Authenticate, Authenticated, Identity } from '../../http/access.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import type { SignedAccessTokens } from './access-tokens.js';
import { looksLikeKey } from './api-key-store.js';
import type { ExternalIssuer } from './external-issuer.js';
import type { KeyRing } from './key-ring.js';
import { SIGNING_ALGORITHM } from './signing-keys.js';

const RETRY_AFTER_MS = 1_000;
/** The header of every session that we sign ourselves, `{"alg":"HS256"}`: most tokens are known by it without a look inside. */
const SESSION_HEADER = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.`;

export interface AuthenticatorOptions {
  /** Sessions of guests, and those that a program with our TOKEN_SECRET signed. */
  readonly sessions: Authenticate;
  readonly accessTokens: Pick<SignedAccessTokens, 'verify'>;
  readonly keyRing: Pick<KeyRing, 'authenticate'>;
  /** By the claim `iss` of their tokens. */
  readonly issuers: ReadonlyMap<string, Pick<ExternalIssuer, 'verify'>>;
  readonly isRevoked: (identity: Identity) => boolean;
  readonly log: Log;
}

/**
 * Checks all that somebody may send as a bearer token, over HTTP and in `hello`. What a token says of itself only chooses who
 * checks it; each of those takes its own algorithms, keys and issuer and no others.
 */
export function authenticator({
  sessions,
  accessTokens,
  keyRing,
  issuers,
  isRevoked,
  log,
}: AuthenticatorOptions): Authenticate {
  const check = async (token: string): Promise<Authenticated> => {
    if (looksLikeKey(token)) return await keyRing.authenticate(token);
    const issuer = issuers.size === 0 ? undefined : issuers.get(issuerOf(token));
    if (issuer) return await issuer.verify(token);
    if (headerOf(token)?.alg !== SIGNING_ALGORITHM) return await sessions(token);
    const verified = await accessTokens.verify(token);
    if (!verified.ok) return unauthorized(verified.reason);
    return { ok: true, identity: { ...verified.grant, session: token, expiresAt: verified.expiresAt } };
  };
  return async (token) => {
    if (token.startsWith(SESSION_HEADER)) return await sessions(token);
    try {
      const checked = await check(token);
      return checked.ok && isRevoked(checked.identity) ? unauthorized('The token was revoked.') : checked;
    } catch (error) {
      log.warn({ event: 'token.not_checked', err: error }, 'A token could not be checked.');
      const message = 'Tokens of this kind cannot be checked at the moment.';
      return { ok: false, error: wireError('unavailable', message, { retryAfterMs: RETRY_AFTER_MS }) };
    }
  };
}

function unauthorized(message: string): Authenticated {
  return { ok: false, error: wireError('unauthorized', message) };
}

function headerOf(token: string): { readonly alg?: string } | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/** What the token says, unchecked; empty where it says nothing. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return '';
  }
}
