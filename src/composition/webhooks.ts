import { nodeTimers } from '../adapters/node-timers.js';
import { HttpSender } from '../adapters/webhooks/http-sender.js';
import { SecretBox } from '../boxoffice/access/secret-box.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { SeatLabels } from '../boxoffice/catalogue/seat-labels.js';
import type { OutboxHandler } from '../boxoffice/outbox/outbox-handler-port.js';
import { deliveryEndpoints } from '../boxoffice/webhooks/delivery-endpoints.js';
import { DeliveryRunner } from '../boxoffice/webhooks/delivery-runner.js';
import { SeatFollower } from '../boxoffice/webhooks/seat-follower.js';
import { webhookEndpoints } from '../boxoffice/webhooks/webhook-endpoints.js';
import { messageSchema, WEBHOOK_TOPICS } from '../boxoffice/webhooks/webhook-events.js';
import { webhookEventsHandler } from '../boxoffice/webhooks/webhook-events-handler.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { SentMessages } from '../http/openapi.js';
import type { Log } from '../kernel/log.js';
import type { Outbox } from './outbox.js';
import type { Store, Undo } from './store.js';

/** Outgoing webhooks, as one node has them. */
export interface Webhooks {
  readonly endpoints: readonly Endpoint[];
  readonly handler: OutboxHandler;
  /** The bodies of what is sent, by topic. */
  readonly messages: SentMessages;
}

/** Every node has the endpoints; those with JOBS send. */
export function openWebhooks(
  config: Config,
  { pool, ids }: Store,
  tokenSecret: string,
  outbox: Outbox,
  log: Log,
  undo: Undo,
): Webhooks {
  const box = new SecretBox(tokenSecret, 'usher webhook secrets 1');
  const uuid = () => ids.uuid();
  const allowHttp = !config.production;
  let nudge = () => {};
  if (config.jobs.isOn) {
    const sender = new HttpSender({ allowPrivate: config.webhooks.allowPrivate, allowHttp });
    const runner = new DeliveryRunner({
      pool,
      box,
      sender,
      perEndpoint: config.webhooks.perEndpoint,
      failingMs: config.webhooks.failingMs,
      timers: nodeTimers,
      wallMs: Date.now,
      random: Math.random,
      wakeOutbox: () => outbox.wake(),
      log,
    });
    nudge = () => runner.nudge();
    const labels = new SeatLabels(pool);
    const follower = new SeatFollower({ pool, labels, uuid, timers: nodeTimers, onFiled: nudge, log });
    undo.push(async () => {
      await follower.stop();
      const stopped = runner.stop();
      sender.close();
      await stopped;
    });
  }
  const parts = { pool, audit: postgresAudit, box, uuid, allowHttp, nudge };
  return {
    endpoints: [...webhookEndpoints(parts), ...deliveryEndpoints(parts)],
    messages: Object.fromEntries(WEBHOOK_TOPICS.map((topic) => [topic, messageSchema(topic)])),
    handler: webhookEventsHandler({ pool, uuid, onFiled: nudge }),
  };
}
