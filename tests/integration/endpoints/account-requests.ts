import { PASSWORD, tokenIn } from '../accounts/people.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** A right request of each endpoint of accounts, log-ins and passwords. */
export const accountRequests: Requests = {
  signUp: async (cinema) => ({ body: { email: `${cinema.newId()}@example.org`, password: PASSWORD } }),
  confirmSignUp: async (cinema) => ({ body: { ...(await cinema.signedUp()), password: PASSWORD } }),
  logIn: async (cinema) => ({ body: { email: (await cinema.person()).email, password: PASSWORD } }),
  refreshSession: async (cinema) => ({ body: { refreshToken: (await cinema.person()).logIn.refreshToken } }),
  askForPassword: async (cinema) => ({ body: { email: (await cinema.person()).email } }),
  setPassword: async (cinema) => {
    const { email } = await cinema.person();
    await cinema.site.ask('POST', '/v1/password-resets', { email });
    return { body: { token: tokenIn(await cinema.site.mail(email, 2)), password: 'another horse battery' } };
  },
};
