import { adviceForClose, CLOSE } from '../../src/protocol/close-codes.js';
import { type ClientError, clientError } from './results.js';

/** Why the socket closed, where the server sent no `error` frame before it. */
export function errorForClose(code: number, reason: string): ClientError {
  const message = `Closed: ${code} ${reason}`;
  if (code === CLOSE.unauthorized || code === CLOSE.revoked) return clientError('unauthorized', message);
  if (code === CLOSE.unknownShowtime) return clientError('unknown_showtime', message);
  return clientError(adviceForClose(code) === 'stop' ? 'bad_message' : 'unavailable', message);
}
