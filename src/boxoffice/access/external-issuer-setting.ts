/** The setting EXTERNAL_ISSUERS: whose tokens a node takes besides its own. */
import { z } from 'zod';
import { ACCOUNT_ROLES } from '../../http/access.js';

const ISSUERS_MAX = 20;
/** Signatures with a public key only: with a shared secret, whoever can check a token could make one. */
export const EXTERNAL_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const issuerSetting = z.strictObject({
  /** As the claim `iss` says it, to the letter. */
  issuer: z.string().min(1).max(300),
  /** Where its public keys are. */
  jwksUrl: z.url({ protocol: /^https?$/ }).max(2_000),
  /** What the claim `aud` must have. */
  audience: z.string().min(1).max(300),
  algorithms: z.array(z.enum(EXTERNAL_ALGORITHMS)).min(1).optional(),
  /** Absent: everybody is a customer. */
  roles: z
    .strictObject({
      /** The name of a claim, or a path such as `realm_access.roles`. It is a text, or a list of texts. */
      claim: z.string().min(1).max(300),
      /** Our role for each of theirs. Of several the highest counts; of none it is customer. */
      map: z.record(z.string().min(1).max(300), z.enum(ACCOUNT_ROLES)),
    })
    .optional(),
});
export type ExternalIssuerSetting = z.infer<typeof issuerSetting>;

/** A JSON list. */
export const externalIssuersSetting = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is no JSON');
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(issuerSetting)
      .max(ISSUERS_MAX)
      .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, 'names an issuer twice')
      .refine((all) => !all.some(({ issuer }) => issuer === 'usher'), 'names this server, whose issuer is usher'),
  );
