import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { SECRET } from '../integration/gateway/sign.js';

export const part = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token of any header and claims at all, signed by HMAC; of text, as that text, so that a name may come twice. */
export function forge(
  claims: object | string,
  header: object | string = { alg: 'HS256' },
  { secret = SECRET, hash = 'sha256' }: { readonly secret?: string | Buffer; readonly hash?: string } = {},
): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** What a session of staff claims: all that an attacker wants. */
export const claimsOf = (more: object = {}) => ({
  iss: 'usher',
  aud: 'usher',
  sub: 'staff:mallory',
  role: 'staff',
  exp: seconds() + 3_600,
  ...more,
});

/** A key pair of the attacker's own, and its public half as a token carries it. */
function ownKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const sign = (header: object) => {
    const signed = `${part(header)}.${part(claimsOf())}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  };
  return { sign, jwk: publicKey.export({ format: 'jwk' }), pem: publicKey.export({ format: 'pem', type: 'spki' }) };
}

const keys = ownKeys();
/** What the attacker has: a secret of its own, in the form in which a token may carry it. */
const OWN_SECRET = 'mallory keeps a long secret of their own';
const OWN_JWK = { kty: 'oct', k: part(OWN_SECRET), alg: 'HS256', kid: 'mallory' };
const withOwn = (header: object) => forge(claimsOf(), { alg: 'HS256', ...header }, { secret: OWN_SECRET });
const [genuineHeader, genuineClaims, genuineSignature] = forge(claimsOf({ role: 'guest', sub: 'guest:mallory' })).split(
  '.',
);

/** Tokens that nobody has signed who may, or that are not for here and now. None may be let in. */
export const FORGERIES: Readonly<Record<string, string>> = {
  'no algorithm': `${part({ alg: 'none' })}.${part(claimsOf())}.`,
  'no algorithm, in capitals': `${part({ alg: 'NONE' })}.${part(claimsOf())}.`,
  'no algorithm, mixed': `${part({ alg: 'nOnE', typ: 'JWT' })}.${part(claimsOf())}.`,
  'no algorithm, and a signature': `${part({ alg: 'none' })}.${part(claimsOf())}.${genuineSignature}`,
  'an empty algorithm': `${part({ alg: '' })}.${part(claimsOf())}.`,
  'an algorithm that is an array': forge(claimsOf(), { alg: ['HS256'] }),
  'no header at all': `.${part(claimsOf())}.${genuineSignature}`,
  'HS384 with the secret': forge(claimsOf(), { alg: 'HS384' }, { hash: 'sha384' }),
  'HS512 with the secret': forge(claimsOf(), { alg: 'HS512' }, { hash: 'sha512' }),
  'HS512 said and HS256 done': forge(claimsOf(), { alg: 'HS512' }),
  'RS256 with a key of their own': keys.sign({ alg: 'RS256' }),
  'RS256 with that key in jwk': keys.sign({ alg: 'RS256', jwk: keys.jwk }),
  'RS256 said and the secret used': forge(claimsOf(), { alg: 'RS256' }),
  'HS256 with a public key as secret': forge(claimsOf(), { alg: 'HS256' }, { secret: String(keys.pem) }),
  'another deployment’s secret': forge(claimsOf(), { alg: 'HS256' }, { secret: `${SECRET}.` }),
  'the secret in capitals': forge(claimsOf(), { alg: 'HS256' }, { secret: SECRET.toUpperCase() }),
  'an empty secret': forge(claimsOf(), { alg: 'HS256' }, { secret: '' }),
  'a secret of one zero byte': forge(claimsOf(), { alg: 'HS256' }, { secret: Buffer.alloc(1) }),
  'their own secret and a kid': withOwn({ kid: 'mallory' }),
  'a kid that is a file': withOwn({ kid: '../../../../dev/null' }),
  'a kid that is SQL': withOwn({ kid: "' UNION SELECT 'mallory keeps a long secret of their own" }),
  'their own key in jwk': withOwn({ jwk: OWN_JWK }),
  'their own key at jku': withOwn({ jku: 'http://127.0.0.1:9/keys.json', kid: 'mallory' }),
  'their own key at x5u': withOwn({ x5u: 'http://127.0.0.1:9/chain.pem' }),
  'their own chain in x5c': withOwn({ x5c: [part('certificate')] }),
  'a critical header that we do not know': forge(claimsOf(), { alg: 'HS256', crit: ['exp'], exp: 1 }),
  'a critical header of no names': forge(claimsOf(), { alg: 'HS256', crit: [] }),
  'an unencoded payload': forge(claimsOf(), { alg: 'HS256', b64: false, crit: ['b64'] }),
  'the claims of staff over the signature of a guest': `${genuineHeader}.${part(claimsOf())}.${genuineSignature}`,
  'the signature of a guest left away': `${genuineHeader}.${genuineClaims}.`,
  'half of a signature': `${genuineHeader}.${genuineClaims}.${genuineSignature?.slice(0, 22)}`,
  'a part too many': `${genuineHeader}.${genuineClaims}.${genuineSignature}.${genuineSignature}`,
  'another audience': forge(claimsOf({ aud: 'usher-admin' })),
  'an audience in capitals': forge(claimsOf({ aud: 'USHER' })),
  'an audience of others only': forge(claimsOf({ aud: ['others', 'usher '] })),
  'another issuer': forge(claimsOf({ iss: 'https://usher.evil.example' })),
  'no issuer': forge(claimsOf({ iss: undefined })),
  'no audience': forge(claimsOf({ aud: undefined })),
  'no end': forge(claimsOf({ exp: undefined })),
  'an end that is text': forge(claimsOf({ exp: '9999999999' })),
  'an end that is nothing': forge(claimsOf({ exp: null })),
  'an end in the past': forge(claimsOf({ exp: seconds() - 1 })),
  'an end before 1970': forge(claimsOf({ exp: -1e300 })),
  'a beginning in the future': forge(claimsOf({ nbf: seconds() + 60 })),
  'a beginning that is text': forge(claimsOf({ nbf: 'tomorrow' })),
  'no role': forge(claimsOf({ role: undefined })),
  'a role of another name': forge(claimsOf({ role: 'root' })),
  'a role in capitals': forge(claimsOf({ role: 'STAFF' })),
  'several roles': forge(claimsOf({ role: ['staff'] })),
  'a role with a blank': forge(claimsOf({ role: 'staff ' })),
  'a role twice, the last of another name': forge(
    JSON.stringify(claimsOf()).replace('"role":"staff"', '"role":"staff","role":"root"'),
  ),
  'a holder that is a number': forge(claimsOf({ sub: 7 })),
  'a holder that is a list': forge(claimsOf({ sub: ['staff:mallory'] })),
  'a holder that is true': forge(claimsOf({ sub: true })),
  'a holder of a line break': forge(claimsOf({ sub: 'staff\n1' })),
  'a holder of an escape': forge(claimsOf({ sub: '\u001b[2J' })),
  'claims that are a list': forge('[]'),
  'claims that are no JSON': forge('{"role":"staff"'),
  'claims under __proto__': forge(`{"__proto__":${JSON.stringify(claimsOf())}}`),
};
