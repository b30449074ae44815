import { BlockList, isIPv6 } from 'node:net';
import type { Origin } from '../core/limits/limit-rules.js';
import { allows, type Caller } from '../http/access.js';

/**
 * Whom a command counts for, where limits are by account and address. Staff are exempt: they sell to everybody. An address
 * of a private network names no customer but a proxy that is not counted in PROXY_HOPS, a till or a test: no limit goes
 * by it, since else such a proxy would end the sale for all.
 */
export function originOf(caller: Caller): Origin | undefined {
  if (allows(caller, 'seats.staff')) return undefined;
  const { accountId, address } = caller;
  const isNowhere = address === undefined || isPrivate(address);
  if (accountId === undefined && isNowhere) return NOWHERE;
  return { account: accountId, address: isNowhere ? undefined : address };
}

const NOWHERE: Origin = {};

/** RFC 1918, 6598, 4193; loopback and link-local. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv6');
}

// The loopback, as the network that it is counted by. No subnet: that would have all of IPv4 in it.
PRIVATE.addAddress('::', 'ipv6');

/** A buyer asks again and again, and Node parses an address anew for each check. */
const known = new Map<string, boolean>();
const KNOWN_MAX = 10_000;

/** `address` as `clientAddress` writes it: an IPv4 address, or the network of an IPv6 one with its length. */
function isPrivate(address: string): boolean {
  const before = known.get(address);
  if (before !== undefined) return before;
  const [network = ''] = address.split('/');
  const found = PRIVATE.check(network, isIPv6(network) ? 'ipv6' : 'ipv4');
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(address, found);
  return found;
}
