import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ownHost } from '../../../src/adapters/direct/own-host.js';

function at(address: string, internal = false): NetworkInterfaceInfo {
  const rest = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
}
const LOOPBACK = { lo: [at('127.0.0.1', true), at('::1', true)] };

test.each([
  ['no network but the loopback', LOOPBACK, '127.0.0.1'],
  ['a private network', { ...LOOPBACK, eth0: [at('10.1.2.3'), at('fd00::7')] }, '10.1.2.3'],
  ['a public network before a private one', { eth0: [at('203.0.113.9')], eth1: [at('192.168.7.1')] }, '192.168.7.1'],
  ['public networks alone', { ...LOOPBACK, eth0: [at('203.0.113.9'), at('2001:db8::1')] }, '127.0.0.1'],
  ['a bridge of containers before a network', { docker0: [at('172.17.0.1')], eth0: [at('172.20.0.5')] }, '172.20.0.5'],
  ['a private network of IPv6 alone', { ...LOOPBACK, eth0: [at('fe80::1'), at('fd12:3456::1')] }, 'fd12:3456::1'],
  ['what looks private and is not', { eth0: [at('172.32.0.1')], eth1: [at('100.128.0.1')] }, '127.0.0.1'],
])('with %s a node listens for others at %o', (_, interfaces, host) => {
  expect(ownHost(interfaces)).toBe(host);
});
