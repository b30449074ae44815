import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Authenticated, Identity, Role } from '../http/access.js';
import { wireError } from '../protocol/errors.js';

const ISSUER = 'usher';
const AUDIENCE = 'usher';
const ALGORITHM = 'HS256';
const HEADER = Buffer.from(JSON.stringify({ alg: ALGORITHM })).toString('base64url');
/** What a session may call its role. `user` is what a customer was called before there were accounts. */
const ROLES: Readonly<Record<string, Role>> = {
  guest: 'guest',
  user: 'customer',
  customer: 'customer',
  staff: 'staff',
  manager: 'manager',
  admin: 'admin',
};
/** Neither control characters, which Postgres or a terminal may not take, nor halves of characters. */
const HOLDER = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** Signs and checks sessions: JWTs (RFC 7519) under one secret that all nodes share. */
export class Tokens {
  /** Made once: of bytes, jose makes a key anew for every token, which takes longer than signing it. */
  readonly #key: Promise<CryptoKey>;
  readonly #secret: KeyObject;
  readonly #guestTtlMs: number;
  readonly #newId: () => string;
  readonly #wallMs: () => number;

  /** `secret` of at least 32 bytes. The wall clock, not that of the actors: tokens are checked by others too. */
  constructor(secret: string, guestTtlMs: number, newId: () => string, wallMs: () => number) {
    const bytes = new TextEncoder().encode(secret);
    this.#secret = createSecretKey(bytes);
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    this.#key = crypto.subtle.importKey('raw', bytes, hmac, false, ['sign', 'verify']);
    this.#guestTtlMs = guestTtlMs;
    this.#newId = newId;
    this.#wallMs = wallMs;
  }

  /** A new guest. */
  guest(): Identity {
    return this.#sign(`guest:${this.#newId()}`);
  }

  /**
   * By hand, and not by jose, which verifies: it signs on another thread, and handing that over and back costs the one that
   * serves ten times what the HMAC does. A property test holds it to jose's very bytes.
   */
  #sign(holder: string): Identity {
    const issuedAt = Math.floor(this.#wallMs() / 1000);
    const expiresAt = issuedAt + Math.floor(this.#guestTtlMs / 1000);
    const claims = { role: 'guest', iss: ISSUER, aud: AUDIENCE, sub: holder, iat: issuedAt, exp: expiresAt };
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const session = `${signed}.${signatureOf(signed, this.#secret)}`;
    return { holder, role: 'guest', session, expiresAt: expiresAt * 1000 };
  }

  /** A refusal says what is wrong with the token without giving anything away. */
  async verify(session: string): Promise<Authenticated> {
    try {
      const { sub, exp = 0, role } = this.#plainClaims(session) ?? (await this.#claims(session));
      // jose sees to it that it is there, not that it is text; a holder that is a number ends the actor it comes to.
      if (typeof sub !== 'string' || !HOLDER.test(sub)) return refuse('The token names no usable holder.');
      const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
      if (known === undefined) return refuse('The token has no known role.');
      const expiresAt = exp * 1000;
      const aged = expiresAt - this.#wallMs() < this.#guestTtlMs / 4;
      if (known === 'guest' && aged) return { ok: true, identity: this.#sign(sub) };
      return { ok: true, identity: { holder: sub, role: known, session, expiresAt } };
    } catch (error) {
      return refuse(error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid here.');
    }
  }

  /**
   * The claims of a token as we sign them, by hand for the same reason. Undefined: it is another one, or not in order; then jose
   * decides. So only what jose would accept is accepted here, and it alone refuses.
   */
  #plainClaims(session: string): JWTPayload | undefined {
    const end = session.lastIndexOf('.');
    const signed = session.slice(0, end);
    if (!signed.startsWith(`${HEADER}.`) || signed.includes('.', HEADER.length + 1)) return undefined;
    const [given, right] = [session.slice(end + 1), signatureOf(signed, this.#secret)].map((text) => Buffer.from(text));
    if (!given || !right || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const claims = parsed(Buffer.from(signed.slice(HEADER.length + 1), 'base64url').toString());
    const { iss, aud, exp, iat, nbf } = claims ?? {};
    const isOurs = iss === ISSUER && aud === AUDIENCE && typeof iat === 'number' && nbf === undefined;
    const isCurrent = typeof exp === 'number' && exp > Math.floor(this.#wallMs() / 1000);
    return isOurs && isCurrent ? claims : undefined;
  }

  /** @throws JOSEError where the token is not valid. */
  async #claims(session: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(session, await this.#key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(this.#wallMs()),
    });
    return payload;
  }
}

/** Undefined: it is no object in JSON. */
function parsed(json: string): JWTPayload | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as JWTPayload) : undefined;
  } catch {
    return undefined;
  }
}

function signatureOf(signed: string, secret: KeyObject): string {
  return createHmac('sha256', secret).update(signed).digest('base64url');
}

function refuse(message: string): Authenticated {
  return { ok: false, error: wireError('unauthorized', message) };
}
