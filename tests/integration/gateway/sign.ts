import { SignJWT } from 'jose';

export const SECRET = 'a secret of the tests, long enough to be taken';

/** A session as this node's own, but for what the test says. Times in seconds since 1970. */
export async function sign(
  holder: string,
  { role = 'user', secret = SECRET, audience = 'usher', issuer = 'usher', expiresAt = Date.now() / 1000 + 3_600 } = {},
): Promise<string> {
  return await new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(holder)
    .setExpirationTime(Math.floor(expiresAt))
    .sign(new TextEncoder().encode(secret));
}
