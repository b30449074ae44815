/** Holds and bookings that orders have, as clients meet them: over HTTP and sockets. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeTimers } from '../../../src/adapters/node-timers.js';
import { HostedDesk } from '../../../src/composition/house-desk.js';
import { Hosts } from '../../../src/runtime/hosts.js';
import { openAsker, TRANSPORTS } from './askers.js';
import { seatsOf } from './hall.js';
import { type LightNode, openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';

let node: LightNode;
let desk: HostedDesk;
beforeAll(async () => {
  node = await openLightNode();
  desk = new HostedDesk({ clock: { now: () => Date.now() }, timers: nodeTimers });
  desk.bind(new Hosts(node.directory));
});
afterAll(() => node.close());

const price = { amount: 2400, currency: 'EUR' };

describe.each(TRANSPORTS)('over %s', (transport) => {
  const scene = async () => {
    const showtimeId = `1${randomUUID().slice(1)}`;
    const holder = `user:${randomUUID()}`;
    const [buyer, staff] = await Promise.all([
      openAsker(transport, node, showtimeId, await sign(holder)),
      openAsker(transport, node, showtimeId, await sign('staff:1', { role: 'staff' })),
    ]);
    const { hold } = await buyer.ask({ type: 'hold', seats: seatsOf(1, 1, 2) });
    const orderId = randomUUID();
    const of = { holder, holdId: hold?.id ?? '', orderId };
    const checkOut = { type: 'check_out', ...of, until: Date.now() + 900_000, price } as const;
    expect(await desk.ask(showtimeId, checkOut, randomUUID())).toMatchObject({ ok: true, hold: { orderId } });
    return { showtimeId, buyer, staff, of, close: () => Promise.all([buyer.close(), staff.close()]) };
  };

  it("[ORDER-2] 'hold_in_order': its buyer and staff are told so, and it stays as it is", async () => {
    const { buyer, staff, of, showtimeId, close } = await scene();
    const { holdId } = of;
    for (const command of [
      { type: 'release', holdId },
      { type: 'extend', holdId },
      { type: 'hold', seats: ['R1-9'], holdId },
      { type: 'book', holdId, payment: { method: 'test' }, price },
    ]) {
      expect((await buyer.ask(command)).error?.code).toBe('hold_in_order');
    }
    expect((await staff.ask({ type: 'take_away', holdId })).error?.code).toBe('hold_in_order');
    const opened = await desk.open(showtimeId);
    expect(opened.ok && opened.own(of.holder).holds).toMatchObject([{ id: holdId, orderId: of.orderId }]);
    await close();
  });

  it("[ORDER-8] 'booking_in_order': neither its holder nor staff cancel what an order has booked", async () => {
    const { buyer, staff, of, showtimeId, close } = await scene();
    const [newBookingId, newReference] = [randomUUID(), randomUUID().slice(0, 11)];
    const book = { type: 'book', ...of, price, newBookingId, newReference, paymentMethod: 'card' } as const;
    expect(await desk.ask(showtimeId, book, randomUUID())).toMatchObject({ ok: true });
    const cancel = { type: 'cancel', bookingId: newBookingId };
    expect((await buyer.ask(cancel)).error?.code).toBe('booking_in_order');
    expect((await staff.ask(cancel)).error?.code).toBe('booking_in_order');
    await close();
  });
});

it('[ORDER-2] who watches is told by own that a hold went into an order, and which order has a booking', async () => {
  const { showtimeId } = node;
  const client = await LiveClient.join(node.liveUrl(showtimeId), { token: await sign('user:ann') });
  const held = await client.call({ type: 'hold', seats: seatsOf(1, 1, 2) });
  const holdId = held.ok && held.hold ? held.hold.id : '';
  const of = { holder: 'user:ann', holdId, orderId: randomUUID() };
  await desk.ask(showtimeId, { type: 'check_out', ...of, until: Date.now() + 900_000 }, randomUUID());
  expect((await client.next('own')).holds).toMatchObject([{ id: holdId, orderId: of.orderId }]);
  const made = { newBookingId: randomUUID(), newReference: 'R-1' };
  await desk.ask(showtimeId, { type: 'book', ...of, ...made, price }, randomUUID());
  expect((await client.next('own')).bookings).toMatchObject([{ id: made.newBookingId, orderId: of.orderId }]);
  await client.close();
});

it('[REPLAY-3] a buyer who sends a command under an id that an order derives takes it from no order', async () => {
  const { showtimeId } = node;
  const client = await LiveClient.join(node.liveUrl(showtimeId), { token: await sign('user:eve') });
  const held = await client.call({ type: 'hold', seats: seatsOf(2, 1, 2) });
  const holdId = held.ok && held.hold ? held.hold.id : '';
  const commandId = randomUUID();
  expect(await client.call({ type: 'extend', holdId, commandId })).toMatchObject({ ok: true });
  const until = Date.now() + 900_000;
  const checkOut = { type: 'check_out', holder: 'user:eve', holdId, orderId: randomUUID(), until } as const;
  expect(await desk.ask(showtimeId, checkOut, commandId)).toMatchObject({ ok: true });
  await client.close();
});
