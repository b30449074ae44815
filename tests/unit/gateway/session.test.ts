import { expect, it } from 'vitest';
import { Channel } from '../../../src/gateway/live/channel.js';
import type { LiveContext } from '../../../src/gateway/live/live-context.js';
import { Newcomers } from '../../../src/gateway/live/newcomers.js';
import { Session } from '../../../src/gateway/live/session.js';
import { LIVE_LIMITS } from './live-limits.js';

const SHOWTIME = '0190aaaa-0000-7000-8000-00000000abcd';

it('a session that is closed has left its channel, and is forgotten as a newcomer', async () => {
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
  const newcomers = new Newcomers(0);
  const context = {
    hosts: { betterUrl: () => undefined, open: async () => ({ ok: true, host }) },
    channels: { of: () => channel },
    tokens: { guest: () => ({ holder: 'guest:1', role: 'guest', session: 'token', expiresAt: 1 }) },
    rates: { consume: async () => undefined },
    isOn: () => true,
    newcomers,
    clock: { now: () => 0 },
    limits: { messagesPerSecond: 20, frameBytes: 16_384 },
  } as unknown as LiveContext;
  const sent: unknown[] = [];
  const ended: number[] = [];
  const socket = {
    cork: (work: () => void) => work(),
    getBufferedAmount: () => 0,
    subscribe: () => true,
    send: (frame: unknown) => sent.push(frame),
    end: (code: number) => ended.push(code),
  };
  const session = new Session(context, { showtimeId: SHOWTIME, encoding: 'json', address: '::1', wasMoved: false });
  session.opened(socket as never);
  const hello = new TextEncoder().encode('{"type":"hello"}');
  session.received(hello.buffer, false);
  await expect.poll(() => channel.size()).toBe(1);
  expect(sent).toHaveLength(2);
  channel.own('guest:1', undefined);
  expect(sent).toHaveLength(3);
  // Live: no newcomer any more, however late it is.
  newcomers.look(1);
  expect(ended).toEqual([]);
  session.closed();
  expect(channel.size()).toBe(0);
  channel.own('guest:1', undefined);
  channel.restarted();
  expect(sent).toHaveLength(3);
});
