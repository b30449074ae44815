import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

let stage: Stage;
let showtimeId: string;
let ann: string;
let staff: string;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '1000', HTTP_REQUESTS_PER_SECOND: '1000' });
});
afterAll(() => stage.close());
beforeEach(async () => {
  showtimeId = await stage.addShowtime();
  ann = await sign('ann');
  staff = await sign('staff:1', { role: 'staff' });
});

async function send(session: string, method: string, path: string, body?: object) {
  const response = await fetch(stage.httpUrl(path, showtimeId), {
    method,
    headers: {
      authorization: `Bearer ${session}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, json: (await response.json()) as Record<string, never> & { acts: Act[] } };
}
type Act = Readonly<Record<string, unknown>>;
const history = (label: string, query = '', session = staff) => send(session, 'GET', `/seats/${label}/history${query}`);

describe('the history of a seat', () => {
  it('[HISTORY-1] [HISTORY-3] says what happened, newest first, by whom, for whom and why', async () => {
    const { json: held } = await send(staff, 'POST', '/holds', {
      seats: ['R1-1', 'R1-2'],
      customer: 'ann',
      channel: 'walk_in',
    });
    const { id: holdId, price } = (held as unknown as { hold: { id: string; price: object } }).hold;
    const order = { holdId, price, payment: { method: 'test' } };
    const { json: bought } = await send(ann, 'POST', '/bookings', order);
    const { id, reference } = (bought as unknown as { booking: { id: string; reference: string } }).booking;
    const moving = { seats: ['R1-2', 'R2-2'], reason: 'a broken seat' };
    const { json: moved } = await send(staff, 'POST', `/bookings/${id}/reseat`, moving);
    expect(moved).toMatchObject({ booking: { reference, seats: ['R1-2', 'R2-2'], channel: 'walk_in' } });
    await send(staff, 'POST', '/blocks', { seats: ['R1-1'], reason: 'camera' });
    const own = { holder: 'ann', holdId, channel: 'walk_in' };
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const reseated = { act: 'reseated', at, seats: ['R1-2', 'R2-2'], from: ['R1-1', 'R1-2'], ...own };
    const booked = { act: 'booked', at, seats: ['R1-1', 'R1-2'], ...own, reference };
    expect((await history('R1-1')).json).toEqual({
      acts: [
        { act: 'blocked', at, seats: ['R1-1'], by: 'staff:1', reason: 'camera' },
        { ...reseated, reference, by: 'staff:1', reason: 'a broken seat' },
        booked,
        { act: 'held', at, seats: ['R1-1', 'R1-2'], ...own, by: 'staff:1' },
      ],
    });
    expect((await history('R2-2')).json.acts.map(({ act }) => act)).toEqual(['reseated']);
    expect((await history('R3-3')).json).toEqual({ acts: [] });
  });

  it('[HISTORY-3] goes on where a page ended, whatever happened since', async () => {
    for (let i = 0; i < 70; i++) {
      await send(staff, 'POST', '/blocks', { seats: ['R1-1'], reason: `${i}` });
      await send(staff, 'POST', '/blocks/remove', { seats: ['R1-1'] });
    }
    const first = (await history('R1-1')).json as unknown as { acts: Act[]; next: string };
    expect(first.acts).toHaveLength(100);
    await send(staff, 'POST', '/blocks', { seats: ['R1-1'], reason: 'later' });
    const second = (await history('R1-1', `?cursor=${first.next}`)).json;
    expect(second.acts).toHaveLength(40);
    expect(second).not.toHaveProperty('next');
    const reasons = [...first.acts, ...second.acts].filter(({ act }) => act === 'blocked').map(({ reason }) => reason);
    expect(reasons).toEqual(Array.from({ length: 70 }, (_, i) => `${69 - i}`));
  });

  it('is for staff, and of seats that there are', async () => {
    expect((await history('R1-1', '', ann)).status).toBe(403);
    expect((await history('Z-9')).json).toMatchObject({ code: 'unknown_seat', conflicts: [{ seat: 'Z-9' }] });
    showtimeId = randomUUID();
    expect((await history('R1-1')).json).toMatchObject({ code: 'unknown_showtime' });
  });
});

it('what is blocked is listed with its reason and since when, also after another owner has come', async () => {
  await send(staff, 'POST', '/blocks', { seats: ['R1-2', 'R1-1'], reason: 'camera' });
  await send(staff, 'POST', '/blocks', { seats: ['R2-1'] });
  const { json } = await send(staff, 'GET', '/blocks');
  const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  expect(json).toEqual({
    blocks: [
      { seat: 'R1-1', reason: 'camera', since },
      { seat: 'R1-2', reason: 'camera', since },
      { seat: 'R2-1', since },
    ],
  });
  expect((await send(ann, 'GET', '/blocks')).status).toBe(403);
});

it('[TAKE-1] a hold that staff take away is gone for its holder', async () => {
  const { json } = await send(ann, 'POST', '/holds', { seats: ['R1-1', 'R1-2'] });
  const { id } = (json as unknown as { hold: { id: string } }).hold;
  const taken = await send(staff, 'POST', '/holds/take-away', { seats: ['R1-2'], reason: 'a wheelchair' });
  expect(taken.json).toEqual({ seats: ['R1-1', 'R1-2'] });
  expect((await send(ann, 'POST', `/holds/${id}/extend`)).json).toMatchObject({ code: 'unknown_hold' });
  expect((await send(ann, 'POST', '/holds/take-away', { holdId: id })).status).toBe(403);
});

it('[STAFF-2] staff release, extend and cancel for a customer', async () => {
  const { json } = await send(staff, 'POST', '/holds', { seats: ['R1-1'], customer: 'ann' });
  const { id } = (json as unknown as { hold: { id: string } }).hold;
  expect((await send(staff, 'POST', `/holds/${id}/extend`)).json).toMatchObject({ code: 'wrong_holder' });
  expect((await send(staff, 'POST', `/holds/${id}/extend?customer=ann`)).json).toMatchObject({ hold: { id } });
  expect((await send(ann, 'GET', '/own')).json).toMatchObject({ holds: [{ id }] });
  expect((await send(staff, 'DELETE', `/holds/${id}?customer=ann`)).json).toMatchObject({ seats: ['R1-1'] });
});
