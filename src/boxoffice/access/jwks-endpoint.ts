import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { JWKS_MAX_AGE_S, type SigningKeys } from './signing-keys.js';

const jwk = z
  .object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string(),
    kid: z.string(),
    alg: z.literal('EdDSA'),
    use: z.literal('sig'),
  })
  .meta({ id: 'PublicKey' });
const jwksSchema = z.object({ keys: z.array(jwk) });

/** The public halves of the keys that sign access tokens. */
export function jwksEndpoint(keys: Pick<SigningKeys, 'published'>): Endpoint {
  return endpoint({
    id: 'listSigningKeys',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The keys by which others check access tokens (RFC 7517).',
    tag: 'Sessions',
    access: 'public',
    rate: 'reads',
    parameters: {},
    reply: jwksSchema,
    errors: [],
    handle: () => ({
      ok: true,
      body: { keys: keys.published as z.infer<typeof jwk>[] },
      headers: { 'cache-control': `public, max-age=${JWKS_MAX_AGE_S}` },
    }),
  });
}
