/** Channels and allocations where they are met: over HTTP, sockets and Postgres together. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../../abuse/web-buyer.js';
import { hall, seatsOf } from './hall.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
let staff: string;
beforeAll(async () => {
  stage = await openStage({ SINGLE_GAP: 'off' }, { map: hall(4, 10) });
  staff = await sign('staff:1', { role: 'staff' });
});
afterAll(() => stage.close());

async function house() {
  const showtimeId = await stage.addShowtime();
  const place = {
    showtimeId,
    liveUrl: () => stage.liveUrl(showtimeId),
    httpUrl: (path = '') => stage.httpUrl(path, showtimeId),
  };
  return { ...place, staff: (path: string, body: object) => ask(place, 'POST', path, staff, body) };
}

const seatsShown = async (place: { httpUrl(path: string): string }) => {
  const response = await fetch(place.httpUrl('/seats'));
  return ((await response.json()) as { seats: string }).seats.slice(0, 6);
};

it('[ALLOC-1] [ALLOC-3] seats of a partner are sold by the partner, shown as blocked to all others, and listed', async () => {
  const place = await house();
  const watcher = await LiveClient.join(place.liveUrl());
  const until = Date.now() + 3_600_000;
  const allocated = await place.staff('/allocations', {
    seats: seatsOf(1, 1, 3),
    channel: 'partner',
    until,
    reason: 'tour',
  });
  expect(allocated).toMatchObject({ status: 200, body: { seats: seatsOf(1, 1, 3) } });
  expect(await seatsShown(place)).toBe('xxx...');
  expect(await watcher.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({
    ok: false,
    error: { code: 'seats_unavailable', conflicts: [{ seat: 'R1-1', reason: 'blocked' }] },
  });
  expect((await place.staff('/holds', { seats: ['R1-1'] })).body.code).toBe('seats_unavailable');
  const held = await place.staff('/holds', { seats: seatsOf(1, 1, 2), channel: 'partner' });
  expect(held.status).toBe(200);
  const list = await ask(place, 'GET', '/allocations', staff);
  expect(JSON.parse(list.text)).toEqual({
    allocations: [
      {
        channel: 'partner',
        until,
        reason: 'tour',
        by: 'staff:1',
        allocatedAt: expect.stringMatching(/^\d{4}-/),
        seats: seatsOf(1, 1, 3),
        taken: seatsOf(1, 1, 2),
      },
    ],
  });
  const released = await ask(place, 'DELETE', `/holds/${held.body.hold?.id}`, staff);
  expect(released.status).toBe(200);
  expect(await seatsShown(place)).toBe('xxx...');
  expect(await place.staff('/allocations/remove', { seats: ['R1-1'], reason: 'no tour' })).toMatchObject({
    status: 200,
  });
  expect(await seatsShown(place)).toBe('.xx...');
  expect(await watcher.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
  expect(watcher.gaps).toBe(0);
  await watcher.close();
});

it('[ALLOC-4] at the end everybody who watches is shown the seats in one delta, and Postgres has forgotten them', async () => {
  const place = await house();
  const watcher = await LiveClient.join(place.liveUrl());
  await place.staff('/allocations', { seats: seatsOf(1, 1, 4), channel: 'partner', until: Date.now() + 400 });
  const blocked = await watcher.next('delta');
  expect(blocked.changes).toHaveLength(4);
  const free = await watcher.next('delta');
  expect(free.changes.map(([, status]) => status)).toEqual(Array(4).fill('available'));
  const rows = await stage.pool.query('SELECT FROM usher.seat_allocations WHERE showtime_id = $1', [place.showtimeId]);
  expect(rows.rowCount).toBe(0);
  await watcher.close();
});

it("'allocation_over': an end that has passed is refused, and so is what staff alone may do", async () => {
  const place = await house();
  const seats = ['R1-1'];
  const late = await place.staff('/allocations', { seats, channel: 'partner', until: 1_000 });
  expect(late).toMatchObject({ status: 422, body: { code: 'allocation_over' } });
  const token = await sign('user:1');
  for (const [method, path, body] of [
    ['POST', '/allocations', { seats, channel: 'partner' }],
    ['POST', '/allocations/remove', { seats }],
    ['GET', '/allocations', undefined],
  ] as const) {
    expect((await ask(place, method, path, token, body)).body.code).toBe('forbidden');
  }
  const socket = await LiveClient.join(place.liveUrl(), { token });
  expect(await socket.call({ type: 'allocate', seats, channel: 'partner' })).toMatchObject({
    ok: false,
    error: { code: 'forbidden' },
  });
  const desk = await LiveClient.join(place.liveUrl(), { token: staff });
  expect(await desk.call({ type: 'allocate', seats, channel: 'pos' })).toMatchObject({ ok: true, seats });
  expect(await desk.call({ type: 'deallocate', seats })).toMatchObject({ ok: true, seats });
  await Promise.all([socket.close(), desk.close()]);
});

it("[CHANNEL-1] a showtime is 'channel_closed' to the web from the moment at which it lists other channels", async () => {
  const place = await house();
  const client = await LiveClient.join(place.liveUrl());
  expect(await client.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
  await stage.pool.query(`UPDATE boxoffice.showtimes SET channels = '{pos,walk_in}' WHERE id = $1`, [place.showtimeId]);
  const code = async () => {
    const reply = await client.call({ type: 'best_available', count: 1 });
    return reply.ok ? 'ok' : reply.error.code;
  };
  await expect.poll(code, { timeout: 8_000, interval: 100 }).toMatch(/channel_closed/);
  expect((await place.staff('/holds', { seats: ['R2-1'], channel: 'walk_in' })).status).toBe(200);
  expect((await place.staff('/holds', { seats: ['R2-2'], channel: 'partner' })).body.code).toBe('channel_closed');
  await client.close();
});

it('[HISTORY-1] is in the history of its seats', async () => {
  const place = await house();
  await place.staff('/allocations', { seats: ['R1-1'], channel: 'partner', until: Date.now() + 200, reason: 'tour' });
  await sleep(300);
  await place.staff('/allocations', { seats: ['R1-1'], channel: 'pos' });
  await place.staff('/allocations/remove', { seats: ['R1-1'], reason: 'no tour' });
  const history = await ask(place, 'GET', '/seats/R1-1/history', staff);
  const acts = JSON.parse(history.text).acts.toReversed();
  expect(acts).toMatchObject([
    { act: 'allocated', to: 'partner', by: 'staff:1', reason: 'tour', until: expect.stringMatching(/Z$/) },
    { act: 'allocation_ended' },
    { act: 'allocated', to: 'pos', by: 'staff:1' },
    { act: 'deallocated', by: 'staff:1', reason: 'no tour' },
  ]);
});
