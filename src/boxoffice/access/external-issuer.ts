import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import { ACCOUNT_ROLES, type AccountRole, type Authenticated } from '../../http/access.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import { EXTERNAL_ALGORITHMS, type ExternalIssuerSetting } from './external-issuer-setting.js';

const FETCH_MS_MAX = 3_000;
const BYTES_MAX = 256 * 1024;
/** An unknown key makes the node fetch the set, at most so often. */
const COOLDOWN_MS = 2_000;
/** After a failure nobody is asked for so long. */
const RETRY_AFTER_MS = 1_000;
const REFRESH_MS = 10 * 60_000;
/** Keys that could not be fetched again count for so long. */
const STALE_MS_MAX = 24 * 3_600_000;
/** By which the clock of the issuer may be ahead of ours. */
const CLOCK_TOLERANCE_S = 5;
const HOLDER = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** The keys of an issuer could not be had: the token may be right. */
class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/**
 * Checks the tokens of one external issuer by its published keys. They are fetched when the first token comes, and again in the
 * background every ten minutes and when a token names an unknown key. While the issuer is away the known keys stay in use, for a
 * day at most.
 */
export class ExternalIssuer {
  readonly #setting: ExternalIssuerSetting;
  readonly #wallMs: () => number;
  readonly #log: Log;
  readonly #holderPrefix: string;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(setting: ExternalIssuerSetting, wallMs: () => number, log: Log) {
    this.#setting = setting;
    this.#wallMs = wallMs;
    this.#log = log;
    const hash = createHash('sha256').update(setting.issuer).digest('base64url').slice(0, 16);
    this.#holderPrefix = `ext:${hash}:`;
    this.#keys = createRemoteJWKSet(new URL(setting.jwksUrl), {
      timeoutDuration: FETCH_MS_MAX,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      [customFetch]: (url, options) => this.#fetch(url, options),
    });
  }

  /** `unauthorized`, or `unavailable` where the keys of the issuer cannot be fetched. */
  async verify(token: string): Promise<Authenticated> {
    const { issuer, audience, algorithms = EXTERNAL_ALGORITHMS } = this.#setting;
    this.#refresh();
    try {
      if (this.#isStale) await this.#keys.reload();
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(this.#wallMs()),
      });
      const holder = `${this.#holderPrefix}${payload.sub}`;
      if (typeof payload.sub !== 'string' || payload.sub === '' || !HOLDER.test(holder)) {
        return refuse('The token names no usable holder.');
      }
      const expiresAt = (payload.exp ?? 0) * 1000;
      return { ok: true, identity: { holder, role: this.#roleOf(payload), session: token, expiresAt } };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refuse('The token has expired.');
      if (error instanceof KeysUnavailableError || error instanceof errors.JWKSInvalid) return this.#unavailable(error);
      if (error instanceof errors.JOSEError) return refuse('The token is not valid here.');
      throw error;
    }
  }

  #unavailable(error: Error): Authenticated {
    const fields = { event: 'issuer.keys_not_fetched', issuer: this.#setting.issuer, err: error };
    this.#log.warn(fields, 'The keys of an external issuer could not be fetched. Its tokens get a retryable error.');
    const message = 'The keys of the issuer of this token cannot be fetched at the moment.';
    return { ok: false, error: wireError('unavailable', message, { retryAfterMs: RETRY_AFTER_MS }) };
  }

  get #hasJustFailed(): boolean {
    const sinceMs = this.#wallMs() - this.#failedAt;
    // Below 0: the clock was set back.
    return sinceMs >= 0 && sinceMs < RETRY_AFTER_MS;
  }

  /** Nobody knows any more whether the known keys are still the issuer's. */
  get #isStale(): boolean {
    return Number.isFinite(this.#fetchedAt) && this.#wallMs() - this.#fetchedAt > STALE_MS_MAX;
  }

  /** Fetches the keys again in the background where it is time to. */
  #refresh(): void {
    const ageMs = this.#wallMs() - this.#fetchedAt;
    if (ageMs < REFRESH_MS || !Number.isFinite(ageMs) || this.#keys.reloading || this.#hasJustFailed) return;
    this.#keys.reload().catch((error) => this.#unavailable(error));
  }

  async #fetch(url: string, options: RequestInit): Promise<Response> {
    if (this.#hasJustFailed) throw new KeysUnavailableError('It was asked a moment ago, and failed.');
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) throw new Error(`The answer was ${response.status}.`);
      const text = await readBounded(response);
      JSON.parse(text);
      this.#fetchedAt = this.#wallMs();
      return new Response(text);
    } catch (cause) {
      this.#failedAt = this.#wallMs();
      throw new KeysUnavailableError('The key set could not be fetched.', { cause });
    }
  }

  #roleOf(payload: JWTPayload): AccountRole {
    const { roles } = this.#setting;
    if (!roles) return 'customer';
    const theirs = claimOf(payload, roles.claim);
    const ours = (Array.isArray(theirs) ? theirs : [theirs])
      .filter((name) => typeof name === 'string' && Object.hasOwn(roles.map, name))
      .map((name) => ACCOUNT_ROLES.indexOf(roles.map[name] ?? 'customer'));
    return ACCOUNT_ROLES[Math.max(0, ...ours)] ?? 'customer';
  }
}

/** A claim by its name, which may have dots as a URL has, or else by a path of names. */
function claimOf(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  let value: unknown = payload;
  for (const name of claim.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BYTES_MAX) throw new Error(`The key set has more than ${BYTES_MAX} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(message: string): Authenticated {
  return { ok: false, error: wireError('unauthorized', message) };
}
