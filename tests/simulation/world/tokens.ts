import type { Tokens } from '../../../src/gateway/tokens.js';
import type { Authenticate, Identity } from '../../../src/http/access.js';
import type { Ids } from '../../../src/kernel/ids.js';

export const STAFF_TOKEN = 'staff:the house';
const EXPIRES_AT = 4_000_000_000_000;

/** Sessions that every node believes: signing is the platform's, on a thread that no seed rules. */
export function tokens(ids: Ids): Pick<Tokens, 'guest'> {
  return { guest: () => identity(`guest:${ids.uuid()}`) };
}

export const authenticate: Authenticate = async (session) => ({ ok: true, identity: identity(session) });

function identity(session: string): Identity {
  const role = session.startsWith('staff:') ? 'staff' : 'guest';
  return { holder: session, role, session, expiresAt: EXPIRES_AT };
}
