import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveClient } from '../gateway/live-client.js';
import { sign } from '../gateway/sign.js';
import { type LoggedIn, openSite, PASSWORD, type Site, tokenIn } from './people.js';

interface Hold {
  readonly id: string;
  readonly price: object;
  readonly seats: readonly string[];
}
interface Listed {
  readonly bookings: readonly {
    readonly showtime: { readonly id: string };
    readonly booking: { readonly reference: string; readonly seats: readonly string[]; readonly status: string };
  }[];
  readonly next?: string;
}

let site: Site;
beforeAll(async () => {
  site = await openSite({ HOLDS_PER_HOLDER: '60', SINGLE_GAP: 'off', MAILS_PER_ADDRESS: '10000' });
});
afterAll(() => site.close());

const newGuest = async () => (await site.ask<{ session: string; holder: string }>('POST', '/v1/sessions')).json;
const at = (rest: string) => `/v1/showtimes/${site.stage.showtimeId}${rest}`;
const hold = async (token: string, seat: string) =>
  (await site.ask<{ hold: Hold }>('POST', at('/holds'), { seats: [seat] }, { token })).json.hold;
const book = (token: string, { id, price }: Hold) =>
  site.ask<{ booking: { reference: string; id: string } }>(
    'POST',
    at('/bookings'),
    { holdId: id, price, payment: { method: 'test' } },
    { token },
  );
const list = async (token: string, query = '') =>
  (await site.ask<Listed>('GET', `/v1/me/bookings${query}`, undefined, { token })).json;
const seatsOf = ({ bookings }: Listed) => bookings.map(({ booking }) => booking.seats.join());

describe('a guest who logs in', () => {
  it('books what they held before, over HTTP and on a socket', async () => {
    await site.join('ada@example.org');
    const guest = await newGuest();
    const [first, second] = [await hold(guest.session, 'R1-1'), await hold(guest.session, 'R1-3')];
    const { json } = await site.logIn('ada@example.org', { guestSession: guest.session });
    expect(json.holder).toBe(guest.holder);
    expect((await book(json.accessToken, first)).status).toBe(200);
    const socket = await LiveClient.join(site.stage.liveUrl(), { token: json.accessToken });
    const booked = await socket.call({ type: 'book', holdId: second.id, payment: { method: 'test' } });
    expect(booked).toMatchObject({ ok: true });
    await socket.close();
    expect(seatsOf(await list(json.accessToken))).toEqual(['R1-3', 'R1-1']);
  });

  it('finds what they had booked as a guest among the bookings of the account, on every device', async () => {
    await site.join('eve@example.org');
    const guest = await newGuest();
    const booked = await book(guest.session, await hold(guest.session, 'R1-5'));
    const other = (await site.logIn('eve@example.org')).json;
    expect(seatsOf(await list(other.accessToken))).toEqual([]);
    await site.logIn('eve@example.org', { guestSession: guest.session });
    const listed = await list(other.accessToken);
    expect(listed.bookings).toEqual([
      {
        showtime: {
          id: site.stage.showtimeId,
          movie: { id: 'm', title: 'M' },
          venue: { id: 'v', name: 'V', city: 'C' },
          hall: { id: 'h', name: 'H' },
          startsAt: expect.any(String),
          startsAtLocal: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          isCancelled: false,
        },
        bookedAt: expect.any(String),
        booking: booked.json.booking,
      },
    ]);
  });

  it('is not adopted by a second account, which logs in as itself', async () => {
    const guest = await newGuest();
    await site.join('first@example.org');
    await site.join('second@example.org');
    expect((await site.logIn('first@example.org', { guestSession: guest.session })).json.holder).toBe(guest.holder);
    const { json } = await site.logIn('second@example.org', { guestSession: guest.session });
    expect(json.holder).toBe(`account:${json.accountId}`);
    expect((await site.logIn('first@example.org', { guestSession: guest.session })).json.holder).toBe(guest.holder);
  });

  it.each([
    ['has expired', () => sign(`guest:${randomUUID()}`, { role: 'guest', expiresAt: Date.now() / 1000 - 60 })],
    ['another has signed', () => sign(`guest:${randomUUID()}`, { role: 'guest', secret: 'x'.repeat(40) })],
    ['is of somebody who is no guest', () => sign('user:7', { role: 'user' })],
    ['is an access token', async () => (await site.join(`${randomUUID()}@example.org`)).accessToken],
  ])('with a session that %s logs in as themselves', async (_what, session) => {
    const email = `${randomUUID()}@example.org`;
    const { accountId } = await site.join(email);
    const { json } = await site.logIn(email, { guestSession: await session() });
    expect(json.holder).toBe(`account:${accountId}`);
  });
});

describe('a booking of an account', () => {
  it('is found by its reference and cancelled on every device, in the name of the holder that made it', async () => {
    await site.join('both@example.org');
    const guest = await newGuest();
    const { booking } = (await book(guest.session, await hold(guest.session, 'R1-9'))).json;
    const { accessToken: token } = (await site.logIn('both@example.org')).json;
    const find = () => site.ask('GET', `/v1/bookings/${booking.reference}`, undefined, { token });
    const cancel = () => site.ask('POST', `/v1/me/bookings/${booking.id}/cancel`, undefined, { token });
    expect((await find()).code).toBe('unknown_booking');
    expect((await cancel()).code).toBe('unknown_booking');
    await site.logIn('both@example.org', { guestSession: guest.session });
    expect((await find()).status).toBe(200);
    expect(await cancel()).toMatchObject({ status: 200, json: { booking: { id: booking.id, status: 'cancelled' } } });
    expect((await cancel()).code).toBe('booking_cancelled');
  });

  it('is nobody else’s', async () => {
    const { accessToken: owner } = await site.join('owner@example.org');
    const { accessToken: token } = await site.join('stranger@example.org');
    const { booking } = (await book(owner, await hold(owner, 'R1-11'))).json;
    const path = `/v1/me/bookings/${booking.id}/cancel`;
    expect((await site.ask('POST', path, undefined, { token })).code).toBe('unknown_booking');
    expect((await site.ask('GET', `/v1/bookings/${booking.reference}`, undefined, { token })).code).toBe(
      'unknown_booking',
    );
    const guest = await newGuest();
    expect((await site.ask('POST', path, undefined, { token: guest.session })).code).toBe('forbidden');
    expect(seatsOf(await list(owner))).toEqual(['R1-11']);
  });
});

describe('a guest who signs up', () => {
  it('goes on as they were, and books what they held; later log-ins are no guest’s', async () => {
    const guest = await newGuest();
    const held = await hold(guest.session, 'R1-7');
    const account = await site.join('new@example.org', { guestSession: guest.session });
    expect(account.holder).toBe(guest.holder);
    expect((await book(account.accessToken, held)).status).toBe(200);
    const again = (await site.logIn('new@example.org')).json;
    expect(again.holder).toBe(`account:${account.accountId}`);
    expect(seatsOf(await list(again.accessToken))).toEqual(['R1-7']);
    // On a computer that others use too: what is booked later is not in the name of the guest, whose session may still be there.
    expect((await book(again.accessToken, await hold(again.accessToken, 'R1-13'))).status).toBe(200);
    const left = await site.ask<{ bookings: object[] }>('GET', at('/own'), undefined, { token: guest.session });
    expect(left.json.bookings).toHaveLength(1);
  });

  it('gets an account of their own where they have become another one since', async () => {
    const guest = await newGuest();
    await site.ask('POST', '/v1/accounts', {
      email: 'late@example.org',
      password: PASSWORD,
      guestSession: guest.session,
    });
    const token = tokenIn(await site.mail('late@example.org'));
    await site.join('fast@example.org', { guestSession: guest.session });
    const late = await site.ask<LoggedIn>('POST', '/v1/accounts/confirm', { token, password: PASSWORD });
    expect(late.json.holder).toBe(`account:${late.json.accountId}`);
  });
});

describe('my bookings', () => {
  it('are pages, the newest first, without gaps and repeats, and nobody else’s', async () => {
    const { accessToken } = await site.join('many@example.org');
    for (let seat = 1; seat <= 19; seat += 2) {
      for (const row of ['R2', 'R3', 'R4']) await book(accessToken, await hold(accessToken, `${row}-${seat}`));
    }
    const first = await list(accessToken);
    expect(first.bookings).toHaveLength(20);
    const second = await list(accessToken, `?cursor=${first.next}`);
    expect(second.bookings).toHaveLength(10);
    expect(second.next).toBeUndefined();
    const seats = [...seatsOf(first), ...seatsOf(second)];
    expect(new Set(seats).size).toBe(30);
    expect(seats.slice(0, 3)).toEqual(['R4-19', 'R3-19', 'R2-19']);
  });

  it('show that a booking or a showtime was cancelled, and what the seats were sold as', async () => {
    const { accessToken } = await site.join('gone@example.org');
    const showtimeId = await site.stage.addShowtime();
    const types = JSON.stringify([{ id: 'adult', name: 'Adult' }]);
    await site.stage.pool.query('UPDATE boxoffice.showtimes SET ticket_types = $2 WHERE id = $1', [showtimeId, types]);
    const path = `/v1/showtimes/${showtimeId}`;
    const held = await site.ask<{ hold: Hold }>('POST', `${path}/holds`, { seats: ['R1-1'] }, { token: accessToken });
    const { id, price } = held.json.hold;
    const body = { holdId: id, price, payment: { method: 'test' } };
    const booked = await site.ask<{ booking: { id: string } }>('POST', `${path}/bookings`, body, {
      token: accessToken,
    });
    await site.ask('POST', `${path}/bookings/${booked.json.booking.id}/cancel`, undefined, { token: accessToken });
    await site.stage.pool.query('UPDATE boxoffice.showtimes SET cancelled_at = now() WHERE id = $1', [showtimeId]);
    expect((await list(accessToken)).bookings).toMatchObject([
      {
        showtime: { id: showtimeId, isCancelled: true },
        booking: { status: 'cancelled', seats: ['R1-1'], ticketTypes: ['adult'] },
      },
    ]);
  });

  it.each(['x', 'MTIz', Buffer.from(`${'0'.repeat(8)}-x`).toString('base64url')])(
    'refuse the cursor %s',
    async (cursor) => {
      const { accessToken: token } = await site.join(`${randomUUID()}@example.org`);
      const refused = await site.ask('GET', `/v1/me/bookings?cursor=${cursor}`, undefined, { token });
      expect(refused).toMatchObject({ code: 'invalid_field', json: { field: 'cursor' } });
    },
  );
});
