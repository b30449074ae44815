/** A guest buys two seats, by a client that was generated from the OpenAPI document. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import type { paths } from './api.js';

const baseUrl = process.env['USHER_URL'] ?? 'http://localhost:8080';
const server = createClient<paths>({ baseUrl });

const { data: listed } = await server.GET('/v1/showtimes', { params: { query: {} } });
const [showtime] = listed?.showtimes ?? [];
assert(showtime, 'there is a showtime');
const path = { showtimeId: showtime.id };

const { data: guest } = await server.POST('/v1/sessions', {});
assert(guest);
const headers = { authorization: `Bearer ${guest.session}` };
const oneIntention = () => ({ path, header: { 'Idempotency-Key': randomUUID() } });

const { data: found } = await server.POST('/v1/showtimes/{showtimeId}/best-available', {
  headers,
  params: oneIntention(),
  body: { count: 2 },
});
assert(found);
assert.equal(found.hold.seats.length, 2);

const again = await server.POST('/v1/showtimes/{showtimeId}/holds', {
  headers: { authorization: `Bearer ${(await server.POST('/v1/sessions', {})).data?.session}` },
  params: oneIntention(),
  body: { seats: found.hold.seats },
});
// A refusal is a value with a code of a closed list, which the compiler knows.
assert.equal(again.error?.code, 'seats_unavailable');

const { data: booked } = await server.POST('/v1/showtimes/{showtimeId}/bookings', {
  headers,
  params: oneIntention(),
  body: { holdId: found.hold.id, payment: { method: 'test' }, price: found.hold.price },
});
assert(booked);

const { data: seen } = await server.GET('/v1/bookings/{reference}', {
  headers,
  params: { path: { reference: booked.booking.reference } },
});
assert.equal(seen?.booking.status, 'confirmed');
process.stdout.write(`${booked.booking.reference}\n`);
