/** What happened, as a handler gets it. */
export interface OutboxEvent {
  /** Of the event: the same at each try, and for each handler. */
  readonly id: string;
  readonly topic: string;
  /** What it happened to, such as `order:<id>`. */
  readonly subject: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/**
 * What one part does about events: a mail, a request to somebody's server. It is called at least once for each event of its
 * topics, and again after a failure, with a growing wait for about a day. About one subject it is called for one event at a time,
 * in their order. It bounds its own time: an event that never ends holds back all that follow about its subject.
 */
export interface OutboxHandler {
  /** Stable: what waits for it is filed under this name. */
  readonly name: string;
  readonly topics: readonly string[];
  /** @throws HandlerGaveUp where no further try can help; any other error: it is called again later. */
  handle(event: OutboxEvent): Promise<void>;
}

/** No further try can help: the event becomes a dead letter at once. The message is read by operators. */
export class HandlerGaveUp extends Error {}
