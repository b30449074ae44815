import type { Endpoint } from '../../http/endpoint.js';
import { accountPageEndpoint } from './account-page.js';
import type { AccountParts } from './account-parts.js';
import { logInEndpoints } from './log-in-endpoints.js';
import { ownBookingsEndpoint } from './own-bookings.js';
import { passwordEndpoints } from './password-endpoints.js';
import { profileEndpoints } from './profile-endpoints.js';
import { signUpEndpoints } from './sign-up-endpoints.js';

export function accountEndpoints(parts: AccountParts): readonly Endpoint[] {
  return [
    accountPageEndpoint(),
    ...signUpEndpoints(parts),
    ...logInEndpoints(parts),
    ...passwordEndpoints(parts),
    ...profileEndpoints(parts),
    ownBookingsEndpoint(parts.pool),
  ];
}
