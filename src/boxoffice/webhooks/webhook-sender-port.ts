export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of a request. Anything but 2xx failed. */
export type WebhookAnswer =
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false;
      /** Absent: no answer came. */
      readonly status?: number;
      /** Why, as a code: `status`, `timed_out`, `private_address`, `not_https`, or the code of Node's error. */
      readonly failure: string;
      /** What the receiver asked for. */
      readonly retryAfterMs?: number;
    };

/**
 * Sends a webhook. It never rejects, takes a bounded time, follows no redirect, and connects to no address of the own network
 * unless it was told to.
 */
export interface WebhookSender {
  send(request: WebhookRequest): Promise<WebhookAnswer>;
}
