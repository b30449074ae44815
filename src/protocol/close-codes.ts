/**
 * Why the server closed a socket. The range says what a client does: 4000–4099 stop, 4100–4199 back off and try again,
 * 4200–4299 reconnect now (with jitter). Any other code (1006, 1001, …) is a lost connection: reconnect with backoff.
 */
export const CLOSE = {
  /** The first frame was not a `hello`, or a second one came. */
  protocolError: 4000,
  /** The token is malformed, forged, expired, or for another audience. */
  unauthorized: 4001,
  /** The log-in, account or API key that the socket joined by was revoked, or its rights changed. */
  revoked: 4002,
  /** There is no such showtime. */
  unknownShowtime: 4004,
  /** Frames kept coming faster than the limits, after having been told. */
  flooding: 4100,
  /** The node has no room, or cannot load the showtime now. */
  overloaded: 4101,
  /** No `hello` within the deadline. */
  helloTimeout: 4102,
  /** The node is going away. */
  draining: 4200,
  /** The showtime lives under a new epoch; connect again for a snapshot. */
  epochChanged: 4201,
  /** The showtime lives on another node; `moved`, where it came before, said on which. */
  moved: 4203,
  /** The client read so slowly that a reply to it could not be delivered. */
  tooSlow: 4202,
} as const;

export type CloseAdvice = 'stop' | 'back-off' | 'reconnect';

/** What a client does after a close with this code. 1009 (frame too large) is the client's own fault: stop. */
export function adviceForClose(code: number): CloseAdvice {
  if (code === 1009 || (code >= 4000 && code < 4100)) return 'stop';
  if (code >= 4200 && code < 4300) return 'reconnect';
  return 'back-off';
}
