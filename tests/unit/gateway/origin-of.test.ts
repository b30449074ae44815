import { expect, it } from 'vitest';
import { originOf } from '../../../src/gateway/origin-of.js';
import { clientAddress } from '../../../src/http/client-address.js';

const guest = { holder: 'guest:1', role: 'guest' } as const;
const addressOf = (peer: string) => originOf({ ...guest, address: clientAddress(peer, '', 0) })?.address;

it('[LIMIT-4] an address is that of IPv4, and the network of a line at home of IPv6', () => {
  expect(addressOf('203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf('2001:db8:1:2:3:4:5:6')).toBe(addressOf('2001:db8:1:2::9'));
  expect(addressOf('2001:db8:1:3::9')).not.toBe(addressOf('2001:db8:1:2::9'));
  expect(addressOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
});

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.0.1',
  '::1',
  'fd00::1',
  'fe80::1',
])('[LIMIT-4] %s is of a private network, and nobody is counted by it', (address) => {
  expect(addressOf(address)).toBeUndefined();
});

it('[LIMIT-4] what a proxy writes in place of an address is counted as one', () => {
  expect(originOf({ ...guest, address: 'unknown' })?.address).toBe('unknown');
});

it('[LIMIT-5] staff have no origin, unless their second factor is missing', () => {
  const staff = { holder: 'staff', role: 'staff', accountId: 'a', address: '203.0.113.9' } as const;
  expect(originOf(staff)).toBeUndefined();
  expect(originOf({ ...staff, lacksSecondFactor: true })).toEqual({ account: 'a', address: '203.0.113.9' });
  expect(originOf({ ...staff, role: 'customer' })).toEqual({ account: 'a', address: '203.0.113.9' });
});
