import fc from 'fast-check';
import { SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { Tokens } from '../../../src/gateway/tokens.js';

it('a guest is signed to the very bytes that jose makes of the same claims', async () => {
  const moments = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  const secrets = fc.string({ minLength: 32, maxLength: 90 });
  await fc.assert(
    fc.asyncProperty(
      secrets,
      names,
      moments,
      fc.integer({ min: 1_000, max: 1e10 }),
      async (secret, name, now, ttlMs) => {
        const tokens = new Tokens(
          secret,
          ttlMs,
          () => name,
          () => now,
        );
        const issuedAt = Math.floor(now / 1000);
        const theirs = await new SignJWT({ role: 'guest' })
          .setProtectedHeader({ alg: 'HS256' })
          .setIssuer('usher')
          .setAudience('usher')
          .setSubject(`guest:${name}`)
          .setIssuedAt(issuedAt)
          .setExpirationTime(issuedAt + Math.floor(ttlMs / 1000))
          .sign(new TextEncoder().encode(secret));
        expect((await tokens.guest()).session).toBe(theirs);
      },
    ),
  );
});
