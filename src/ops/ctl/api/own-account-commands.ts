import type { ApiCommand } from './api-command.js';
import { readSecretFile } from './secret-file.js';

interface LoggedIn {
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly lacksSecondFactor: boolean;
}
interface Confirmed {
  readonly recoveryCodes: readonly string[];
  readonly accessToken: string;
}

const PASSWORD = { value: '<file>', about: 'its first line is the password', required: true } as const;
/** The access token is on a line of its own, so that `tail -1` has it. */
const LASTS = 'Give the access token as --key to other commands. It lasts for some minutes.';

/** From the first start to the first key: what somebody does with their own account. */
export const ownAccountCommands: readonly ApiCommand[] = [
  {
    words: 'set-up',
    operands: ['email'],
    about: 'Makes the first administrator, by the token of setup-link.',
    options: {
      token: { value: '<token>', about: 'what stands behind the # of the link', required: true },
      name: { value: '<name>', about: 'of the person', required: true },
      'password-file': PASSWORD,
    },
    run: async ({ api, operand, value }) => {
      const password = await readSecretFile(value('password-file'));
      const body = { token: value('token'), email: operand('email'), name: value('name'), password };
      const { body: made } = await api.ask<{ email: string }>({ method: 'POST', path: '/v1/setup', body });
      return {
        ok: true,
        json: made,
        lines: [`${made.email} is the administrator. Log in, and set up a second factor.`],
      };
    },
  },
  {
    words: 'log-in',
    operands: ['email'],
    about: 'Logs in, and shows an access token.',
    options: {
      'password-file': PASSWORD,
      code: { value: '<code>', about: 'of the authenticator app, or a recovery code' },
    },
    notes: [LASTS],
    run: async ({ api, operand, value }) => {
      const [password, code] = [await readSecretFile(value('password-file')), value('code')];
      const body = { email: operand('email'), password, ...(code === undefined ? {} : { code }) };
      const { body: tokens } = await api.ask<LoggedIn>({ method: 'POST', path: '/v1/log-ins', body });
      const hint = tokens.lacksSecondFactor
        ? ['The role needs a second factor: ctl totp begin, with this as --key.']
        : [];
      return { ok: true, json: tokens, lines: [...hint, tokens.accessToken] };
    },
  },
  {
    words: 'totp begin',
    about: 'Makes a secret for an authenticator app of your own.',
    notes: ['Acts for the account whose access token is given as --key.'],
    run: async ({ api }) => {
      const { body } = await api.ask<{ secret: string; uri: string }>({ method: 'POST', path: '/v1/me/totp' });
      const lines = ['Add this to the app, then run "ctl totp confirm" with a code of it:', body.secret, body.uri];
      return { ok: true, json: body, lines };
    },
  },
  {
    words: 'totp confirm',
    operands: ['code'],
    about: 'Puts the app into use, and shows recovery codes and a new access token.',
    notes: ['Acts for the account whose access token is given as --key.', LASTS],
    run: async ({ api, operand }) => {
      const request = { method: 'POST', path: '/v1/me/totp/confirm', body: { code: operand('code') } } as const;
      const { body } = await api.ask<Confirmed>(request);
      const lines = [
        'Keep these recovery codes; each stands in for the app once:',
        ...body.recoveryCodes,
        body.accessToken,
      ];
      return { ok: true, json: body, lines };
    },
  },
];
