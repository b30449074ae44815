import { Misuse } from '../../misuse.js';
import type { Report } from '../report.js';
import type { ApiClient } from './api-client.js';
import type { ApiCommand, Invocation, Option } from './api-command.js';
import { listed } from './listed.js';
import { readSecretFile } from './secret-file.js';

interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: string;
  readonly disabledAt?: string;
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
}
interface Accounts {
  readonly accounts: readonly Account[];
  readonly next?: string;
}

const ROLE: Option = { value: '<role>', about: 'customer, staff, manager or admin' };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const WHO = ['<user> is an e-mail address or the id of an account.'];

export const userCommands: readonly ApiCommand[] = [
  {
    words: 'user add',
    operands: ['email'],
    about: 'Makes an account.',
    options: {
      name: { value: '<name>', about: 'of the person', required: true },
      role: { ...ROLE, required: true },
      'password-file': { value: '<file>', about: 'its first line is the password; else its owner is mailed a link' },
    },
    notes: ['A key makes accounts only of roles whose permissions it has itself.'],
    run: add,
  },
  {
    words: 'user list',
    about: 'Lists accounts in the order in which they were made.',
    options: { email: { value: '<start>', about: 'only addresses that begin with this' }, role: ROLE },
    run: async ({ api, value }) => {
      const query = { email: value('email'), role: value('role') };
      const accounts = await api.all<Accounts, Account>('/v1/admin/accounts', query, (page) => page.accounts);
      return listed('accounts', accounts, {
        ...{ EMAIL: ({ email }) => email, NAME: ({ name }) => name, ROLE: ({ role }) => role },
        'SECOND FACTOR': ({ hasSecondFactor }) => (hasSecondFactor ? 'yes' : 'no'),
        STATE: ({ disabledAt, hasPassword }) => (disabledAt ? 'disabled' : hasPassword ? 'active' : 'no password yet'),
        ID: ({ id }) => id,
      });
    },
  },
  {
    words: 'user role',
    operands: ['user', 'role'],
    about: 'Gives an account another role.',
    notes: WHO,
    run: async ({ api, operand }) => {
      const { body, etag } = await find(api, operand('user'));
      const request = {
        method: 'PATCH',
        path: `/v1/admin/accounts/${body.id}`,
        body: { role: operand('role') },
      } as const;
      const { body: after } = await api.ask<Account>({ ...request, ...(etag === undefined ? {} : { ifMatch: etag }) });
      return { ok: true, json: after, lines: [`${after.email} is ${after.role} now.`] };
    },
  },
  act('user disable', 'Ends all log-ins of an account, and refuses new ones.', 'disable', 'is disabled'),
  act('user enable', 'Lets the owner of a disabled account log in again.', 'enable', 'can log in again'),
  act('user log-out', 'Ends all log-ins of an account.', 'end-sessions', 'is logged out everywhere'),
  act(
    'user reset-totp',
    'Removes the second factor of somebody who has lost it.',
    'totp/reset',
    'has no second factor any more',
  ),
];

function act(words: string, about: string, path: string, done: string): ApiCommand {
  return {
    ...{ words, operands: ['user'], about, notes: WHO },
    run: async ({ api, operand }) => {
      const { body } = await find(api, operand('user'));
      const { body: after } = await api.ask<Account>({ method: 'POST', path: `/v1/admin/accounts/${body.id}/${path}` });
      return { ok: true, json: after, lines: [`${after.email} ${done}.`] };
    },
  };
}

async function add({ api, operand, value }: Invocation): Promise<Report> {
  const file = value('password-file');
  const body = {
    ...{ email: operand('email'), name: value('name'), role: value('role') },
    ...(file === undefined ? {} : { password: await readSecretFile(file) }),
  };
  const { body: account } = await api.ask<Account>({ method: 'POST', path: '/v1/admin/accounts', body });
  const next = account.hasPassword ? '' : ' A link to set a password was mailed.';
  return { ok: true, json: account, lines: [`Made the account ${account.email} (${account.role}).${next}`] };
}

/** @throws Misuse, ApiFailure */
async function find(
  api: ApiClient,
  who: string,
): Promise<{ readonly body: Account; readonly etag: string | undefined }> {
  if (UUID.test(who)) return await api.get<Account>(`/v1/admin/accounts/${who}`);
  const email = who.trim().toLowerCase();
  const accounts = await api.all<Accounts, Account>('/v1/admin/accounts', { email }, (page) => page.accounts);
  const found = accounts.find((account) => account.email === email);
  if (!found) throw new Misuse(`There is no account with the e-mail address ${who}.`);
  return await api.get<Account>(`/v1/admin/accounts/${found.id}`);
}
