import type { HttpRequest } from 'uWebSockets.js';
import { isIPv6 } from 'node:net';

const HEADER = 'x-forwarded-for';

/**
 * The entries of all `X-Forwarded-For` lines as one list. A proxy may add a line of its own in place of going on with the
 * one that it got, and of several lines `getHeader` gives the first: the client's own. In the turn of the request only.
 */
export function forwardedFor(req: HttpRequest): string {
  // Behind no proxy there is none, and nothing to look through.
  if (req.getHeader(HEADER) === '') return '';
  const lines: string[] = [];
  req.forEach((name, value) => {
    if (name === HEADER) lines.push(value);
  });
  return lines.join(',');
}

/**
 * The address that the outermost of our proxies saw. What stands further left in `X-Forwarded-For` is the client's own
 * word, and counts for nothing: else anybody could have as many addresses as they like. For the same reason it has no
 * port, and of IPv6 it is the network of 64 bits: a line at home has one, with 2^64 addresses in it.
 */
export function clientAddress(peer: string, forwarded: string, proxyHops: number): string {
  const seen = (proxyHops === 0 ? '' : forwarded.split(',').at(-proxyHops)?.trim()) || peer;
  const [, six = seen] = /^\[([^\]]*)\](?::\d+)?$/.exec(seen) ?? [];
  if (isIPv6(six)) return networkOf(six);
  return seen.replace(/^([\d.]+):\d+$/, '$1').slice(0, TEXT_MAX);
}

/** Proxies write `unknown` and the like too; longer than any address, it is nobody's. */
const TEXT_MAX = 64;

function networkOf(address: string): string {
  // Written as RFC 5952 wants it, whoever wrote it: in small letters, without leading zeros, with one `::`.
  const { hostname } = new URL(`http://[${address.split('%')[0]}]`);
  const [, high, low] = /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(hostname) ?? [];
  if (high !== undefined && low !== undefined) {
    return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join('.');
  }
  const [before = '', after = ''] = hostname.slice(1, -1).split('::');
  const [first, last] = [before, after].map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [
    ...(first ?? []),
    ...Array(8 - (first?.length ?? 0) - (last?.length ?? 0)).fill('0'),
    ...(last ?? []),
  ];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
