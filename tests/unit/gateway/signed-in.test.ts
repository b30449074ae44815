import { describe, expect, it } from 'vitest';
import { Channel } from '../../../src/gateway/live/channel.js';
import type { LiveContext } from '../../../src/gateway/live/live-context.js';
import { Newcomers } from '../../../src/gateway/live/newcomers.js';
import { Session } from '../../../src/gateway/live/session.js';
import { SignedIn } from '../../../src/gateway/live/signed-in.js';
import type { Caller, Identity } from '../../../src/http/access.js';
import { LIVE_LIMITS } from './live-limits.js';

const SHOWTIME = '0190aaaa-0000-7000-8000-00000000abcd';
const HOLD = '{"type":"hold","id":1,"commandId":"0190aaaa-0000-7000-8000-000000000001","seats":["A-1"]}';

/** A socket that says hello with a token, and then a command: what the house is told of its caller, and how it ends. */
async function join(identity: Omit<Identity, 'session' | 'expiresAt'>, isRevoked = () => false) {
  const host = {
    showtimeId: SHOWTIME,
    epoch: 1,
    seq: 0,
    confirmed: true,
    terms: { mapHash: 'hash', map: { count: 4, data: { categories: [] } }, rules: {} },
    statuses: new Uint8Array(4),
    own: () => ({ holds: [], bookings: [] }),
    since: () => undefined,
  };
  const channel = new Channel(
    SHOWTIME,
    () => {},
    LIVE_LIMITS,
    () => {},
  );
  const callers: Caller[] = [];
  const signedIn = new SignedIn();
  const context = {
    hosts: { betterUrl: () => undefined, open: async () => ({ ok: true, host }) },
    channels: { of: () => channel },
    authenticate: async (session: string) => ({ ok: true, identity: { ...identity, session, expiresAt: 1 } }),
    isRevoked,
    signedIn,
    intake: {
      admit: ({ type }: { type: string }, { accountId, sessionId, keyId, ...rest }: Caller) => {
        callers.push({ accountId, sessionId, keyId, ...rest });
        return { ok: false, error: { code: type } };
      },
    },
    rates: { consume: async () => undefined },
    isOn: () => true,
    newcomers: new Newcomers(5_000),
    clock: { now: () => 0 },
    limits: { messagesPerSecond: 20, frameBytes: 16_384 },
  } as unknown as LiveContext;
  const ended: number[] = [];
  const session = new Session(context, {
    showtimeId: SHOWTIME,
    encoding: 'json',
    address: '10.0.0.7',
    wasMoved: false,
  });
  const socket = {
    cork: (work: () => void) => work(),
    getBufferedAmount: () => 0,
    subscribe: () => true,
    unsubscribe: () => true,
    send: () => 1,
    end: (code: number) => {
      ended.push(code);
      session.closed();
    },
  };
  session.opened(socket as never);
  const say = (text: string) => session.received(new TextEncoder().encode(text).buffer, false);
  say('{"type":"hello","token":"t"}');
  await expect.poll(() => channel.size() + ended.length).toBe(1);
  return { session, signedIn, ended, callers, hold: () => say(HOLD) };
}

const ACCOUNT = {
  holder: 'account:1',
  role: 'staff',
  accountId: 'a',
  sessionId: 's',
  grants: 2,
  lacksSecondFactor: true,
} as const;
const KEY = { holder: 'key:k', role: 'key', keyId: 'k', permissions: ['seats.staff'] } as const;

describe('a socket', () => {
  it('says of its caller what HTTP says: account, log-in, role, permissions and address', async () => {
    const { session, hold, callers } = await join(ACCOUNT);
    expect(session).toMatchObject({ ...ACCOUNT, address: '10.0.0.7' });
    hold();
    expect(callers).toMatchObject([{ accountId: 'a', sessionId: 's' }]);
    expect((await join(KEY)).session).toMatchObject({ ...KEY, address: '10.0.0.7' });
    const { session: guest } = await join({ holder: 'guest:1', role: 'guest' });
    for (const name of ['accountId', 'sessionId', 'keyId', 'permissions', 'lacksSecondFactor'] as const) {
      expect(guest[name], name).toBeUndefined();
    }
    expect(guest.address).toBe('10.0.0.7');
  });

  it('[SESSION-5] [SESSION-10] is closed when its log-in, account or key is revoked, and its commands count no more', async () => {
    for (const revocation of [
      { kind: 'session', subject: 's' },
      { kind: 'account', subject: 'a', grants: 3 },
      { kind: 'account', subject: 'a' },
    ] as const) {
      const { signedIn, ended, hold, callers } = await join(ACCOUNT);
      signedIn.revoke(revocation);
      expect(ended).toEqual([4002]);
      hold();
      expect(callers).toEqual([]);
      signedIn.revoke(revocation);
      expect(ended).toEqual([4002]);
    }
    const { signedIn, ended } = await join(KEY);
    signedIn.revoke({ kind: 'key', subject: 'k' });
    expect(ended).toEqual([4002]);
  });

  it('stays open when something else is revoked', async () => {
    const { signedIn, ended } = await join(ACCOUNT);
    signedIn.revoke({ kind: 'session', subject: 'a' });
    signedIn.revoke({ kind: 'key', subject: 's' });
    signedIn.revoke({ kind: 'account', subject: 'a', grants: 2 });
    expect(ended).toEqual([]);
  });

  it('that was revoked while its showtime was opened is not let in', async () => {
    const { ended, signedIn } = await join(ACCOUNT, () => true);
    expect(ended).toEqual([4002]);
    signedIn.revoke({ kind: 'session', subject: 's' });
    expect(ended).toEqual([4002]);
  });
});
