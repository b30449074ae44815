import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { sessionSchema } from '../../protocol/http.js';
import { type IsOn, switchedOff } from '../parts.js';
import type { Tokens } from '../tokens.js';

/** Sessions of guests. */
export function sessionEndpoints(tokens: Pick<Tokens, 'guest'>, isOn: IsOn): readonly Endpoint[] {
  return [
    endpoint({
      id: 'createGuestSession',
      method: 'POST',
      path: '/v1/sessions',
      summary: 'Makes a new guest, and a session for it.',
      tag: 'Sessions',
      access: 'public',
      rate: 'sessions',
      parameters: {},
      refused: () => (isOn('new_sessions') ? undefined : switchedOff('new_sessions')),
      status: 201,
      reply: sessionSchema,
      errors: ['unavailable'],
      handle: () => {
        const { session, holder, expiresAt } = tokens.guest();
        return { ok: true, body: { session, holder, expiresAt } };
      },
    }),
  ];
}
