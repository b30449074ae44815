import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { edit, refuse } from '../catalogue/edit-parts.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import { type Delivery, fileDeliveries, findDelivery, listDeliveries, replayDelivery } from './delivery-store.js';
import { findEndpoint } from './endpoint-store.js';
import { unknownEndpoint, type WebhookParts } from './webhook-endpoints.js';
import { WEBHOOK_TOPICS, writeMessage } from './webhook-events.js';

const DELIVERIES_PER_PAGE = 100;

const time = z.iso.datetime();
const deliveryView = z
  .object({
    id: z.uuid(),
    endpointId: z.uuid(),
    messageId: z.string().meta({ description: 'The header `webhook-id`: the same at each try.' }),
    topic: z.enum(WEBHOOK_TOPICS),
    state: z.enum(['pending', 'delivered', 'dead']),
    tries: z.int(),
    tryAfter: time.nullable().meta({ description: 'When it is tried next; null: it is not.' }),
    lastStatus: z.int().nullable().meta({ description: 'The HTTP status of the last answer.' }),
    lastFailure: z.string().nullable().meta({
      description: 'Why the last try failed: `status`, `redirected`, `timed_out`, `private_address`, or another code.',
    }),
    createdAt: time,
    settledAt: time.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

/** The endpoints that show what became of messages, and send them again. */
export function deliveryEndpoints({ pool, audit, uuid, nudge }: WebhookParts): readonly Endpoint[] {
  const managing = { tag: 'Webhooks', access: { permission: 'webhooks.manage' } } as const;
  return [
    endpoint({
      ...managing,
      id: 'listWebhookDeliveries',
      method: 'GET',
      path: '/v1/webhook-endpoints/{endpointId}/deliveries',
      summary: `What became of the messages to an endpoint, the newest first, at most ${DELIVERIES_PER_PAGE} a page.`,
      rate: 'reads',
      parameters: { endpointId: z.uuid() },
      query: {
        state: z.enum(['pending', 'delivered', 'dead']).optional(),
        cursor: pageCursor(z.uuid()).optional(),
      },
      reply: z.object({ deliveries: z.array(deliveryView), next: z.string().optional() }),
      errors: ['not_found'],
      handle: async ({ parameters: { endpointId }, query: { state, cursor: before } }) => {
        if (!(await findEndpoint(pool, endpointId))) return unknownEndpoint();
        const rows = await listDeliveries(pool, endpointId, { state, before, limit: DELIVERIES_PER_PAGE + 1 });
        const { items: deliveries, next } = pageOf(rows, DELIVERIES_PER_PAGE, ({ id }) => id, viewOf);
        return { ok: true, body: { deliveries, ...(next === undefined ? {} : { next }) } };
      },
    }),
    endpoint({
      ...managing,
      id: 'replayWebhookDelivery',
      method: 'POST',
      path: '/v1/webhook-deliveries/{deliveryId}/replay',
      summary: 'Sends a message again, such as one that was given up, under the same `webhook-id`.',
      rate: 'commands',
      parameters: { deliveryId: z.uuid() },
      status: 202,
      reply: deliveryView,
      errors: ['not_found', 'in_use'],
      handle: async ({ parameters: { deliveryId }, caller }) => {
        const done = await edit(pool, async (client) => {
          const before = await findDelivery(client, deliveryId);
          if (!before) return refuse('not_found', 'There is no such delivery.');
          const to = await findEndpoint(client, before.endpointId);
          if (to?.disabledReason !== null) return refuse('in_use', 'The endpoint is switched off: switch it on first.');
          await replayDelivery(client, deliveryId);
          const subject = `webhook:${before.endpointId}`;
          await audit.write(client, { caller, action: 'webhook.replay', subject, after: { deliveryId } });
          const after = await findDelivery(client, deliveryId);
          return { ok: true, value: after ?? before };
        });
        if (!done.ok) return done;
        nudge();
        return { ok: true, body: viewOf(done.value) };
      },
    }),
    endpoint({
      ...managing,
      id: 'testWebhookEndpoint',
      method: 'POST',
      path: '/v1/webhook-endpoints/{endpointId}/test',
      summary: 'Sends a message of the topic `webhook_endpoint.test`; the list of deliveries shows what became of it.',
      rate: 'commands',
      parameters: { endpointId: z.uuid() },
      status: 202,
      reply: deliveryView,
      errors: ['not_found', 'in_use'],
      handle: async ({ parameters: { endpointId } }) => {
        const to = await findEndpoint(pool, endpointId);
        if (!to) return unknownEndpoint();
        if (to.disabledReason !== null) return refuse('in_use', 'The endpoint is switched off: switch it on first.');
        const id = uuid();
        const message = writeMessage(`msg_${id}`, 'webhook_endpoint.test', new Date(), { endpointId });
        await fileDeliveries(pool, [message], [{ id, endpointId, messageId: message.id }]);
        nudge();
        const filed = await findDelivery(pool, id);
        return filed ? { ok: true, body: viewOf(filed) } : unknownEndpoint();
      },
    }),
  ];
}

function viewOf({ tryAfter, createdAt, settledAt, ...rest }: Delivery) {
  return {
    ...rest,
    tryAfter: rest.state === 'pending' ? tryAfter.toISOString() : null,
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
