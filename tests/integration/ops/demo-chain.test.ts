/** A small chain, in the cases that are not plain: what is there already, what is in the way, and who may not. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/ops/ctl/api/api-client.js';
import { CHAIN_VENUES } from '../../../src/ops/ctl/demo/chain-venues.js';
import { fillChain } from '../../../src/ops/ctl/demo/fill-chain.js';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

const VENUES = CHAIN_VENUES.filter(({ id }) => id === 'lumen-wedding');
const HALL = 'lumen-wedding-3';
const DAY_MS = 86_400_000;

let stage: Stage;
beforeAll(async () => {
  const unlimited = { MESSAGES_PER_SECOND: '100000', HTTP_REQUESTS_PER_SECOND: '100000', SESSIONS_PER_SECOND: '1000' };
  stage = await openStage({ ...unlimited, TEST_PAYMENTS: 'false' });
});
afterAll(() => stage.close());

async function fill({ days = 2, role = 'manager', now = Date.now() } = {}) {
  const key = await sign(`user:${role}`, { role });
  const api = new ApiClient({ url: `http://127.0.0.1:${stage.port}`, key });
  return await fillChain(VENUES, days, { api, progress: () => {}, now });
}

const count = async (sql: string) =>
  (await stage.pool.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${sql}`)).rows[0]!.n;
const shown = () => count("boxoffice.showtimes WHERE hall_id LIKE 'lumen-%'");

describe('filling a chain', () => {
  it('writes nothing for somebody who lacks a permission, and names the permission', async () => {
    await expect(fill({ role: 'staff' })).rejects.toThrow('catalogue.edit');
    expect(await count("boxoffice.venues WHERE id LIKE 'lumen-%'")).toBe(0);
  });

  it('adds venue, halls, movies and showtimes, and blocks seats where the server takes no test payments', async () => {
    const filled = await fill();
    expect(filled).toMatchObject({ venues: { added: 1 }, halls: { added: 3 }, movies: { added: 40 } });
    expect(filled.showtimes).toMatchObject({ added: await shown(), kept: 0, refused: 0 });
    const { showtimes, seats, bookings, blocked } = filled.nearlySoldOut;
    expect([showtimes, bookings]).toEqual([2, 0]);
    expect(blocked).toBe(seats);
    expect(seats).toBeGreaterThan(150);
    expect(await count('usher.blocked_seats')).toBe(blocked);
  });

  it('keeps all of it the next time', async () => {
    const before = await shown();
    const again = await fill();
    expect(again).toMatchObject({ venues: { kept: 1 }, halls: { kept: 3 }, movies: { kept: 40 } });
    expect(again.showtimes).toMatchObject({ added: 0, kept: before, refused: 0 });
    expect(again.nearlySoldOut).toMatchObject({ showtimes: 2, seats: 0 });
  });

  it('adds the days that are missing on another day', async () => {
    const before = await shown();
    const { showtimes } = await fill({ now: Date.now() + DAY_MS });
    expect(showtimes.added).toBeGreaterThan(3 * 3);
    expect(await shown()).toBe(before + showtimes.added);
  });

  it('leaves out what something else is in the way of, and says what', async () => {
    const day = new Date(Date.now() + 4 * DAY_MS).toISOString().slice(0, 10);
    await stage.pool.query(
      `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices, rules)
       SELECT $1, 'm', id, seat_map_hash, $3, 'EUR', '{}', '{}' FROM boxoffice.halls WHERE id = $2`,
      [randomUUID(), HALL, `${day}T18:00:00Z`],
    );
    await stage.pool.query(
      "UPDATE boxoffice.showtimes SET duration_minutes = 300 WHERE movie_id = 'm' AND hall_id = $1",
      [HALL],
    );
    const { showtimes } = await fill({ days: 6 });
    expect(showtimes.refused).toBeGreaterThan(0);
    expect(showtimes.refusal).toContain('showtime_overlap');
    const again = await fill({ days: 6 });
    expect(again.showtimes).toMatchObject({ added: 0, refused: showtimes.refused });
  });
});
