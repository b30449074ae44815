/** How people come to a cinema's server: the first administrator, its staff, and customers. */
import type { Person } from './person.js';

export const PASSWORD = 'three green bottles on a wall';

/** Resolves with the token of the newest mailed link of an address. */
type MailedToken = (email: string) => Promise<string>;

/** By the link in a mail: chooses a password, logs in, and enrols a second factor. */
export async function hire(admin: Person, person: Person, role: 'staff' | 'manager', mailedToken: MailedToken) {
  const email = `${role}@cinema.example`;
  await admin.done('POST', '/v1/admin/accounts', { email, name: role, role });
  const token = await mailedToken(email);
  await person.done('POST', '/v1/password-resets/confirm', { token, password: PASSWORD });
  await person.logIn(email, PASSWORD);
  await person.enrol();
}

/** A guest signs up, and confirms the address by the link in the mail. */
export async function signUp(person: Person, email: string, mailedToken: MailedToken): Promise<void> {
  const { session } = await person.done<{ session: string }>('POST', '/v1/sessions');
  await person.done('POST', '/v1/accounts', { email, password: PASSWORD, guestSession: session });
  const token = await mailedToken(email);
  const joined = await person.done<{ accessToken: string }>('POST', '/v1/accounts/confirm', {
    token,
    password: PASSWORD,
  });
  person.token = joined.accessToken;
}
