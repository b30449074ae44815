import type { Endpoint } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';

const RETRY_AFTER_MS = 1_000;
/**
 * Use something up, which a repeat finds used: where Postgres goes away while they commit, nobody knows whether they did, and
 * `internal` says so.
 */
const UNREPEATABLE: readonly string[] = ['confirmSignUp', 'changePassword', 'setPassword'];

/**
 * Has endpoints answer `unavailable` while Postgres is away, so that a client keeps its session and tries again. Everything that
 * may be repeated: log-ins, refreshes, log-outs, reads, and mails that somebody asks for.
 * @param isAway whether an error says that Postgres does not answer
 */
export function retryableWhileAway(
  endpoints: readonly Endpoint[],
  isAway: (error: unknown) => boolean,
  log: Log,
  part: 'accounts' | 'tickets' | 'waitlist' | 'orders' | 'returns' = 'accounts',
): readonly Endpoint[] {
  return endpoints.map((endpoint) => {
    if (UNREPEATABLE.includes(endpoint.id)) return endpoint;
    const handle: Endpoint['handle'] = async (request) => {
      try {
        return await endpoint.handle(request);
      } catch (error) {
        // A bug of ours is not that Postgres is away, and is not mended by trying again.
        if (error instanceof TypeError || error instanceof RangeError || !isAway(error)) throw error;
        const fields = { event: `${part}.postgres_away`, err: error, endpoint: endpoint.id };
        log.warn(fields, 'Postgres did not answer. The client was told to try again.');
        const message = `The ${part} cannot be read at the moment.`;
        return { ok: false, error: wireError('unavailable', message, { retryAfterMs: RETRY_AFTER_MS }) };
      }
    };
    return { ...endpoint, errors: [...endpoint.errors, 'unavailable'], handle };
  });
}
