import { expect, it } from 'vitest';
import { Channel } from '../../../src/gateway/live/channel.js';
import type { LiveContext } from '../../../src/gateway/live/live-context.js';
import { Newcomers } from '../../../src/gateway/live/newcomers.js';
import { Session } from '../../../src/gateway/live/session.js';
import { LIVE_LIMITS } from './live-limits.js';

const SHOWTIME = '0190aaaa-0000-7000-8000-00000000abcd';

it('after the first outcome of a command that came again, its sender is told what it has by now', async () => {
  const { session, sent } = await liveSession();
  const booking = {
    id: 'b1',
    holdId: 'h1',
    reference: 'R1',
    holder: 'guest:1',
    status: 'confirmed',
    seats: [0],
    price: { amount: 1, currency: 'EUR' },
  } as const;
  session.reply(1, { ok: true, type: 'booking', booking }, false);
  expect(sent.map(({ type }) => type)).toEqual(['reply']);
  session.reply(2, { ok: true, type: 'booking', booking }, true);
  expect(sent.map(({ type }) => type)).toEqual(['reply', 'reply', 'own']);
  expect(sent[2]).toEqual({ type: 'own', holds: [], bookings: [] });
  session.reply(3, { ok: false, failure: 'command_reused' }, true);
  expect(sent.map(({ type }) => type)).toEqual(['reply', 'reply', 'own', 'reply']);
});

/** A session that has joined; what it was told since. */
async function liveSession() {
  const host = {
    showtimeId: SHOWTIME,
    epoch: 1,
    seq: 0,
    confirmed: true,
    terms: { mapHash: 'hash', map: { count: 1, data: { categories: [], seats: { label: ['S-0'] } } }, rules: {} },
    statuses: new Uint8Array(1),
    own: () => ({ holds: [], bookings: [] }),
    since: () => undefined,
  };
  const nothing = () => {};
  const channel = new Channel(SHOWTIME, nothing, LIVE_LIMITS, nothing);
  const context = {
    hosts: { betterUrl: () => undefined, open: async () => ({ ok: true, host }) },
    channels: { of: () => channel },
    tokens: { guest: () => ({ holder: 'guest:1', role: 'guest', session: 'token', expiresAt: 1 }) },
    rates: { consume: async () => undefined },
    isOn: () => true,
    newcomers: new Newcomers(0),
    clock: { now: () => 0 },
    limits: { messagesPerSecond: 20, frameBytes: 16_384 },
  } as unknown as LiveContext;
  const sent: { readonly type: string }[] = [];
  const session = new Session(context, { showtimeId: SHOWTIME, encoding: 'json', address: '::1', wasMoved: false });
  session.opened({
    cork: (act) => act(),
    getBufferedAmount: () => 0,
    subscribe: () => true,
    unsubscribe: () => true,
    send: (frame) => sent.push(JSON.parse(frame as string)),
    end: nothing,
  });
  session.received(new TextEncoder().encode('{"type":"hello"}').buffer, false);
  await expect.poll(() => sent.length).toBe(2);
  sent.length = 0;
  return { session, sent };
}
