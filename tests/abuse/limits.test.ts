/** The limits by account and address where they are met: over sockets and HTTP together. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hall, seatsOf } from '../integration/gateway/hall.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { sign } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { ask, guestOf } from './web-buyer.js';

const ADDRESS = '203.0.113.9';
const THERE = { 'x-forwarded-for': ADDRESS };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ PROXY_HOPS: '1', SINGLE_GAP: 'off' }, { map: hall(10, 20) });
});
afterAll(() => stage.close());

async function house(limits: object, more: object = {}) {
  const showtimeId = await stage.addShowtime({ limits, ...more });
  return {
    showtimeId,
    liveUrl: () => stage.liveUrl(showtimeId),
    httpUrl: (path = '') => stage.httpUrl(path, showtimeId),
  };
}

const guest = async (address: string) => (await guestOf(stage.port, address))?.session ?? '';

it('[LIMIT-2] an address is counted over sockets and HTTP together, whoever comes from it, and other addresses are not', async () => {
  const place = await house({ seatsHeldPerAddress: 3 });
  const client = await LiveClient.join(place.liveUrl(), { address: ADDRESS });
  expect(await client.call({ type: 'hold', seats: seatsOf(1, 1, 2) })).toMatchObject({ ok: true });
  const web = await ask(place, 'POST', '/holds', await guest(ADDRESS), { seats: seatsOf(2, 1, 2) }, THERE);
  expect(web).toMatchObject({
    status: 422,
    body: { code: 'too_many_held', limit: 3, scope: 'address', of: 'seats', retryable: false },
  });
  expect(await client.call({ type: 'best_available', count: 2 })).toMatchObject({
    ok: false,
    error: { code: 'too_many_held', scope: 'address' },
  });
  const other = { 'x-forwarded-for': '203.0.113.10' };
  expect((await ask(place, 'POST', '/holds', await guest(ADDRESS), { seats: seatsOf(2, 1, 2) }, other)).status).toBe(
    200,
  );
  await client.close();
});

it('[LIMIT-5] the box office sells on from an address that has all that it may', async () => {
  const place = await house({ seatsHeldPerAddress: 1 });
  await ask(place, 'POST', '/holds', await guest(ADDRESS), { seats: ['R1-1'] }, THERE);
  const staff = await sign('staff:1', { role: 'staff' });
  expect((await ask(place, 'POST', '/holds', staff, { seats: seatsOf(2, 1, 2) }, THERE)).status).toBe(200);
});

it('[LIMIT-3] a booking too many is refused before anything is charged, and the hold stays', async () => {
  const place = await house({ bookingsPerAddress: 1 });
  const token = await guest(ADDRESS);
  const buy = async (seat: string) => {
    const held = await ask(place, 'POST', '/holds', token, { seats: [seat] }, THERE);
    const payment = { method: 'test' };
    return await ask(place, 'POST', '/bookings', token, { holdId: held.body.hold?.id, payment }, THERE);
  };
  expect((await buy('R1-1')).status).toBe(200);
  expect(await buy('R1-2')).toMatchObject({
    status: 422,
    body: { code: 'too_many_bookings', limit: 1, scope: 'address', of: 'bookings' },
  });
  expect((await ask(place, 'GET', '/own', token)).body.holds).toHaveLength(1);
});

it('[LIMIT-6] a seat that was held again and again is refused by name until it has rested', async () => {
  const place = await house({ seatHeldMsMax: 500, seatRestMs: 1_000 }, { holdTtlMs: 300 });
  const client = await LiveClient.join(place.liveUrl());
  let told: unknown;
  for (let time = 0; time < 4 && told === undefined; time++) {
    const reply = await client.call({ type: 'hold', seats: ['R1-1', 'R1-2'] });
    if (reply.ok) await client.next('hold_expired');
    else told = reply.error;
  }
  expect(told).toMatchObject({
    code: 'held_too_long',
    conflicts: [
      { seat: 'R1-1', reason: 'held_too_long' },
      { seat: 'R1-2', reason: 'held_too_long' },
    ],
  });
  const other = await LiveClient.join(place.liveUrl());
  expect(await client.call({ type: 'hold', seats: ['R1-3'] })).toMatchObject({ ok: true });
  await sleep(1_000);
  expect(await client.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
  await Promise.all([client.close(), other.close()]);
});

it('[LIMIT-7] the next owner counts together what the guests of one account hold, as Postgres knows them', async () => {
  const place = await house({ seatsHeldPerAccount: 3 });
  const guests = await Promise.all([guestOf(stage.port, ADDRESS), guestOf(stage.port, ADDRESS)]);
  const [ann, also] = guests.map((one) => one?.session ?? '');
  await ask(place, 'POST', '/holds', ann ?? '', { seats: seatsOf(1, 1, 2) });
  await ask(place, 'POST', '/holds', also ?? '', { seats: ['R2-1'] });
  const account = randomUUID();
  await stage.pool.query(
    `INSERT INTO boxoffice.accounts (id, email, role, holder) VALUES ($1, 'ann@example.org', 'customer', $2)`,
    [account, guests[0]?.holder],
  );
  await stage.pool.query(
    'INSERT INTO boxoffice.account_holders (holder, account_id) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING',
    [account, guests.map((one) => one?.holder)],
  );
  // As if another node had taken the showtime over and given it back.
  await stage.pool.query('UPDATE usher.showtime_owners SET epoch = epoch + 1 WHERE showtime_id = $1', [
    place.showtimeId,
  ]);
  const next = async () => (await ask(place, 'POST', '/holds', also ?? '', { seats: ['R2-3'] })).body;
  await expect
    .poll(async () => (await next()).code, { timeout: 5_000, interval: 100 })
    .not.toMatch(/moving|outcome_unknown|unavailable/);
  expect(await next()).toMatchObject({ code: 'too_many_held', limit: 3, scope: 'account', of: 'seats' });
});
