import { type AccountRole, allows, type Caller, ROLE_PERMISSIONS } from '../../http/access.js';
import { type WireError, wireError } from '../../protocol/errors.js';

/**
 * The error for a caller who may not give, take or touch this role; undefined: they may. Nobody makes an account that can do
 * more than they can: every permission of the role must be theirs. API keys have no role, and so are bounded as well.
 */
export function refuseRank(caller: Caller, role: AccountRole): WireError | undefined {
  if (ROLE_PERMISSIONS[role].every((permission) => allows(caller, permission))) return undefined;
  return wireError('forbidden', `The role ${role} has permissions that you do not have.`);
}
