/** Seats sold as ticket types, over every way in. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAsker, TRANSPORTS } from './askers.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

const TYPES = [
  { id: 'adult', name: 'Adult' },
  { id: 'child', name: 'Child', maxPerHold: 2, prices: { Back: 400 } },
  { id: 'student', name: 'Student', note: 'with student card', prices: { Front: 1_000, Back: 700 } },
];
const PAYMENT = { method: 'test' };
const eur = (amount: number) => ({ amount, currency: 'EUR' });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '1000', SINGLE_GAP: 'off' });
});
afterAll(() => stage.close());

async function addTyped(): Promise<string> {
  const id = await stage.addShowtime();
  await stage.pool.query('UPDATE boxoffice.showtimes SET ticket_types = $2 WHERE id = $1', [id, JSON.stringify(TYPES)]);
  return id;
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  it('[TYPE-1] [TYPE-2] [RETYPE-1] a buyer holds seats as types, changes one, and books what that costs', async () => {
    const showtimeId = await addTyped();
    const session = await sign(`user:${randomUUID()}`);
    const asker = await openAsker(transport, stage, showtimeId, session);
    const seats = ['R2-1', 'R2-2', 'R1-1'];
    const held = await asker.ask({ type: 'hold', seats, ticketTypes: ['adult', 'child', 'student'] });
    expect(held.hold).toMatchObject({ price: eur(2_300), ticketTypes: ['adult', 'child', 'student'] });
    const holdId = held.hold?.id;
    const more = await asker.ask({ type: 'hold', holdId, seats: ['R2-3'] });
    expect(more.hold).toMatchObject({ price: eur(3_200), ticketTypes: ['adult', 'child', 'student', 'adult'] });
    const changed = await asker.ask({
      type: 'retype',
      holdId,
      seats: ['R2-3', 'R2-1'],
      ticketTypes: ['child', 'student'],
    });
    const ticketTypes = ['student', 'child', 'student', 'child'];
    expect(changed.hold).toMatchObject({ price: eur(2_500), ticketTypes });
    const { booking } = await asker.ask({ type: 'book', holdId, payment: PAYMENT, price: eur(2_500) });
    expect(booking).toMatchObject({ seats: [...seats, 'R2-3'], price: eur(2_500), ticketTypes });
    const found = await fetch(`http://127.0.0.1:${stage.port}/v1/bookings/${booking?.reference}`, {
      headers: { authorization: `Bearer ${session}` },
    });
    expect(await found.json()).toMatchObject({ booking });
    const own = await fetch(stage.httpUrl('/own', showtimeId), { headers: { authorization: `Bearer ${session}` } });
    expect(await own.json()).toMatchObject({ bookings: [booking] });
    await asker.close();
  });

  it('[TYPE-3] [TYPE-4] [TYPE-5] a search takes counts by type; what cannot be had is named', async () => {
    const asker = await openAsker(transport, stage, await addTyped(), await sign(`user:${randomUUID()}`));
    const found = await asker.ask({ type: 'best_available', count: 3, ticketTypes: { child: 2, adult: 1 } });
    expect(found.hold).toMatchObject({ price: eur(1_700), ticketTypes: ['child', 'child', 'adult'] });
    const more = await asker.ask({ type: 'hold', holdId: found.hold?.id, seats: ['R4-1'], ticketTypes: ['child'] });
    expect(more.error).toMatchObject({ code: 'ticket_type_limit', ticketType: 'child', limit: 2 });
    const front = await asker.ask({ type: 'hold', seats: ['R1-9', 'R4-9'], ticketTypes: ['child', 'child'] });
    expect(front.error).toMatchObject({
      code: 'unknown_ticket_type',
      ticketType: 'child',
      conflicts: [{ seat: 'R1-9', reason: 'type_not_sold' }],
    });
    const strange = await asker.ask({ type: 'best_available', count: 1, ticketTypes: { pupil: 1 } });
    expect(strange.error).toMatchObject({ code: 'unknown_ticket_type', ticketType: 'pupil' });
    expect(strange.error).not.toHaveProperty('conflicts');
    await asker.close();
  });

  it('[PROTO-3] types that are not as many as the seats are a fault of the message', async () => {
    const asker = await openAsker(transport, stage, await addTyped(), await sign(`user:${randomUUID()}`));
    const ask = async (command: { type: string; [field: string]: unknown }) => (await asker.ask(command)).error;
    const wrong = { code: 'invalid_field', field: 'ticketTypes' };
    expect(await ask({ type: 'hold', seats: ['R2-1', 'R2-2'], ticketTypes: ['adult'] })).toMatchObject(wrong);
    expect(await ask({ type: 'best_available', count: 2, ticketTypes: { adult: 1 } })).toMatchObject(wrong);
    const holdId = randomUUID();
    expect(await ask({ type: 'retype', holdId, seats: ['R2-1'], ticketTypes: ['a', 'b'] })).toMatchObject(wrong);
    await asker.close();
  });
});

it('[TYPE-1] holds of a showtime without types tell none', async () => {
  const client = await LiveClient.join(stage.liveUrl());
  expect(client.welcome?.terms).not.toHaveProperty('ticketTypes');
  const reply = await client.call({ type: 'hold', seats: ['R3-1'] });
  expect(reply).toMatchObject({ ok: true });
  expect(reply).not.toHaveProperty('hold.ticketTypes');
  await client.close();
});
