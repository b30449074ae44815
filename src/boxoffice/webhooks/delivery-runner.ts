import type { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { SecretBox } from '../access/secret-box.js';
import { inTransaction } from '../halls/hall-store.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import {
  type Claimed,
  claimDeliveries,
  markDelivered,
  markFailed,
  purgeDeliveries,
  switchOff,
} from './delivery-store.js';
import { readSecrets } from './endpoint-store.js';
import { waitAfter } from './retry-schedule.js';
import type { WebhookAnswer, WebhookSender } from './webhook-sender-port.js';

const POLL_MS = 500;
/** Longer than a request takes, with room for what follows: a node that died leaves its deliveries to others after that. */
const LEASE_MS = 60_000;
const PURGE_EVERY_MS = 10 * 60_000;
/** However long an endpoint has failed, it is not switched off before it failed so often. */
const FAILURES_MIN = 5;
const GONE = 410;

interface RunnerOptions {
  readonly pool: Pool;
  readonly box: SecretBox;
  readonly sender: WebhookSender;
  /** Requests under way to one endpoint. */
  readonly perEndpoint: number;
  readonly failingMs: number;
  readonly timers: Timers;
  /** The wall clock, in milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly random: () => number;
  /** To be called after a commit that wrote to the outbox. */
  readonly wakeOutbox: () => void;
  readonly log: Log;
}

/**
 * Sends what waits, with a number of requests for each endpoint that the others do not share: a slow one delays only itself.
 *
 * Invariant: a delivery is tried by one node at a time, which claims it for longer than a try takes.
 */
export class DeliveryRunner {
  readonly #options: RunnerOptions;
  readonly #underWay = new Map<string, number>();
  readonly #tries = new Set<Promise<void>>();
  #isStopped = false;
  #isNudged = false;
  #looking: Promise<void> | undefined;
  #cancel = () => {};
  #cancelPurge = () => {};

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#later(POLL_MS);
    this.#purgeLater();
  }

  /** There may be something to send: looks now, and not at the next poll. */
  nudge(): void {
    if (this.#isNudged) return;
    this.#isNudged = true;
    if (!this.#looking) this.#later(0);
  }

  /** Resolves when the tries under way have ended; what they failed at is tried again by other nodes. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    this.#cancelPurge();
    await this.#looking;
    await Promise.all(this.#tries);
  }

  #later(ms: number): void {
    this.#cancel();
    if (this.#isStopped) return;
    this.#cancel = this.#options.timers.after(ms, () => {
      this.#isNudged = false;
      this.#looking = this.#look().then(() => {
        this.#looking = undefined;
        this.#later(this.#isNudged ? 0 : POLL_MS);
      });
    });
  }

  async #look(): Promise<void> {
    const { pool, box, perEndpoint, log } = this.#options;
    try {
      const { rows } = await pool.query<{ id: string; url: string }>(
        `SELECT e.id, e.url FROM boxoffice.webhook_endpoints e
          WHERE e.disabled_at IS NULL AND EXISTS (
            SELECT FROM boxoffice.webhook_deliveries d
             WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.try_after <= clock_timestamp())`,
      );
      const urls = new Map(rows.map(({ id, url }) => [id, url]));
      const room = new Map<string, number>();
      for (const id of urls.keys()) {
        const free = perEndpoint - (this.#underWay.get(id) ?? 0);
        if (free > 0) room.set(id, free);
      }
      if (room.size === 0) return;
      const claimed = await claimDeliveries(pool, room, LEASE_MS);
      const secrets = await readSecrets(pool, box, [...room.keys()]);
      for (const one of claimed) this.#begin(one, urls.get(one.endpointId) ?? '', secrets.get(one.endpointId) ?? []);
    } catch (err) {
      if (this.#isStopped) return;
      log.warn({ event: 'webhooks.not_claimed', err }, 'Webhooks that wait could not be read. They are sent later.');
    }
  }

  #begin(claimed: Claimed, url: string, secrets: readonly string[]): void {
    // Claimed while the node ended: another one takes it when the claim has run out.
    if (this.#isStopped) return;
    const { endpointId, id: deliveryId } = claimed;
    this.#underWay.set(endpointId, (this.#underWay.get(endpointId) ?? 0) + 1);
    const trying = this.#try(claimed, url, secrets)
      .catch((err: unknown) => {
        const message = 'What became of a webhook could not be written down. It is sent again in a minute.';
        this.#options.log.warn({ event: 'webhooks.not_settled', endpointId, deliveryId, err }, message);
      })
      .finally(() => {
        this.#tries.delete(trying);
        const others = (this.#underWay.get(endpointId) ?? 1) - 1;
        if (others > 0) this.#underWay.set(endpointId, others);
        else this.#underWay.delete(endpointId);
        this.nudge();
      });
    this.#tries.add(trying);
  }

  async #try(claimed: Claimed, url: string, secrets: readonly string[]): Promise<void> {
    const { pool, sender } = this.#options;
    const answer: WebhookAnswer =
      secrets.length === 0
        ? { ok: false, failure: 'no_secret' }
        : await sender.send(this.#signed(claimed, url, secrets));
    if (answer.ok) await markDelivered(pool, claimed, answer.status);
    // Its connection was cut because this node ends. That is no fault of the receiver.
    else if (!this.#isStopped) await this.#failed(claimed, answer);
  }

  #signed({ messageId, body }: Claimed, url: string, secrets: readonly string[]) {
    const at = new Date(this.#options.wallMs());
    const signatures = secrets.map((secret) => new Webhook(secret).sign(messageId, at, body));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Usher-Webhooks/1',
      'webhook-id': messageId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signatures.join(' '),
    };
    return { url, headers, body };
  }

  async #failed(
    claimed: Claimed,
    { status, failure, retryAfterMs }: Exclude<WebhookAnswer, { ok: true }>,
  ): Promise<void> {
    const { pool, random, failingMs, log } = this.#options;
    const { id: deliveryId, endpointId, messageId, tries } = claimed;
    const againAfterMs = status === GONE ? undefined : waitAfter(tries, random(), retryAfterMs);
    const failing = await markFailed(pool, claimed, { status, failure, againAfterMs });
    const fields = { endpointId, deliveryId, messageId, tries, failure, status };
    if (againAfterMs === undefined) {
      const message = 'A webhook was given up. It can be sent again by POST /v1/webhook-deliveries/{id}/replay.';
      log.warn({ event: 'webhooks.dead_letter', ...fields }, message);
    } else log.info({ event: 'webhooks.try_failed', ...fields }, 'A webhook was not taken. It is sent again.');
    if (!failing) return;
    if (status === GONE) await this.#switchOff(endpointId, 'gone');
    else if (failing.failingMs >= failingMs && failing.failures >= FAILURES_MIN) {
      await this.#switchOff(endpointId, 'failing');
    }
  }

  async #switchOff(endpointId: string, reason: 'failing' | 'gone'): Promise<void> {
    const { pool, wakeOutbox, log } = this.#options;
    const isOff = await inTransaction(pool, async (client) => {
      const done = await switchOff(client, endpointId, reason);
      const subject = `webhook_endpoint:${endpointId}`;
      if (done) await writeOutbox(client, [{ topic: 'webhook.endpoint_disabled', subject, payload: { endpointId } }]);
      return { result: done, commit: done };
    });
    if (!isOff) return;
    wakeOutbox();
    log.warn({ event: 'webhooks.endpoint_disabled', endpointId, reason }, 'A webhook endpoint was switched off.');
  }

  #purgeLater(): void {
    const { pool, timers, log } = this.#options;
    this.#cancelPurge = timers.after(PURGE_EVERY_MS, () => {
      void purgeDeliveries(pool)
        .catch((err: unknown) =>
          log.warn({ event: 'webhooks.not_purged', err }, 'Old webhooks could not be purged. The node retries later.'),
        )
        .finally(() => {
          if (!this.#isStopped) this.#purgeLater();
        });
    });
  }
}
