import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import type { StoredEvent, StripeLedger } from './stripe-ledger.js';

export interface WebhookWays {
  /** Each send goes to one of them; empty: none is sent before there is one. */
  urls: readonly string[];
  /** Before an event is sent for the first time it waits at random, so that events overtake each other. */
  delayMsMax: number;
}

const RESEND_MS = 300;
const SENDS_MAX = 2_000;

/** Tells what happens, signed, as often as it takes to be taken. */
export class StripeWebhooks {
  readonly #ledger: StripeLedger;
  readonly #secret: string;
  readonly #ways: WebhookWays;
  readonly #random: () => number;
  #isClosed = false;

  constructor(ledger: StripeLedger, secret: string, ways: WebhookWays, random: () => number) {
    this.#ledger = ledger;
    this.#secret = secret;
    this.#ways = ways;
    this.#random = random;
  }

  /** Events of before a crash. */
  resume(): void {
    for (const event of this.#ledger.events.values()) if (event.deliveries === 0) void this.#send(event, 1);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** @param times how often it is sent; 0: nobody is told */
  tell(type: string, object: object, times: number): void {
    const id = `evt_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
    const created = Math.floor(Date.now() / 1000);
    const data = { object: structuredClone(object) };
    const deliveries = times === 0 ? 'never' : 0;
    const event: StoredEvent = { id, object: 'event', type, created, livemode: false, data, deliveries };
    this.#ledger.put('event', event);
    if (times > 0) void this.#send(event, times);
  }

  /** An event as it would be sent, signed now or at another time. */
  signed(event: object, atMs = Date.now()): { readonly body: string; readonly signature: string } {
    const body = JSON.stringify(event);
    const timestamp = Math.floor(atMs / 1000);
    const secret = this.#secret;
    return { body, signature: Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }) };
  }

  /** As often as it takes to be taken, and once more for each time that is wanted. */
  async #send(event: StoredEvent, times: number): Promise<void> {
    const { delayMsMax } = this.#ways;
    if (delayMsMax > 0) await sleep(this.#random() * delayMsMax, undefined, { ref: false });
    for (let sends = 0; sends < SENDS_MAX && !this.#isClosed; sends++) {
      const { urls } = this.#ways;
      const { deliveries, ...sent } = event;
      if (Number(deliveries) >= times) return;
      const url = urls[Math.floor(this.#random() * urls.length)];
      if (url !== undefined && (await this.#deliver(sent, url))) {
        event.deliveries = Number(event.deliveries) + 1;
        this.#ledger.put('event', event);
      } else await sleep(RESEND_MS, undefined, { ref: false });
    }
  }

  async #deliver(event: object, url: string): Promise<boolean> {
    const { body, signature } = this.signed(event);
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    try {
      return (await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) })).ok;
    } catch {
      return false;
    }
  }
}
