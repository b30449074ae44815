import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { canBecome, ORDER_STATES } from '../../../../src/boxoffice/orders/order-states.js';

/** Written down a second time, so that a change of the table is one on purpose. */
const ALLOWED = [
  'draft → awaiting_payment',
  'draft → cancelled',
  'awaiting_payment → paid',
  'awaiting_payment → expired',
  'awaiting_payment → cancelled',
  'paid → fulfilled',
  'paid → refunded',
  'fulfilled → partly_refunded',
  'fulfilled → refunded',
  'partly_refunded → refunded',
  'expired → paid',
];
const PAIRS = ORDER_STATES.flatMap((from) => ORDER_STATES.map((to) => [from, to] as const));

it.each(PAIRS)('an order that is %s can become %s only as the table says', (from, to) => {
  expect(canBecome(from, to)).toBe(ALLOWED.includes(`${from} → ${to}`));
});

it('the trigger of Postgres has the same table', () => {
  const sql = readFileSync('sql/0028_order_states.sql', 'utf8');
  const [, pairs = ''] = /NOT \(OLD\.state, NEW\.state\) IN \(([\s\S]*?)\n {2}\)/.exec(sql) ?? [];
  const listed = [...pairs.matchAll(/\('(\w+)', '(\w+)'\)/g)].map(([, from, to]) => `${from} → ${to}`);
  expect(listed.sort()).toEqual([...ALLOWED].sort());
});
