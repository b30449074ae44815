import { type WireError, wireError } from '../../protocol/errors.js';
import type { LiveContext } from './live-context.js';

/** Counts a new socket of an address; the error where it has too many. A socket that cannot be counted is let in. */
export async function refuseTooMany(
  { rates, log }: Pick<LiveContext, 'rates' | 'log'>,
  address: string,
): Promise<WireError | undefined> {
  try {
    const retryAfterMs = await rates.consume('sockets', address);
    if (retryAfterMs === undefined) return undefined;
    return wireError('rate_limited', 'Too many new connections of one address.', { retryAfterMs });
  } catch (error) {
    log.error({ event: 'socket.not_counted', err: error }, 'a socket could not be counted, and is let in');
    return undefined;
  }
}
