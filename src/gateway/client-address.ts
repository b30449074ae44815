import type { HttpRequest } from 'uWebSockets.js';

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
 * word, and counts for nothing: else anybody could have as many addresses as they like.
 */
export function clientAddress(peer: string, forwarded: string, proxyHops: number): string {
  if (proxyHops === 0) return peer;
  return forwarded.split(',').at(-proxyHops)?.trim() || peer;
}
