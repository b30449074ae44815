/** Waiting for seats, over HTTP and on a real Postgres: who is offered what, what is on record, and what is told. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HoldView } from '../../../src/protocol/server-messages.js';
import { seatsOf } from '../gateway/hall.js';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ WAITLIST_CHECK_MS: '300', WAITLIST_OFFER_MS: '60000' });
});
afterEach(() => stage.close());

interface Entry {
  readonly id: string;
  readonly state: string;
  readonly ahead: number | null;
  readonly offer: { readonly holdId: string; readonly seats: readonly string[]; readonly until: string } | null;
}

class Guest {
  readonly #token: Promise<string>;

  constructor(
    readonly name: string,
    role = 'user',
  ) {
    this.#token = sign(role === 'user' ? `guest:${name}` : `user:${name}`, { role });
  }

  async send(method: string, path: string, body?: object) {
    const response = await fetch(
      path.startsWith('/v1') ? `http://127.0.0.1:${stage.port}${path}` : stage.httpUrl(path),
      {
        method,
        headers: {
          authorization: `Bearer ${await this.#token}`,
          'idempotency-key': randomUUID(),
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      },
    );
    const text = await response.text();
    return { status: response.status, json: text === '' ? {} : JSON.parse(text) };
  }

  async hold(...seats: string[]): Promise<HoldView> {
    const { status, json } = await this.send('POST', '/holds', { seats });
    expect(status, JSON.stringify(json)).toBe(200);
    return json.hold;
  }

  wait(wish: object, email = `${this.name}@test.example`) {
    return this.send('POST', '/waitlist', { wish, email });
  }

  async entries(): Promise<readonly Entry[]> {
    return (await this.send('GET', '/v1/me/waitlist')).json.entries;
  }

  /** The newest entry, once it is in that state. */
  async entry(state: string): Promise<Entry> {
    for (const until = Date.now() + 5_000; ; await sleep(20)) {
      const [entry] = await this.entries();
      if (entry?.state === state) return entry;
      if (Date.now() > until) throw new Error(`${this.name} is ${entry?.state}, not ${state}`);
    }
  }
}

const FRONT = seatsOf(1, 1, 2);

async function mailed(): Promise<readonly string[]> {
  const { rows } = await stage.pool.query<{ id: string }>(
    `SELECT payload->>'offerId' AS id FROM boxoffice.outbox WHERE topic = 'waitlist.offered' ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

it('offers what comes free to the first in the line, who books it; then to the next', async () => {
  const [ann, bob, cid] = [new Guest('ann'), new Guest('bob'), new Guest('cid')];
  const hold = await ann.hold(...FRONT);
  expect((await bob.wait({ seats: FRONT })).json).toMatchObject({ result: 'waiting', entry: { ahead: 0 } });
  expect((await cid.wait({ seats: FRONT })).json).toMatchObject({ result: 'waiting', entry: { ahead: 1 } });
  expect((await cid.wait({ seats: FRONT })).json).toMatchObject({ result: 'waiting', entry: { ahead: 1 } });
  expect(await cid.entries()).toHaveLength(1);
  await ann.send('DELETE', `/holds/${hold.id}`);
  // Whoever asks the moment after finds the seats held.
  const eve = new Guest('eve');
  expect((await eve.send('POST', '/holds', { seats: FRONT })).json).toMatchObject({ code: 'seats_unavailable' });
  const offered = await bob.entry('offered');
  expect(offered.offer?.seats).toEqual(FRONT);
  expect(Date.parse(offered.offer?.until ?? '') - Date.now()).toBeGreaterThan(50_000);
  expect((await cid.entry('waiting')).ahead).toBe(0);

  const body = { holdId: offered.offer?.holdId, payment: { method: 'test' }, price: hold.price };
  expect((await bob.send('POST', '/bookings', body)).status).toBe(200);
  await bob.entry('taken');
  const staff = new Guest('staff', 'admin');
  const { booking } = (await bob.send('GET', '/own')).json.bookings
    ? { booking: (await bob.send('GET', '/own')).json.bookings[0] }
    : { booking: undefined };
  await bob.send('POST', `/bookings/${booking.id}/cancel`, {});
  const next = await cid.entry('offered');
  expect((await cid.send('DELETE', `/v1/me/waitlist/${next.id}`)).status).toBe(204);
  await cid.entry('declined');
  expect((await eve.send('POST', '/holds', { seats: FRONT })).status).toBe(200);
  const line = (await staff.send('GET', '/waitlist')).json;
  expect(line).toMatchObject({ counts: { taken: 1, declined: 1, waiting: 0, offered: 0 } });
  expect(line.entries.map(({ holder }: { holder: string }) => holder)).toEqual(['guest:bob', 'guest:cid']);
  expect(line.entries.map(({ id }: { id: string }) => id)).toEqual([offered.id, next.id]);
});

it('says what is free, and refuses what nobody could be served, whoever waits for too much, and strangers', async () => {
  const [ann, bob] = [new Guest('ann'), new Guest('bob')];
  expect((await bob.wait({ seats: FRONT })).json).toEqual({ result: 'free', entry: null });
  expect((await bob.wait({ count: 2, category: 'Front' })).json).toEqual({ result: 'free', entry: null });
  expect(await bob.entries()).toEqual([]);
  expect((await bob.wait({ seats: ['Z-1'] })).json).toMatchObject({ code: 'unknown_seat', field: 'wish' });
  expect((await bob.wait({ count: 1, category: 'Royal' })).json).toMatchObject({ code: 'unknown_category' });
  expect((await bob.wait({ count: 99 })).json).toMatchObject({ code: 'too_many_seats' });
  expect((await bob.send('POST', '/waitlist', { wish: { count: 1 } })).json).toMatchObject({ field: 'email' });
  await ann.hold(...seatsOf(1, 1, 6));
  for (let seat = 1; seat <= 3; seat++) expect((await bob.wait({ seats: [`R1-${seat}`] })).status).toBe(200);
  expect((await bob.wait({ seats: ['R1-4'] })).json).toMatchObject({ code: 'already_exists' });
  expect((await new Guest('cid').wait({ seats: ['R1-4'] }, 'bob@test.example')).json).toMatchObject({
    code: 'already_exists',
  });
  const [entry] = await bob.entries();
  expect((await ann.send('DELETE', `/v1/me/waitlist/${entry?.id}`)).json).toMatchObject({ code: 'not_found' });
  expect((await ann.send('GET', '/waitlist')).json).toMatchObject({ code: 'forbidden' });
});

it('passes on what nobody takes in time, tells each once, and passes over who has left', async () => {
  await stage.close();
  stage = await openStage({ WAITLIST_CHECK_MS: '300', WAITLIST_OFFER_MS: '1000' });
  const [ann, bob, cid, dan] = [new Guest('ann'), new Guest('bob'), new Guest('cid'), new Guest('dan')];
  const hold = await ann.hold(...FRONT);
  for (const guest of [bob, cid, dan]) await guest.wait({ seats: FRONT });
  const [left] = await cid.entries();
  await cid.send('DELETE', `/v1/me/waitlist/${left?.id}`);
  await cid.entry('left');
  await ann.send('DELETE', `/holds/${hold.id}`);
  const ids = [(await bob.entry('offered')).id, (await dan.entry('offered')).id];
  await bob.entry('lapsed');
  await dan.entry('lapsed');
  const { rows } = await stage.pool.query(
    `SELECT id FROM boxoffice.waitlist_entries WHERE offered_at IS NOT NULL ORDER BY place`,
  );
  expect(rows.map(({ id }) => id)).toEqual(ids);
  expect(await mailed()).toEqual([...new Set(await mailed())]);
});

it('finds and tells an offer that its owner made and could not put on record', async () => {
  const [ann, bob] = [new Guest('ann'), new Guest('bob')];
  const hold = await ann.hold(...FRONT);
  await bob.wait({ seats: FRONT });
  // Nobody can write the record; the journal goes on.
  const client = await stage.pool.connect();
  await client.query('BEGIN; LOCK TABLE boxoffice.waitlist_entries IN EXCLUSIVE MODE');
  await ann.send('DELETE', `/holds/${hold.id}`);
  await sleep(300);
  expect((await bob.entries())[0]?.state).toBe('waiting');
  expect((await bob.send('GET', '/own')).json.holds).toMatchObject([{ seats: FRONT }]);
  await client.query('COMMIT');
  client.release();
  await bob.entry('offered');
});
