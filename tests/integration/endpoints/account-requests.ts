import { generateSync } from 'otplib';
import { offerSetupLink } from '../../../src/boxoffice/administration/setup-link.js';
import { PASSWORD, tokenIn } from '../accounts/people.js';
import { SECRET, sign } from '../gateway/sign.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

const NEW_PASSWORD = 'another horse battery';

/** A right request of each endpoint of accounts, log-ins and passwords. */
const ownRequests: Requests = {
  signUp: async (cinema) => ({ body: { email: cinema.newEmail(), password: PASSWORD } }),
  confirmSignUp: async (cinema) => ({ body: { ...(await cinema.signedUp()), password: PASSWORD } }),
  logIn: async (cinema) => ({ body: { email: (await cinema.person()).email, password: PASSWORD } }),
  refreshSession: async (cinema) => ({ body: { refreshToken: (await cinema.person()).refreshToken } }),
  logOut: (cinema) => cinema.person(),
  logOutEverywhere: (cinema) => cinema.person(),
  getProfile: (cinema) => cinema.person(),
  changeProfile: async (cinema) => ({ ...(await cinema.person()), body: { name: 'Ada' } }),
  listOwnBookings: (cinema) => cinema.person(),
  cancelOwnBooking: async (cinema) => {
    const { session } = await cinema.person();
    const { booking } = await cinema.booked(session);
    return { session, path: { bookingId: booking.id } };
  },
  changePassword: async (cinema) => ({
    ...(await cinema.person()),
    body: { oldPassword: PASSWORD, password: NEW_PASSWORD },
  }),
  askForPassword: async (cinema) => ({ body: { email: (await cinema.person()).email } }),
  setPassword: async (cinema) => {
    const { email } = await cinema.person();
    await cinema.site.ask('POST', '/v1/password-resets', { email });
    return { body: { token: tokenIn(await cinema.site.mail(email, 2)), password: NEW_PASSWORD } };
  },
  beginTotp: (cinema) => cinema.person(),
  confirmTotp: async (cinema) => {
    const { session } = await cinema.person();
    const { secret } = await cinema.post<{ secret: string }>('/v1/me/totp', {}, session);
    return { session, body: { code: generateSync({ secret }) } };
  },
  removeTotp: async (cinema) => ({ session: await enrolled(cinema), body: { password: PASSWORD } }),
  renewRecoveryCodes: async (cinema) => ({ session: await enrolled(cinema), body: { password: PASSWORD } }),
};

/** A right request of each endpoint of administrators. */
const adminRequests: Requests = {
  getSetupPage: async () => ({}),
  getAccountPage: async () => ({}),
  setUp: async (cinema) => {
    const { pool } = cinema.stage;
    await pool.query("UPDATE boxoffice.accounts SET disabled_at = now() WHERE role = 'admin'");
    const link = await offerSetupLink(pool, SECRET);
    return { body: { token: link?.token, email: cinema.newEmail(), name: 'Olga', password: PASSWORD } };
  },
  listAccounts: async () => ({}),
  getAccount: async (cinema) => ({ path: { accountId: (await cinema.person()).accountId } }),
  addAccount: async (cinema) => ({ body: { email: cinema.newEmail(), name: 'Stan', role: 'staff' } }),
  changeAccount: async (cinema) => ({
    path: { accountId: (await cinema.person()).accountId },
    body: { role: 'staff' },
  }),
  disableAccount: async (cinema) => ({ path: { accountId: (await cinema.person()).accountId } }),
  enableAccount: async (cinema) => ({ path: { accountId: (await cinema.person()).accountId } }),
  endSessionsOfAccount: async (cinema) => ({ path: { accountId: (await cinema.person()).accountId } }),
  resetSecondFactor: async (cinema) => {
    const { session, accountId } = await cinema.person();
    await enrolled(cinema, session);
    return { path: { accountId } };
  },
  addApiKey: async () => ({ body: { name: 'programme', permissions: ['catalogue.edit'] } }),
  listApiKeys: async () => ({}),
  rotateApiKey: async (cinema) => ({ path: { keyId: await madeKey(cinema) }, body: { overlapSeconds: 60 } }),
  revokeApiKey: async (cinema) => ({ path: { keyId: await madeKey(cinema) } }),
  listAuditLog: async () => ({}),
};

export const accountRequests: Requests = { ...ownRequests, ...adminRequests };

/** A session of somebody whose app is set up; a new person's where none is given. */
async function enrolled(cinema: Cinema, session?: string): Promise<string> {
  const by = session ?? (await cinema.person()).session;
  const { secret } = await cinema.post<{ secret: string }>('/v1/me/totp', {}, by);
  const code = generateSync({ secret });
  return (await cinema.post<{ accessToken: string }>('/v1/me/totp/confirm', { code }, by)).accessToken;
}

async function madeKey(cinema: Cinema): Promise<string> {
  const by = await sign('user:admin', { role: 'admin' });
  const key = { name: 'programme', permissions: ['catalogue.edit'] };
  return (await cinema.post<{ id: string }>('/v1/api-keys', key, by)).id;
}
