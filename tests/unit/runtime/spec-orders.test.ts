/** Orders at an actor and through relays: no till is asked, and whoever watches is told. */
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/core/command.js';
import { readCommandCall, readFrame, Unreadable } from '../../../src/runtime/relay/read-messages.js';
import { book, hold, newId, Playhouse, SHOWTIME, START_MS, story } from './playhouse.js';
import { pair } from './relay/small-cluster.js';

const ORDER = 'order-1';
const UNTIL = START_MS + 600_000;

it('[ORDER-5] the till is not asked for what an order books, and the booking says how it was paid', async () => {
  const charged: string[] = [];
  const till = {
    charge: ({ method }: { readonly method: string }) => {
      charged.push(method);
      return { ok: true, method } as const;
    },
  };
  const house = new Playhouse();
  const actor = await house.openActor({ ...house.node, context: { ...house.node.context, till } });
  const desk = house.listener('desk');
  const held = hold('ann', [0]);
  house.submit(actor, house.listener('ann'), 1, held);
  const of = { holder: 'ann', holdId: held.newHoldId, orderId: ORDER };
  house.submit(actor, desk, 2, { type: 'check_out', ...of, until: UNTIL });
  const booked = { ...book('ann', held.newHoldId), orderId: ORDER, paymentMethod: 'card' } as Command;
  const submission = { requestId: 3, commandId: newId(), command: booked, payment: { method: 'test' } };
  actor.submit(submission, desk);
  await house.time.advance(0);
  expect(desk.outcomes(3)).toMatchObject([{ ok: true, booking: { orderId: ORDER } }]);
  expect(charged).toEqual([]);
  const [write] = house.journal.peek(SHOWTIME).bookings.values();
  expect(write).toMatchObject({ paymentMethod: 'card', askedBy: 'desk', booking: { orderId: ORDER } });
});

it('[ORDER-2] [STREAM-9] a relay forwards what an order asks, and its watchers have it in their lists', async () => {
  const { cluster, a, b, actor, relay } = await pair();
  const held = hold('ann', [0, 1]);
  cluster.submit(relay, b.listener('ann'), 1, held);
  await cluster.advance(10);
  const desk = b.listener('desk');
  const of = { holder: 'ann', holdId: held.newHoldId, orderId: ORDER };
  cluster.submit(relay, desk, 2, { type: 'check_out', ...of, until: UNTIL });
  await cluster.advance(10);
  expect(relay.own('ann').holds).toMatchObject([{ orderId: ORDER, expiresAt: UNTIL }]);
  expect(story(a.seen)).toContain('own ann elsewhere');
  cluster.submit(relay, desk, 3, { ...book('ann', held.newHoldId), orderId: ORDER } as Command);
  await cluster.advance(10);
  const [booking] = relay.own('ann').bookings;
  expect(booking).toMatchObject({ orderId: ORDER, seats: [0, 1] });
  const part = { seats: ['S-0'], amount: 0, asStaff: false } as const;
  cluster.submit(relay, desk, 4, {
    type: 'cancel',
    holder: 'ann',
    bookingId: booking?.id ?? '',
    orderId: ORDER,
    ...part,
  });
  await cluster.advance(100);
  expect(relay.own('ann').bookings).toMatchObject([{ seats: [1], status: 'confirmed' }]);
  expect([relay.statuses[0], actor.statuses[0], actor.statuses[1]]).toEqual([0, 0, 2]);
});

describe('what comes over the link for an order', () => {
  const call = (command: object) => ({
    showtimeId: SHOWTIME,
    session: 's',
    holder: 'desk',
    until: UNTIL,
    submission: { requestId: 1, commandId: 'c', command },
  });
  const commands: Command[] = [
    { type: 'check_out', holder: 'ann', holdId: 'h', orderId: ORDER, until: UNTIL },
    { type: 'return_hold', holder: 'ann', holdId: 'h', orderId: ORDER, expiresAt: UNTIL },
    {
      type: 'retake',
      holder: 'ann',
      seats: ['S-0'],
      prices: [0],
      ticketTypes: ['adult'],
      newHoldId: 'h2',
      orderId: ORDER,
      until: UNTIL,
    },
    { type: 'cancel', holder: 'ann', bookingId: 'b', asStaff: false, orderId: ORDER, seats: ['S-0'], amount: 5 },
    { type: 'release', holder: 'ann', holdId: 'h', orderId: ORDER },
  ];

  it.each(commands)('is read where it is $type, and refused where a field is missing or none', (command) => {
    expect(readCommandCall(call(command)).submission.command).toEqual(command);
    const required = Object.keys(command).filter((name) => !['type', 'ticketTypes', 'orderId'].includes(name));
    for (const name of required) {
      if (command.type === 'release' || (command.type === 'cancel' && name === 'seats')) continue;
      const without = Object.fromEntries(Object.entries(command).filter(([key]) => key !== name));
      expect(() => readCommandCall(call(without)), name).toThrow(Unreadable);
    }
    expect(() => readCommandCall(call({ ...command, orderId: 7 }))).toThrow(Unreadable);
  });

  it('is read where a booking was cancelled in part', () => {
    const change = { type: 'partly_cancelled', booking: {}, freed: [0] };
    expect(() => readFrame({ epoch: 1, n: 1, events: [{ type: 'change', change }] })).not.toThrow();
  });
});
