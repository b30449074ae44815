// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { buyerLink, buyerOf, sessionOf } from '../../../client-sdk/demo/buyer.js';
import { ErrorLine } from '../../../client-sdk/demo/error-line.js';

test.each([
  ['', 1],
  ['?buyer=2', 2],
  ['?buyer=9', 9],
  ['?buyer=10', 1],
  ['?buyer=0', 1],
  ['?buyer=1.5', 1],
  ['?buyer=x', 1],
])('the address %j is of buyer %i', (search, buyer) => {
  expect(buyerOf(search)).toBe(buyer);
});

test('each buyer has a session of its own, and the first the one of before', () => {
  sessionOf(1).save('one');
  sessionOf(2).save('two');
  expect([sessionOf(1).load(), sessionOf(2).load(), sessionOf(3).load()]).toEqual(['one', 'two', undefined]);
  expect(localStorage.getItem('usher.session')).toBe('one');
});

test('the link opens the same page for the other buyer', () => {
  const linkOf = (buyer: number) => buyerLink(buyer, '#/showtimes/x').querySelector('a')?.getAttribute('href');
  expect(linkOf(1)).toBe('/?buyer=2#/showtimes/x');
  expect(linkOf(2)).toBe('/#/showtimes/x');
});

test('an error that may pass goes when the connection is back, another one stays', () => {
  const line = new ErrorLine();
  const error = { code: 'unavailable', message: '', retryable: true, outcome: 'not-applied' } as const;
  const lose = () => {
    line.update(true);
    line.update(false);
  };
  line.say(error);
  line.update(false);
  expect(line.element.hidden).toBe(false);
  lose();
  expect(line.element.hidden).toBe(true);
  line.say({ ...error, code: 'payment_declined', retryable: false });
  lose();
  expect(line.element.hidden).toBe(false);
});
