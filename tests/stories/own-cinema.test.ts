/** From an empty database to a sold seat in one's own hall, over HTTP only; one step after the other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveClient } from '../integration/gateway/live-client.js';
import { type EmptyCinema, openEmptyCinema } from './empty-cinema.js';
import { GRAND_PLAN } from './grand-plan.js';
import { hire, PASSWORD, signUp } from './joining.js';
import { Person } from './person.js';

interface Hold {
  readonly id: string;
  readonly seats: readonly string[];
  readonly price: { readonly amount: number; readonly currency: string };
}

let cinema: EmptyCinema;
const people = {} as Record<'admin' | 'manager' | 'staff' | 'program' | 'ann' | 'bob', Person>;
/** Showtimes of the series, and the one that the story is about. */
let series: { id: string; startsAt: string; startsAtLocal: string; adjusted?: string }[];
let showtimeId: string;

beforeAll(async () => {
  cinema = await openEmptyCinema();
  for (const who of ['admin', 'manager', 'staff', 'program', 'ann', 'bob'] as const) {
    people[who] = new Person(cinema.server.url);
  }
});
afterAll(() => cinema.close());

const at = (path = '') => `/v1/showtimes/${showtimeId}${path}`;

describe('a cinema of one’s own', () => {
  it('begins with the link that makes the first administrator, once', async () => {
    const { admin } = people;
    const person = { token: cinema.setupToken, email: 'owner@cinema.example', name: 'Olga', password: PASSWORD };
    expect(await admin.ask('POST', '/v1/setup', person)).toMatchObject({ status: 201, json: { role: 'admin' } });
    expect(await admin.ask('POST', '/v1/setup', person)).toMatchObject({ json: { code: 'invalid_link' } });
    await admin.logIn('owner@cinema.example', PASSWORD);
    const early = await admin.ask('POST', '/v1/venues', { id: 'x', name: 'X', city: 'X', timeZone: 'Etc/UTC' });
    expect(early).toMatchObject({ status: 403, json: { code: 'second_factor_missing' } });
    await admin.enrol();
  });

  it('has a manager and a staff account with a second factor, and a key for programs', async () => {
    const { admin, program } = people;
    for (const role of ['manager', 'staff'] as const) await hire(admin, people[role], role, cinema.mailedToken);
    const key = await admin.done<{ secret: string }>('POST', '/v1/api-keys', {
      name: 'programme',
      permissions: ['catalogue.edit', 'halls.edit', 'showtimes.edit'],
    });
    program.token = key.secret;
    expect(key.secret).toMatch(/^usk_live_/);
    expect(await program.ask('GET', '/v1/audit-log')).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  });

  it('gets a venue in another time zone, a hall from a CSV file after a dry run, and a film', async () => {
    const { program } = people;
    const venue = { id: 'bijou', name: 'Bijou', city: 'New York', timeZone: 'America/New_York', address: '1 Main St' };
    await program.done('POST', '/v1/venues', venue);
    const upload = { type: 'text/csv' };
    const path = '/v1/venues/bijou/halls?name=Grand&id=grand';
    const dry = await program.done<{ report: { plan: object } }>('POST', `${path}&dryRun=true`, GRAND_PLAN, upload);
    expect(dry.report.plan).toMatchObject({ seats: 96, rows: 8, wheelchairSpaces: 2 });
    expect((await program.ask('GET', '/v1/halls/grand')).status).toBe(404);
    await program.done('POST', path, GRAND_PLAN, upload);
    await program.done('POST', '/v1/movies', { id: 'sunrise', title: 'Sunrise', year: 1927, runtimeMinutes: 94 });
  });

  it('shows a film for a week in which summer time ends', async () => {
    const { program } = people;
    const added = await program.done<{ showtimes: typeof series }>('POST', '/v1/showtimes', {
      movieId: 'sunrise',
      hallId: 'grand',
      currency: 'USD',
      prices: { Front: 1_800, Rear: 1_200 },
      ticketTypes: [
        { id: 'adult', name: 'Adult' },
        { id: 'child', name: 'Child', prices: { Rear: 700 }, maxPerHold: 2, note: 'up to 12 years' },
      ],
      series: { firstDay: '2031-10-30', lastDay: '2031-11-05', times: ['01:30', '20:00'] },
    });
    series = added.showtimes;
    expect(series).toHaveLength(14);
    const evenings = series.filter((one) => one.startsAtLocal.includes('T20:00'));
    // 20:00 is midnight UTC in summer time, and an hour later after it.
    expect(evenings.map((one) => one.startsAt.slice(11, 16))).toEqual([
      ...Array(3).fill('00:00'),
      ...Array(4).fill('01:00'),
    ]);
    expect(series.filter((one) => one.adjusted).map((one) => [one.startsAtLocal.slice(0, 16), one.adjusted])).toEqual([
      ['2031-11-02T01:30', 'twice'],
    ]);
    showtimeId = evenings[3]?.id ?? '';
    const listed = await program.done<{ showtimes: { id: string }[] }>(
      'GET',
      '/v1/showtimes?city=New%20York&date=2031-11-02',
    );
    expect(listed.showtimes.map(({ id }) => id)).toContain(showtimeId);
  });

  it('sells a seat to one of two customers who want it at once', async () => {
    const { ann, bob } = people;
    for (const who of ['ann', 'bob'] as const) await signUp(people[who], `${who}@people.example`, cinema.mailedToken);
    const answers = await Promise.all(
      [ann, bob].map((who) =>
        who.ask<{ hold?: Hold; conflicts?: object[] }>('POST', at('/holds'), { seats: ['D-6', 'D-7'] }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const lost = answers.find(({ status }) => status === 409);
    expect(lost?.json).toMatchObject({
      code: 'seats_unavailable',
      conflicts: [
        { seat: 'D-6', reason: 'held' },
        { seat: 'D-7', reason: 'held' },
      ],
    });
    // From here on Ann is the one who was faster.
    if (answers[1]?.status === 200) Object.assign(people, { ann: bob, bob: ann });
  });

  it('raises a price and closes the sale while people watch: holds keep their price, the next one has the new', async () => {
    const { ann, bob, manager } = people;
    const live = await LiveClient.join(`${cinema.server.url.replace('http', 'ws')}${at('/live')}`, {
      token: bob.token,
    });
    await manager.change(at(), { prices: { Front: 1_800, Rear: 1_500 } }, at('/settings'));
    const told = await live.next('terms');
    expect(told.terms.prices).toContainEqual({ category: 'Rear', price: { amount: 1_500, currency: 'USD' } });
    const { holds } = await ann.done<{ holds: Hold[] }>('GET', at('/own'));
    expect(holds[0]?.price).toEqual({ amount: 2_400, currency: 'USD' });
    const { hold } = await bob.done<{ hold: Hold }>('POST', at('/holds'), { seats: ['E-6', 'E-7'] });
    expect(hold.price).toEqual({ amount: 3_000, currency: 'USD' });
    await manager.change(at(), { salesOpen: false }, at('/settings'));
    expect((await live.next('terms')).terms.salesOpen).toBe(false);
    expect(await bob.ask('POST', at('/holds'), { seats: ['F-1', 'F-2'] })).toMatchObject({
      json: { code: 'sales_closed' },
    });
    await manager.change(at(), { salesOpen: true }, at('/settings'));
    const booked = await ann.done<{ booking: { reference: string } }>('POST', at('/bookings'), {
      holdId: holds[0]?.id,
      payment: { method: 'test' },
      price: holds[0]?.price,
    });
    const mine = await ann.done<{ bookings: { booking: { reference: string } }[] }>('GET', '/v1/me/bookings');
    expect(mine.bookings.map(({ booking }) => booking.reference)).toEqual([booked.booking.reference]);
    await live.close();
  });

  it('has a booking moved to other seats in one act, by staff', async () => {
    const { ann, staff } = people;
    const mine = await ann.done<{ bookings: { id: string }[] }>('GET', at('/own'));
    const bookingId = mine.bookings[0]?.id;
    const live = await LiveClient.join(`${cinema.server.url.replace('http', 'ws')}${at('/live')}`, {
      token: ann.token,
    });
    const path = at(`/bookings/${bookingId}/reseat`);
    const wanted = { seats: ['C-6', 'C-7'], reason: 'a broken seat' };
    expect(await ann.ask('POST', path, wanted)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    const { booking } = await staff.done<{ booking: { seats: string[]; price: object } }>('POST', path, wanted);
    expect(booking).toMatchObject({ seats: ['C-6', 'C-7'], price: { amount: 2_400, currency: 'USD' } });
    // All four seats change at once, for whoever watches.
    expect((await live.next('delta')).changes).toHaveLength(4);
    const { seats } = await ann.done<{ seats: string }>('GET', at('/seats'));
    expect([...seats].filter((status) => status === 'b')).toHaveLength(2);
    await live.close();
  });

  it('sells seats as ticket types, each by its own price and limit', async () => {
    const { bob } = people;
    const family = { count: 3, category: 'Rear', ticketTypes: { adult: 1, child: 2 } };
    const { hold } = await bob.done<{ hold: Hold }>('POST', at('/best-available'), family);
    expect(hold.price.amount).toBe(1_500 + 2 * 700);
    const many = { seats: ['G-1', 'G-2', 'G-3'], ticketTypes: ['child', 'child', 'child'] };
    expect(await bob.ask('POST', at('/holds'), many)).toMatchObject({ json: { code: 'ticket_type_limit' } });
    const unsold = { seats: ['A-1', 'A-2'], ticketTypes: ['adult', 'child'] };
    expect(await bob.ask('POST', at('/holds'), unsold)).toMatchObject({ json: { code: 'unknown_ticket_type' } });
  });

  it('has all of it in the audit log, which a manager may read', async () => {
    const { manager, staff } = people;
    expect(await staff.ask('GET', '/v1/audit-log')).toMatchObject({ status: 403 });
    const { entries } = await manager.done<{ entries: { action: string; role: string }[] }>('GET', '/v1/audit-log');
    const acts = entries.map(({ action, role }) => `${role} ${action}`).reverse();
    const joined = (role: string) =>
      ['account.set_password', 'account.log_in', 'second_factor.enrol'].map((act) => `${role} ${act}`);
    expect(acts).toEqual([
      ...['admin account.set_up', 'admin account.log_in', 'admin second_factor.enrol'],
      ...['admin account.add', ...joined('manager'), 'admin account.add', ...joined('staff'), 'admin api_key.add'],
      ...['key venue.add', 'key hall.create', 'key movie.add', 'key showtime.add'],
      ...Array(3).fill('manager showtime.change'),
    ]);
  });
});
