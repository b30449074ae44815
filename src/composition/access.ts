import { randomUUID } from 'node:crypto';
import { nodeTimers } from '../adapters/node-timers.js';
import { type AccessTokens, SignedAccessTokens } from '../boxoffice/access/access-tokens.js';
import { apiKeyEndpoints } from '../boxoffice/access/api-key-endpoints.js';
import { authenticator } from '../boxoffice/access/authenticator.js';
import { ExternalIssuer } from '../boxoffice/access/external-issuer.js';
import { jwksEndpoint } from '../boxoffice/access/jwks-endpoint.js';
import { KeyRing } from '../boxoffice/access/key-ring.js';
import { RevocationWatch } from '../boxoffice/access/revocation-watch.js';
import { purgeRevocations, type Revocation } from '../boxoffice/access/revocations.js';
import { SecretBox } from '../boxoffice/access/secret-box.js';
import { SigningKeys } from '../boxoffice/access/signing-keys.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { auditEndpoint } from '../boxoffice/audit/audit-endpoint.js';
import { repeat, repeatLogged } from '../boxoffice/repeat.js';
import type { Config } from '../config.js';
import { Tokens } from '../gateway/tokens.js';
import type { Authenticate, Identity } from '../http/access.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

/** Far more often than a new key is published before it signs. */
const KEYS_READ_EVERY_MS = 30_000;

/** Who may do what, as one node checks it. */
export interface Access {
  readonly endpoints: readonly Endpoint[];
  /** For whoever logs people in. */
  readonly accessTokens: AccessTokens;
  /** For new guests. */
  readonly tokens: Tokens;
  readonly authenticate: Authenticate;
  /** The holder of a guest's session; undefined: it is none, or has expired. */
  readonly guestHolder: (session: string) => Promise<string | undefined>;
  readonly isRevoked: (identity: Identity) => boolean;
  /** From now on `tell` is called with what is revoked, or has expired: its sockets are to be closed. */
  readonly start: (tell: (revocation: Revocation) => void) => void;
}

const PURGE_EVERY_MS = 10 * 60_000;

/** `tokenSecret` is that of the node: its own keys for other purposes are made from it. */
export async function openAccess(
  config: Config,
  { pool, ids }: Store,
  tokenSecret: string,
  log: Log,
  undo: Undo,
): Promise<Access> {
  const keys = await openSigningKeys(config, pool, tokenSecret, log, undo);
  const { tokenTtlMs, revocationsMs: everyMs } = config.access;
  const accessTokens = new SignedAccessTokens({ keys, ttlMs: tokenTtlMs, wallMs: Date.now });
  const tokens = new Tokens(tokenSecret, config.guestTtlMs, randomUUID, Date.now);
  const now = () => performance.now();
  const revocations = await RevocationWatch.open({ pool, timers: nodeTimers, everyMs, tokenTtlMs, now, log });
  undo.push(repeat(nodeTimers, PURGE_EVERY_MS, () => purgeRevocations(pool, log)));
  const isRevoked = (identity: Identity) => revocations.covers(identity);
  const keyRing = new KeyRing({ pool, wallMs: Date.now, log });
  const authenticate = authenticator({
    sessions: (token) => tokens.verify(token),
    accessTokens,
    keyRing,
    issuers: new Map(config.access.issuers.map((each) => [each.issuer, new ExternalIssuer(each, Date.now, log)])),
    isRevoked,
    log,
  });
  const guestHolder = async (session: string) => {
    const known = await tokens.verify(session);
    return known.ok && known.identity.role === 'guest' ? known.identity.holder : undefined;
  };
  const keyParts = { pool, audit: postgresAudit, uuid: () => ids.uuid(), wallMs: Date.now };
  const endpoints = [
    jwksEndpoint(keys),
    ...apiKeyEndpoints({ ...keyParts, revoked: () => void revocations.look() }),
    auditEndpoint(pool),
  ];
  const start = (tell: (revocation: Revocation) => void): void => {
    undo.push(revocations.start(tell));
    const tellExpired = async () => {
      for (const subject of keyRing.takeExpired()) tell({ kind: 'key', subject });
    };
    undo.push(repeat(nodeTimers, everyMs, tellExpired));
  };
  return { endpoints, accessTokens, tokens, authenticate, guestHolder, isRevoked, start };
}

async function openSigningKeys(config: Config, pool: Store['pool'], tokenSecret: string, log: Log, undo: Undo) {
  const keys = await SigningKeys.open({
    pool,
    box: new SecretBox(tokenSecret, 'usher signing keys 1'),
    rotateEveryMs: config.access.signingKeyMs,
    tokenTtlMs: config.access.tokenTtlMs,
    now: () => performance.now(),
    log,
  });
  const message = 'The signing keys could not be read. The known ones stay in use.';
  const failure = { log, event: 'signing_keys.not_read', message };
  undo.push(repeatLogged(nodeTimers, KEYS_READ_EVERY_MS, failure, () => keys.renew()));
  return keys;
}
