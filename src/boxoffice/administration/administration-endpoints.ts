import type { Endpoint } from '../../http/endpoint.js';
import { accountActEndpoints } from './account-acts.js';
import type { AdminParts } from './admin-parts.js';
import { managedAccountEndpoints } from './managed-accounts.js';
import { setupEndpoint } from './setup-endpoint.js';
import { setupPageEndpoint } from './setup-page.js';

/** The first start, and what administrators do with accounts. */
export function administrationEndpoints(parts: AdminParts): readonly Endpoint[] {
  return [setupEndpoint(parts), setupPageEndpoint(), ...managedAccountEndpoints(parts), ...accountActEndpoints(parts)];
}
