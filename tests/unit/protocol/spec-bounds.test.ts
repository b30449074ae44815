/** The bounds of fields: the last value that is taken, and the first that is not. */
import { expect, it } from 'vitest';
import { readClientFrame } from '../../../src/protocol/read-client-frame.js';

const id = '0b6ff3a5-7e0f-4b8e-9a55-0c0f6d9e4d11';
const envelope = { id: 1, commandId: id };
const text = (length: number) => 'x'.repeat(length);
const seats = (count: number) => Array.from({ length: count }, (_, i) => `A-${i}`);

/** undefined where it is taken, else the field that is refused. */
function refused(message: object): string | undefined {
  const read = readClientFrame(new TextEncoder().encode(JSON.stringify(message)).buffer, false);
  if (read.ok) return undefined;
  expect(read.error.code).toBe('invalid_field');
  return read.error.field;
}

const hold = (labels: unknown) => ({ type: 'hold', ...envelope, seats: labels });
const best = (more: object) => ({ type: 'best_available', ...envelope, count: 1, ...more });
const block = (reason: string) => ({ type: 'block', ...envelope, seats: ['A-1'], reason });
const price = { amount: 0, currency: 'EUR' };
const book = (token: string) => ({ type: 'book', ...envelope, holdId: id, price, payment: { method: 'test', token } });
const priced = (more: object) => ({ ...book(''), price: { ...price, ...more } });

it.each([
  ['seats', [hold(seats(1)), hold(seats(100))], [hold([]), hold(seats(101))]],
  ['seats[0]', [hold([text(1)]), hold([text(64)])], [hold(['']), hold([text(65)])]],
  [
    'count',
    [best({ count: 1 }), best({ count: 100 })],
    [best({ count: 0 }), best({ count: 101 }), best({ count: 1.5 })],
  ],
  ['zone', [best({ zone: text(64) })], [best({ zone: '' }), best({ zone: text(65) })]],
  ['category', [best({ category: text(64) })], [best({ category: '' }), best({ category: text(65) })]],
  ['token', [{ type: 'hello', token: text(4096) }], [{ type: 'hello', token: text(4097) }]],
  ['reason', [block(''), block(text(255))], [block(text(256))]],
  [
    'price.amount',
    [priced({ amount: 0 }), priced({ amount: Number.MAX_SAFE_INTEGER })],
    [priced({ amount: -1 }), priced({ amount: 0.5 }), priced({ amount: 2 ** 53 })],
  ],
  ['price.currency', [priced({ currency: 'JPY' })], [priced({ currency: 'eur' }), priced({ currency: 'EURO' })]],
  ['payment.token', [book(text(255))], [book(text(256))]],
  [
    'id',
    [
      { type: 'ping', id: 0 },
      { type: 'ping', id: Number.MAX_SAFE_INTEGER },
    ],
    [
      { type: 'ping', id: -1 },
      { type: 'ping', id: 2 ** 53 },
    ],
  ],
])('[PROTO-5] %s', (field, taken, outside) => {
  expect(taken.map(refused)).toEqual(taken.map(() => undefined));
  expect(outside.map(refused)).toEqual(outside.map(() => field));
});
