/** From an empty database to a sold seat in one's own hall, by a client that was generated from the OpenAPI document. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import { generateSync } from 'otplib';
import type { paths } from './api.js';

const server = createClient<paths>({ baseUrl: process.env['USHER_URL'] ?? 'http://localhost:8080' });
const email = 'owner@cinema.example';
const password = 'three green bottles on a wall';

const token = process.env['SETUP_TOKEN'] ?? '';
const made = await server.POST('/v1/setup', { body: { token, email, name: 'Olga', password } });
assert.equal(made.data?.role, 'admin');
const { data: logIn } = await server.POST('/v1/log-ins', { body: { email, password } });
assert(logIn?.lacksSecondFactor);
const asLoggedIn = { headers: { authorization: `Bearer ${logIn.accessToken}` } };
const { data: app } = await server.POST('/v1/me/totp', asLoggedIn);
assert(app);
const code = generateSync({ secret: app.secret });
const { data: enrolled } = await server.POST('/v1/me/totp/confirm', { ...asLoggedIn, body: { code } });
assert.equal(enrolled?.recoveryCodes.length, 10);

const headers = { authorization: `Bearer ${enrolled?.accessToken}` };
const venue = { id: 'bijou', name: 'Bijou', city: 'Lisbon', timeZone: 'Europe/Lisbon' };
assert.equal((await server.POST('/v1/venues', { headers, body: venue })).data?.id, 'bijou');
const { data: imported } = await server.POST('/v1/venues/{venueId}/halls', {
  headers: { ...headers, 'content-type': 'text/plain' },
  params: { path: { venueId: 'bijou' }, query: { name: 'Grand', id: 'grand', categories: '*=Stalls' } },
  body: 'A: 6 | 6\nB: 6 | 6',
  bodySerializer: (text) => text,
});
assert.equal(imported?.report.plan?.seats, 24);
const movie = { id: 'sunrise', title: 'Sunrise', year: 1927, runtimeMinutes: 94 };
assert.equal((await server.POST('/v1/movies', { headers, body: movie })).data?.title, 'Sunrise');

const { data: added } = await server.POST('/v1/showtimes', {
  headers,
  body: {
    ...{ movieId: 'sunrise', hallId: 'grand', currency: 'EUR', prices: { Stalls: 1_200 } },
    series: { firstDay: '2031-10-24', lastDay: '2031-10-30', times: ['20:00'] },
  },
});
assert.equal(added?.showtimes.length, 7);
const path = { showtimeId: added?.showtimes[0]?.id ?? '' };

const { data: settings, response } = await server.GET('/v1/showtimes/{showtimeId}/settings', {
  headers,
  params: { path },
});
assert.deepEqual(settings?.prices, { Stalls: 1_200 });
const condition = { 'If-Match': response.headers.get('etag') ?? '' };
const change = { headers, params: { path, header: condition }, body: { prices: { Stalls: 1_500 } } };
assert((await server.PATCH('/v1/showtimes/{showtimeId}', change)).data);
assert.equal((await server.PATCH('/v1/showtimes/{showtimeId}', change)).error?.code, 'stale_version');

const { data: guest } = await server.POST('/v1/sessions', {});
const asGuest = { headers: { authorization: `Bearer ${guest?.session}` } };
const oneIntention = () => ({ path, header: { 'Idempotency-Key': randomUUID() } });
const held = await server.POST('/v1/showtimes/{showtimeId}/holds', {
  ...asGuest,
  params: oneIntention(),
  body: { seats: ['A-1', 'A-2'] },
});
assert.equal(held.data?.hold.price.amount, 3_000);
const { data: booked } = await server.POST('/v1/showtimes/{showtimeId}/bookings', {
  ...asGuest,
  params: oneIntention(),
  body: { holdId: held.data?.hold.id ?? '', payment: { method: 'test' }, price: { amount: 3_000, currency: 'EUR' } },
});
assert(booked);
const { data: log } = await server.GET('/v1/audit-log', { headers, params: { query: {} } });
assert(log?.entries.some(({ action }) => action === 'showtime.change'));
process.stdout.write(`${booked.booking.reference}\n`);
