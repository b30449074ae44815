import { errors, jwtVerify, SignJWT } from 'jose';

/** Who somebody is, by their token. */
export interface Identity {
  /** `guest:<uuid>` for signed guests. */
  readonly holder: string;
  readonly role: 'guest' | 'user' | 'staff';
  /** The token that says so. */
  readonly session: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const ISSUER = 'usher';
const AUDIENCE = 'usher';
const ALGORITHM = 'HS256';
/** Neither control characters, which Postgres or a terminal may not take, nor halves of characters. */
const HOLDER = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** Signs and checks sessions: JWTs (RFC 7519) under one secret that all nodes share. */
export class Tokens {
  readonly #key: Uint8Array;
  readonly #guestTtlMs: number;
  readonly #newId: () => string;
  readonly #wallMs: () => number;

  /** `secret` of at least 32 bytes. The wall clock, not that of the actors: tokens are checked by others too. */
  constructor(secret: string, guestTtlMs: number, newId: () => string, wallMs: () => number) {
    this.#key = new TextEncoder().encode(secret);
    this.#guestTtlMs = guestTtlMs;
    this.#newId = newId;
    this.#wallMs = wallMs;
  }

  /** A new guest, or a longer session for a known one. */
  async guest(holder = `guest:${this.#newId()}`): Promise<Identity> {
    const issuedAt = Math.floor(this.#wallMs() / 1000);
    const expiresAt = issuedAt + Math.floor(this.#guestTtlMs / 1000);
    const session = await new SignJWT({ role: 'guest' })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(holder)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.#key);
    return { holder, role: 'guest', session, expiresAt: expiresAt * 1000 };
  }

  /** The identity, or a sentence that says what is wrong with the token without giving anything away. */
  async verify(session: string): Promise<Identity | string> {
    try {
      const { payload } = await jwtVerify(session, this.#key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(this.#wallMs()),
      });
      const { sub = '', exp = 0, role } = payload;
      if (!HOLDER.test(sub)) return 'The token names no usable holder.';
      if (role !== 'guest' && role !== 'user' && role !== 'staff') return 'The token has no known role.';
      const expiresAt = exp * 1000;
      const identity: Identity = { holder: sub, role, session, expiresAt };
      const aged = expiresAt - this.#wallMs() < this.#guestTtlMs / 4;
      return role === 'guest' && aged ? await this.guest(sub) : identity;
    } catch (error) {
      return error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid here.';
    }
  }
}
