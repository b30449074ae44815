import { wholeNumber } from '../../option-values.js';
import type { ApiCommand } from './api-command.js';
import { listed } from './listed.js';

interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly expiresAt: string | null;
  readonly secrets: readonly { readonly hint: string; readonly lastUsedAt: string | null }[];
}
type NewApiKey = ApiKey & { readonly secret: string };
interface ApiKeys {
  readonly apiKeys: readonly ApiKey[];
  readonly next?: string;
}

const HOUR_S = 3_600;
const OVERLAP_H_MAX = 168;

export const keyCommands: readonly ApiCommand[] = [
  {
    words: 'key add',
    operands: ['name'],
    about: 'Makes an API key, and shows its secret once.',
    options: {
      allow: { value: '<permission>', about: 'such as catalogue.edit', required: true, several: true },
      expires: { value: '<time>', about: 'such as 2030-01-31T00:00:00Z; else it does not expire' },
    },
    notes: [
      'A key gets only permissions that the key you act with has. With --json the secret is the member "secret".',
    ],
    run: async ({ api, operand, value, values }) => {
      const expiresAt = value('expires');
      const body = {
        ...{ name: operand('name'), permissions: values('allow') },
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
      const { body: key } = await api.ask<NewApiKey>({ method: 'POST', path: '/v1/api-keys', body });
      return {
        ok: true,
        json: key,
        lines: [`Made the key ${key.id}. Keep its secret; nobody can show it again:`, key.secret],
      };
    },
  },
  {
    words: 'key list',
    about: 'Lists API keys, without their secrets.',
    run: async ({ api }) => {
      const keys = await api.all<ApiKeys, ApiKey>('/v1/api-keys', {}, (page) => page.apiKeys);
      return listed('keys', keys, {
        ...{ ID: ({ id }) => id, NAME: ({ name }) => name },
        SECRETS: ({ secrets }) => secrets.map(({ hint }) => `…${hint}`).join(' '),
        'LAST USED': ({ secrets }) =>
          secrets
            .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
            .sort()
            .at(-1) ?? 'never',
        EXPIRES: ({ expiresAt }) => expiresAt ?? 'never',
        PERMISSIONS: ({ permissions }) => permissions.join(' '),
      });
    },
  },
  {
    words: 'key rotate',
    operands: ['key'],
    about: 'Gives a key a new secret, and shows it once.',
    options: { overlap: { value: '<hours>', about: 'for how long the secret before it counts too (24)' } },
    run: async ({ api, operand, value }) => {
      const hours = wholeNumber('--overlap', value('overlap'), 24, 0, OVERLAP_H_MAX);
      const path = `/v1/api-keys/${encodeURIComponent(operand('key'))}/rotate`;
      const body = { overlapSeconds: hours * HOUR_S };
      const { body: key } = await api.ask<NewApiKey>({ method: 'POST', path, body });
      const lines = [`The secret before this one counts for ${hours} more hours. The new one:`, key.secret];
      return { ok: true, json: key, lines };
    },
  },
  {
    words: 'key revoke',
    operands: ['key'],
    about: 'Revokes a key with all its secrets: within seconds no node takes it.',
    run: async ({ api, operand }) => {
      const id = operand('key');
      await api.ask<string>({ method: 'DELETE', path: `/v1/api-keys/${encodeURIComponent(id)}` });
      return { ok: true, json: { id }, lines: [`Revoked the key ${id}.`] };
    },
  },
];
