import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/boxoffice/access/access-tokens.js';
import { type Revocation, revoke } from '../../../src/boxoffice/access/revocations.js';
import { readProblem } from '../gateway/askers.js';
import { LiveClient } from '../gateway/live-client.js';
import { sign } from '../gateway/sign.js';
import { accessTokensOf, grantOf, openTwoNodes, type TwoNodes } from './two-nodes.js';

const CLOSED_MS_MAX = 3_000;

let two: TwoNodes;
let issue: (grant: Grant) => Promise<string>;
beforeAll(async () => {
  two = await openTwoNodes();
  const tokens = await accessTokensOf(two.pool);
  issue = async (grant) => (await tokens.issue(grant)).token;
});
afterAll(() => two.close());

/** What a node answers to somebody who may do nothing: 403 where it takes the token, 401 where not. */
async function statusAt(url: string, token: string): Promise<number> {
  const answer = await fetch(`${url}/v1/movies`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  return answer.status;
}

const KINDS: readonly [string, (grant: Grant) => Revocation][] = [
  ['log-in', ({ sessionId }) => ({ kind: 'session', subject: sessionId })],
  ['account', ({ accountId, grants }) => ({ kind: 'account', subject: accountId, grants: grants + 1 })],
];

describe('on two nodes of one database', () => {
  it.each(KINDS)(
    'the sockets of a revoked %s are closed within seconds, and its token is refused',
    async (_what, of) => {
      const grant = grantOf();
      const token = await issue(grant);
      const guest = await sign('guest:bystander', { role: 'guest' });
      const stranger = await issue(grantOf());
      const sockets = await Promise.all(two.nodes.map(({ liveUrl }) => LiveClient.join(liveUrl, { token })));
      const others = await Promise.all(
        two.nodes.flatMap(({ liveUrl }) => [guest, stranger].map((each) => LiveClient.join(liveUrl, { token: each }))),
      );
      expect(sockets[0]?.welcome?.holder).toBe(grant.holder);
      for (const { url } of two.nodes) expect(await statusAt(url, token)).toBe(403);

      const revokedAt = performance.now();
      await revoke(two.pool, of(grant));
      for (const { closed } of sockets) expect(await closed).toEqual({ code: 4002, reason: 'revoked' });
      expect(performance.now() - revokedAt).toBeLessThan(CLOSED_MS_MAX);
      for (const { url, liveUrl } of two.nodes) {
        expect(await statusAt(url, token)).toBe(401);
        const late = await LiveClient.open(liveUrl);
        late.send({ type: 'hello', token });
        expect((await late.closed).code).toBe(4001);
      }
      for (const other of others) {
        expect(await other.call({ type: 'release', holdId: grant.sessionId })).toMatchObject({ ok: false });
        await other.close();
      }
    },
  );

  it('an account goes on with a token of its new grants', async () => {
    const before = grantOf();
    const after = { ...before, grants: 2, role: 'manager' as const };
    const socket = await LiveClient.join(two.nodes[1]!.liveUrl, { token: await issue(before) });
    await revoke(two.pool, { kind: 'account', subject: before.accountId, grants: 2 });
    expect((await socket.closed).code).toBe(4002);
    const again = await LiveClient.join(two.nodes[1]!.liveUrl, { token: await issue(after) });
    expect(again.welcome?.holder).toBe(before.holder);
    for (const { url } of two.nodes) expect(await statusAt(url, await issue(after))).toBe(400);
    await again.close();
  });

  it('a role whose log-in lacks the second factor may do nothing that needs it', async () => {
    const token = await issue(grantOf({ role: 'manager', lacksSecondFactor: true }));
    const answer = await fetch(`${two.nodes[0]!.url}/v1/movies`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect((await readProblem(answer)).code).toBe('second_factor_missing');
    const socket = await LiveClient.join(two.nodes[0]!.liveUrl, { token });
    expect(await socket.call({ type: 'block', seats: ['R1-1'] })).toMatchObject({
      ok: false,
      error: { code: 'second_factor_missing' },
    });
    await socket.close();
  });

  it('a token is checked by a program that has only the published keys of either', async () => {
    const grant = grantOf();
    const token = await issue(grant);
    for (const { url } of two.nodes) {
      const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(token, keys, { issuer: 'usher', audience: 'usher', algorithms: ['EdDSA'] });
      expect(payload.sub).toBe(grant.holder);
      const answer = await fetch(`${url}/.well-known/jwks.json`);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    }
  });
});
