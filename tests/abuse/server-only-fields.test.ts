/** What only the server may ask of a house: no client can send it, by whichever way. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asker, openAsker, TRANSPORTS } from '../integration/gateway/askers.js';
import { type LightNode, openLightNode } from '../integration/gateway/light-node.js';
import { sign } from '../integration/gateway/sign.js';

let node: LightNode;
beforeAll(async () => {
  node = await openLightNode();
});
afterAll(() => node.close());

const UNTIL = Date.now() + 86_400_000;
const price = { amount: 0, currency: 'EUR' };
const payment = { method: 'test' };
const from = { address: '10.0.0.1' };
const orderId = randomUUID();

/** Each a command as a client sends it, and a field that it must not have. */
const FIELDS: readonly (readonly [command: string, fields: object, more: Readonly<Record<string, unknown>>])[] = [
  ['hold', { seats: ['R1-1'] }, { until: UNTIL }],
  ['hold', { seats: ['R1-1'] }, { newHoldId: randomUUID() }],
  ['hold', { seats: ['R1-1'] }, { orderId }],
  ['hold', { seats: ['R1-1'] }, { prices: [0] }],
  ['hold', { seats: ['R1-1'] }, { from }],
  ['best_available', { count: 1 }, { until: UNTIL }],
  ['best_available', { count: 1 }, { from }],
  ['book', { payment, price }, { orderId }],
  ['book', { payment, price }, { paymentMethod: 'cash' }],
  ['book', { payment, price }, { newBookingId: randomUUID() }],
  ['book', { payment, price }, { newReference: 'MINE' }],
  ['cancel', { bookingId: randomUUID() }, { orderId }],
  ['cancel', { bookingId: randomUUID() }, { seats: ['R1-1'], amount: 0 }],
  ['cancel', { bookingId: randomUUID() }, { asStaff: true }],
  ['extend', {}, { until: UNTIL }],
];

describe.each(TRANSPORTS)('over %s', (transport) => {
  it.each([['guest'], ['admin']] as const)('a %s is refused each field that is the server’s own', async (role) => {
    const showtimeId = `1${randomUUID().slice(1)}`;
    const asker: Asker = await openAsker(transport, node, showtimeId, await sign(`${role}:${randomUUID()}`, { role }));
    const { hold } = await asker.ask({ type: 'hold', seats: ['R2-1'] });
    const holdId = hold?.id;
    for (const [type, fields, more] of FIELDS) {
      const named = ['book', 'extend', 'release'].includes(type) ? { holdId } : {};
      const { error } = await asker.ask({ type, ...named, ...fields, ...more });
      expect([type, more, error?.code]).toEqual([type, more, 'invalid_field']);
    }
    // The hold is as it was: nothing of this was done in part.
    expect((await asker.ask({ type: 'release', holdId })).seats).toEqual(['R2-1']);
    await asker.close();
  });
});

describe.each(TRANSPORTS.filter((transport) => transport !== 'HTTP'))('over %s', (transport) => {
  it.each(['check_out', 'return_hold', 'retake', 'expire'])('there is no %s', async (type) => {
    const showtimeId = `1${randomUUID().slice(1)}`;
    const asker = await openAsker(transport, node, showtimeId, await sign('admin:1', { role: 'admin' }));
    const { hold } = await asker.ask({ type: 'hold', seats: ['R2-1'] });
    const of = { holdId: hold?.id, orderId, until: UNTIL, expiresAt: UNTIL, seats: ['R2-1'], prices: [0] };
    expect((await asker.ask({ type, holder: 'admin:1', newHoldId: randomUUID(), ...of })).error?.code).toBe(
      'unknown_type',
    );
    await asker.close();
  });
});
