import type { AccessTokens } from '../boxoffice/access/access-tokens.js';
import { SecretBox } from '../boxoffice/access/secret-box.js';
import type { Passwords } from '../boxoffice/accounts/passwords.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { type SecondFactor, secondFactor } from '../boxoffice/second-factor/second-factor.js';
import { totpEndpoints } from '../boxoffice/second-factor/totp-endpoints.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Store } from './store.js';

interface SecondFactorParts {
  readonly endpoints: readonly Endpoint[];
  /** For whoever logs people in. */
  readonly secondFactor: SecondFactor;
}

/** `tokenSecret` is that of the node: the key of the TOTP secrets is made from it. */
export function openSecondFactor(
  { pool, clock }: Store,
  tokenSecret: string,
  parts: { readonly passwords: Passwords; readonly accessTokens: AccessTokens },
  log: Log,
): SecondFactorParts {
  const box = new SecretBox(tokenSecret, 'usher totp secrets 1');
  const factor = secondFactor({ box, now: () => clock.now(), log });
  return {
    secondFactor: factor,
    endpoints: totpEndpoints({ pool, audit: postgresAudit, box, secondFactor: factor, ...parts }),
  };
}
