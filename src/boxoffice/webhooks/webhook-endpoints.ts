import type { Pool } from 'pg';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { refuseStale, versionTag } from '../../http/if-match.js';
import type { SecretBox } from '../access/secret-box.js';
import type { Audit } from '../audit/audit.js';
import { edit, refuse } from '../catalogue/edit-parts.js';
import { buryWaiting } from './delivery-store.js';
import {
  addSecret,
  deleteEndpoint,
  type EndpointFields,
  expireSecrets,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpoint,
  updateEndpoint,
  type WebhookEndpoint,
} from './endpoint-store.js';
import { endpointFields, WEBHOOK_TOPICS } from './webhook-events.js';

const ENDPOINTS_MAX = 50;
const URL_LENGTH_MAX = 2_000;
const SECRETS_MAX = 5;
const OVERLAP_S = 86_400;
const OVERLAP_S_MAX = 7 * OVERLAP_S;

export interface WebhookParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly box: SecretBox;
  readonly uuid: () => string;
  /** Whether the URL of a receiver may be without TLS: never in production. */
  readonly allowHttp: boolean;
  /** There may be something to send. */
  readonly nudge: () => void;
}

const time = z.iso.datetime();
const view = {
  id: z.uuid(),
  url: z.string(),
  topics: z.array(z.enum(WEBHOOK_TOPICS)),
  description: z.string(),
  email: z.string(),
  enabled: z.boolean(),
  disabledReason: z.enum(['asked', 'failing', 'gone']).nullable().meta({
    description: '`failing`: it took nothing for too long. `gone`: it answered 410.',
  }),
  disabledAt: time.nullable(),
  failingSince: time.nullable().meta({ description: 'When the first try since its last success failed.' }),
  createdBy: z.string(),
  createdAt: time,
  secrets: z
    .array(z.object({ id: z.uuid(), createdAt: time, expiresAt: time.nullable() }))
    .meta({ description: 'The newest first. A message is signed with each of them.' }),
};
const endpointView = z.object(view).meta({ id: 'WebhookEndpoint' });
const withSecretView = z
  .object({ ...view, secret: z.string().meta({ description: 'Shown this once. It verifies messages.' }) })
  .meta({ id: 'NewWebhookEndpoint' });

/** The endpoints that manage whom the house tells what happened. */
export function webhookEndpoints(parts: WebhookParts): readonly Endpoint[] {
  const { pool, audit, box, uuid, allowHttp } = parts;
  const { topics, description, email } = endpointFields;
  const url = receiverUrl(allowHttp);
  const managing = { tag: 'Webhooks', access: { permission: 'webhooks.manage' } } as const;
  const one = { ...managing, parameters: { endpointId: z.uuid() } } as const;
  return [
    endpoint({
      ...managing,
      id: 'addWebhookEndpoint',
      method: 'POST',
      path: '/v1/webhook-endpoints',
      summary: 'Has messages about some topics sent to a URL, and shows the secret that they are signed with once.',
      rate: 'commands',
      parameters: {},
      body: z.strictObject({ url, topics, email, description: description.default('') }),
      status: 201,
      reply: withSecretView,
      errors: ['in_use'],
      handle: async ({ body, caller }) => {
        const id = uuid();
        const done = await edit(pool, async (client) => {
          if (!(await insertEndpoint(client, id, body, caller.holder, ENDPOINTS_MAX))) {
            return refuse('in_use', `There are ${ENDPOINTS_MAX} webhook endpoints already: delete one first.`);
          }
          const secret = await addSecret(client, box, uuid(), id);
          await audit.write(client, { caller, action: 'webhook.add', subject: `webhook:${id}`, after: body });
          return { ok: true, value: secret };
        });
        return done.ok ? await withSecret(pool, id, done.value) : done;
      },
    }),
    endpoint({
      ...managing,
      id: 'listWebhookEndpoints',
      method: 'GET',
      path: '/v1/webhook-endpoints',
      summary: `All endpoints of webhooks, at most ${ENDPOINTS_MAX}.`,
      rate: 'reads',
      parameters: {},
      reply: z.object({ webhookEndpoints: z.array(endpointView) }),
      errors: [],
      handle: async () => ({ ok: true, body: { webhookEndpoints: (await listEndpoints(pool)).map(viewOf) } }),
    }),
    endpoint({
      ...one,
      id: 'getWebhookEndpoint',
      method: 'GET',
      path: '/v1/webhook-endpoints/{endpointId}',
      summary: 'One endpoint of webhooks.',
      rate: 'reads',
      reply: endpointView,
      errors: ['not_found'],
      handle: async ({ parameters: { endpointId } }) => await answer(pool, endpointId),
    }),
    endpoint({
      ...one,
      id: 'changeWebhookEndpoint',
      method: 'PATCH',
      path: '/v1/webhook-endpoints/{endpointId}',
      summary: 'Changes what is given of an endpoint of webhooks, or switches it on or off.',
      rate: 'commands',
      conditional: true,
      body: z
        .strictObject({
          url,
          topics,
          email,
          description,
          enabled: z.boolean().meta({ description: 'What happens while it is off is not told later.' }),
        })
        .partial(),
      reply: endpointView,
      errors: ['not_found'],
      handle: async ({ parameters: { endpointId }, body: { enabled, ...fields }, caller, ifMatch }) => {
        const done = await edit<undefined>(pool, async (client) => {
          const before = await lockEndpoint(client, endpointId);
          if (!before) return unknownEndpoint();
          const stale = refuseStale(ifMatch, versionTag(before.version));
          if (stale) return { ok: false, error: stale };
          await updateEndpoint(client, endpointId, { ...before, ...given(fields) }, enabled);
          if (enabled === false) await buryWaiting(client, endpointId);
          const after = { ...fields, ...(enabled === undefined ? {} : { enabled }) };
          const entry = { caller, action: 'webhook.change', subject: `webhook:${endpointId}`, after };
          await audit.write(client, { ...entry, before: auditedOf(before) });
          return { ok: true, value: undefined };
        });
        return done.ok ? await answer(pool, endpointId) : done;
      },
    }),
    endpoint({
      ...one,
      id: 'deleteWebhookEndpoint',
      method: 'DELETE',
      path: '/v1/webhook-endpoints/{endpointId}',
      summary: 'Deletes an endpoint of webhooks, with what waits for it.',
      rate: 'commands',
      status: 204,
      reply: z.undefined(),
      errors: ['not_found'],
      handle: async ({ parameters: { endpointId }, caller }) => {
        const done = await edit<undefined>(pool, async (client) => {
          const before = await lockEndpoint(client, endpointId);
          if (!before) return unknownEndpoint();
          await deleteEndpoint(client, endpointId);
          const entry = { caller, action: 'webhook.delete', subject: `webhook:${endpointId}` };
          await audit.write(client, { ...entry, before: auditedOf(before) });
          return { ok: true, value: undefined };
        });
        return done.ok ? { ok: true, body: undefined } : done;
      },
    }),
    rotateEndpoint(parts),
  ];
}

function rotateEndpoint({ pool, audit, box, uuid }: WebhookParts): Endpoint {
  return endpoint({
    tag: 'Webhooks',
    access: { permission: 'webhooks.manage' },
    id: 'rotateWebhookSecret',
    method: 'POST',
    path: '/v1/webhook-endpoints/{endpointId}/secrets',
    summary: 'Gives an endpoint a new secret. For a while messages are signed with the ones before it too.',
    rate: 'commands',
    parameters: { endpointId: z.uuid() },
    body: z.strictObject({
      overlapSeconds: z.int().min(0).max(OVERLAP_S_MAX).default(OVERLAP_S).meta({
        description: 'For so long messages are signed with the secrets before this one too.',
      }),
    }),
    status: 201,
    reply: withSecretView,
    errors: ['not_found', 'in_use'],
    handle: async ({ parameters: { endpointId }, body: { overlapSeconds }, caller }) => {
      const done = await edit(pool, async (client) => {
        const before = await lockEndpoint(client, endpointId);
        if (!before) return unknownEndpoint();
        await expireSecrets(client, endpointId, overlapSeconds);
        if (overlapSeconds > 0 && before.secrets.length >= SECRETS_MAX) {
          const message = `${SECRETS_MAX} secrets of this endpoint are in use: wait until one has expired, or rotate with no overlap.`;
          return refuse('in_use', message);
        }
        const secret = await addSecret(client, box, uuid(), endpointId);
        const entry = { caller, action: 'webhook.rotate', subject: `webhook:${endpointId}` };
        await audit.write(client, { ...entry, after: { overlapSeconds } });
        return { ok: true, value: secret };
      });
      return done.ok ? await withSecret(pool, endpointId, done.value) : done;
    },
  });
}

/** A port of its own, a path and a query may be there; a user and a fragment may not. Where it leads is looked at when it is used. */
function receiverUrl(allowHttp: boolean) {
  const schemes = allowHttp ? ['https:', 'http:'] : ['https:'];
  return z
    .string()
    .max(URL_LENGTH_MAX)
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol) && !/[@#]/.test(text), {
      error: `is not a URL with ${schemes.join(' or ')}, without a user and a fragment`,
    })
    .meta({ override: { type: 'string', maxLength: URL_LENGTH_MAX } });
}

export function unknownEndpoint() {
  return refuse('not_found', 'There is no such webhook endpoint.');
}

async function answer(pool: Pool, id: string) {
  const found = await findEndpoint(pool, id);
  if (!found) return unknownEndpoint();
  return { ok: true, body: viewOf(found), etag: versionTag(found.version) } as const;
}

async function withSecret(pool: Pool, id: string, secret: string) {
  const found = await findEndpoint(pool, id);
  return found ? ({ ok: true, body: { ...viewOf(found), secret } } as const) : unknownEndpoint();
}

function viewOf({ version: _version, disabledAt, failingSince, createdAt, ...rest }: WebhookEndpoint) {
  return {
    ...rest,
    // A later version may have given one that this one does not know.
    topics: rest.topics.filter((topic) => WEBHOOK_TOPICS.includes(topic)),
    enabled: rest.disabledReason === null,
    disabledAt: disabledAt?.toISOString() ?? null,
    failingSince: failingSince?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

function auditedOf({ url, topics, description, email, disabledReason }: WebhookEndpoint) {
  return { url, topics, description, email, disabledReason };
}

/** Without the members that are undefined. */
function given(fields: { readonly [Name in keyof EndpointFields]?: EndpointFields[Name] | undefined }) {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<EndpointFields>;
}
