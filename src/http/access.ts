import { type WireError, wireError } from '../protocol/errors.js';

/** What a role or an API key lets somebody do. */
export const PERMISSIONS = [
  'catalogue.edit',
  'halls.edit',
  'showtimes.edit',
  /** Block, reseat, take a hold away, allocations, history, acting for a customer. */
  'seats.staff',
  'bookings.read',
  /** Sell at the counter: orders for customers, cash, and refunds. */
  'orders.staff',
  /** Let people in, and print their tickets. */
  'tickets.check_in',
  /** Takings, refunds and occupancy. */
  'reports.read',
  'accounts.manage',
  'keys.manage',
  /** Whom the house tells what happened, and what became of that. */
  'webhooks.manage',
  /** Vouchers, and how often they were used. */
  'vouchers.manage',
  /** What follows from events and was given up: read it, have it tried again, drop it. */
  'jobs.manage',
  'audit.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** The roles that an account can have; each has the permissions of those before it. */
export const ACCOUNT_ROLES = ['customer', 'staff', 'manager', 'admin'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** `key`: an API key, which has the permissions that it was given and no others. */
export type Role = 'guest' | 'key' | AccountRole;

const STAFF = ['seats.staff', 'bookings.read', 'orders.staff', 'tickets.check_in'] as const;
const MANAGER = [...STAFF, 'catalogue.edit', 'halls.edit', 'showtimes.edit', 'reports.read', 'audit.read'] as const;
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  guest: [],
  customer: [],
  key: [],
  staff: STAFF,
  manager: MANAGER,
  admin: PERMISSIONS,
};

/**
 * Who may call an endpoint. `session`: anybody with a session, a guest too. `account`: only who has an account here. A
 * permission: whose role or API key has it.
 */
export type Access = 'public' | 'session' | 'account' | { readonly permission: Permission };

/** Who sent a request, as their session or API key says. */
export interface Caller {
  /** Whose holds and bookings are theirs: `guest:<uuid>` for signed guests. */
  readonly holder: string;
  readonly role: Role;
  /** Of an API key: what it may do. Absent: what the role may do. */
  readonly permissions?: readonly Permission[] | undefined;
  /** Their account here; guests, API keys and sessions that others signed have none. */
  readonly accountId?: string | undefined;
  /** The log-in that can be revoked. */
  readonly sessionId?: string | undefined;
  /** The role needs a second factor, and the log-in had none: its permissions do not count. */
  readonly lacksSecondFactor?: boolean | undefined;
  /** The API key that was sent. */
  readonly keyId?: string | undefined;
  /** Where the request or the socket came from, as its rate is counted. */
  readonly address?: string | undefined;
}

/** A caller of an endpoint with the access `account`. */
export interface AccountCaller extends Caller {
  readonly accountId: string;
  readonly sessionId: string;
}

/** Who somebody is, as a token says. */
export interface Identity extends Caller {
  /** The token to say so the next time: the same, or a prolonged one. */
  readonly session: string;
  /** Milliseconds since 1970; `Infinity` where the token does not say. */
  readonly expiresAt: number;
  /** Of an account, when the token was issued. The token counts no more once the account has more. */
  readonly grants?: number | undefined;
}

/**
 * The error is `unauthorized`, with a sentence that gives nothing away, or a retryable one where what the token is checked by
 * cannot be read now.
 */
export type Authenticated =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly error: WireError };

/** Checks a session, access token or API key. */
export type Authenticate = (token: string) => Promise<Authenticated>;

/** Whether the caller may do this, now. */
export function allows(caller: Caller, permission: Permission): boolean {
  return whyDenied(caller, permission) === undefined;
}

/** The error for a caller who may not do this, which names the permission; undefined: they may. */
export function whyDenied({ role, permissions, lacksSecondFactor }: Caller, wanted: Permission): WireError | undefined {
  if (!(permissions ?? ROLE_PERMISSIONS[role]).includes(wanted)) {
    return wireError('forbidden', `This needs the permission ${wanted}, which you do not have.`);
  }
  if (!lacksSecondFactor) return undefined;
  const message = `The permission ${wanted} needs a second factor: enrol one by POST /v1/me/totp, and log in with it.`;
  return wireError('second_factor_missing', message);
}
