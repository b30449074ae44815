import type { Pool } from 'pg';
import { z } from 'zod';
import { allows, PERMISSIONS, type Permission } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import type { Audit } from '../audit/audit.js';
import { edit, refuse, text } from '../catalogue/edit-parts.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import { type ApiKey, findKey, insertKey, listKeys, lockKey, markRevoked, rotateKey } from './api-key-store.js';
import { revoke } from './revocations.js';

const KEYS_PER_PAGE = 100;
const OVERLAP_S_MAX = 7 * 86_400;
const OVERLAP_S = 86_400;

const time = z.iso.datetime();
const secretView = z.object({
  hint: z.string().meta({ description: 'Its last four letters.' }),
  createdAt: time,
  expiresAt: time.nullable().meta({ description: 'null: it counts as long as its key.' }),
  lastUsedAt: time.nullable().meta({ description: 'To the minute; null: it was not used yet.' }),
});
const key = {
  id: z.uuid(),
  name: z.string(),
  permissions: z.array(z.enum(PERMISSIONS)),
  createdBy: z.string().meta({ description: 'The holder who made it.' }),
  createdAt: time,
  expiresAt: time.nullable(),
  secrets: z.array(secretView).meta({ description: 'The newest first; two while the key is rotated.' }),
};
const keyView = z.object(key).meta({ id: 'ApiKey' });
const newKeyView = z
  .object({
    ...key,
    secret: z.string().meta({ description: 'Shown this once. Send it as `Authorization: Bearer …`.' }),
  })
  .meta({ id: 'NewApiKey' });

const newKey = z.strictObject({
  name: text(100).min(1),
  permissions: z
    .array(z.enum(PERMISSIONS))
    .min(1)
    .max(PERMISSIONS.length)
    .refine((all) => new Set(all).size === all.length, 'has a permission twice'),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'is an RFC 3339 time, such as 2026-01-31T20:00:00Z' })
    .optional()
    .meta({ override: { type: 'string', format: 'date-time' }, description: 'Absent: it does not expire.' }),
});
const rotation = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(OVERLAP_S_MAX)
    .default(OVERLAP_S)
    .meta({ description: 'For so long the secret before this one counts too.' }),
});

export interface ApiKeyParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly uuid: () => string;
  /** The wall clock, in milliseconds since 1970. */
  readonly wallMs: () => number;
  /** To be called after a revocation was committed: this node reads it at once. */
  readonly revoked: () => void;
}

/** Keys for programs: made, listed, rotated and revoked by those with the permission `keys.manage`. */
export function apiKeyEndpoints({ pool, audit, uuid, wallMs, revoked }: ApiKeyParts): readonly Endpoint[] {
  const managing = { tag: 'Administration', access: { permission: 'keys.manage' } } as const;
  const one = { ...managing, rate: 'commands', parameters: { keyId: z.uuid() } } as const;
  return [
    endpoint({
      ...managing,
      id: 'addApiKey',
      method: 'POST',
      path: '/v1/api-keys',
      summary: 'Makes an API key with some of your own permissions, and shows its secret once.',
      rate: 'commands',
      parameters: {},
      body: newKey,
      status: 201,
      reply: newKeyView,
      errors: ['forbidden'],
      handle: async ({ body: { name, permissions, expiresAt = null }, caller }) => {
        if (expiresAt !== null && Date.parse(expiresAt) <= wallMs()) {
          return refuse('invalid_field', 'An API key cannot expire in the past.', 'expiresAt');
        }
        const lacking = permissions.findIndex((permission) => !allows(caller, permission));
        if (lacking >= 0) return notYours(permissions[lacking], `permissions[${lacking}]`);
        const added = { id: uuid(), name, permissions, createdBy: caller.holder, expiresAt };
        return await withSecret(pool, async (client) => {
          const secret = await insertKey(client, added);
          const { id, ...after } = added;
          await audit.write(client, { caller, action: 'api_key.add', subject: `api_key:${id}`, after });
          return { ok: true, value: { id, secret } };
        });
      },
    }),
    endpoint({
      ...managing,
      id: 'listApiKeys',
      method: 'GET',
      path: '/v1/api-keys',
      summary: `API keys in the order in which they were made, at most ${KEYS_PER_PAGE} a page.`,
      rate: 'reads',
      parameters: {},
      query: { cursor: pageCursor(z.uuid()).optional() },
      reply: z.object({ apiKeys: z.array(keyView), next: z.string().optional() }),
      errors: [],
      handle: async ({ query: { cursor } }) => {
        const keys = await listKeys(pool, cursor, KEYS_PER_PAGE);
        const page = pageOf(keys, KEYS_PER_PAGE, ({ id }) => id, viewOf);
        return { ok: true, body: { apiKeys: page.items, ...(page.next === undefined ? {} : { next: page.next }) } };
      },
    }),
    endpoint({
      ...one,
      id: 'rotateApiKey',
      method: 'POST',
      path: '/v1/api-keys/{keyId}/rotate',
      summary: 'Gives an API key a new secret. The one before it counts for a while.',
      body: rotation,
      status: 201,
      reply: newKeyView,
      errors: ['unknown_api_key', 'forbidden'],
      handle: async ({ parameters: { keyId }, body: { overlapSeconds }, caller }) =>
        await withSecret(pool, async (client) => {
          const before = await lockKey(client, keyId);
          if (!before) return unknown();
          // Else somebody who may manage keys could take the secret of one that may do more than they.
          const lacking = before.permissions.find((permission) => !allows(caller, permission));
          if (lacking) return notYours(lacking);
          const secret = await rotateKey(client, keyId, overlapSeconds);
          const after = { overlapSeconds };
          await audit.write(client, { caller, action: 'api_key.rotate', subject: `api_key:${keyId}`, after });
          return { ok: true, value: { id: keyId, secret } };
        }),
    }),
    endpoint({
      ...one,
      id: 'revokeApiKey',
      method: 'DELETE',
      path: '/v1/api-keys/{keyId}',
      summary: 'Revokes an API key. Within seconds it counts no more, and its sockets are closed.',
      status: 204,
      reply: z.undefined(),
      errors: ['unknown_api_key'],
      handle: async ({ parameters: { keyId }, caller }) => {
        const done = await edit<undefined>(pool, async (client) => {
          const before = await lockKey(client, keyId);
          if (!before) return unknown();
          await markRevoked(client, keyId);
          await revoke(client, { kind: 'key', subject: keyId });
          const { id: _id, secrets: _secrets, ...key } = before;
          await audit.write(client, { caller, action: 'api_key.revoke', subject: `api_key:${keyId}`, before: key });
          return { ok: true, value: undefined };
        });
        if (!done.ok) return done;
        revoked();
        return { ok: true, body: undefined };
      },
    }),
  ];
}

/** Runs an act that makes a secret, and answers with the key as it is then. */
async function withSecret(
  pool: Pool,
  act: Parameters<typeof edit<{ readonly id: string; readonly secret: string }>>[1],
) {
  const done = await edit(pool, act);
  if (!done.ok) return done;
  const { id, secret } = done.value;
  const made = await findKey(pool, id);
  return made ? ({ ok: true, body: { ...viewOf(made), secret } } as const) : unknown();
}

function viewOf({ permissions, ...rest }: ApiKey) {
  // A later version may have given one that this one does not know.
  return { ...rest, permissions: permissions.filter((each) => PERMISSIONS.includes(each)) };
}

function unknown() {
  return refuse('unknown_api_key', 'There is no such API key.');
}

function notYours(permission: Permission | undefined, field?: string) {
  const message = `An API key with the permission ${permission} can be made only by somebody who has it.`;
  return { ok: false, error: wireError('forbidden', message, field === undefined ? {} : { field }) } as const;
}
