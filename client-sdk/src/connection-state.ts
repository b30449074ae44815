import type { ClientError } from './results.js';

/** Times are milliseconds since 1970 on the clock of `client.serverNow()`. */
export type ConnectionState =
  /** Not asked to connect yet. */
  | { readonly state: 'idle' }
  /** The first attempt is under way. */
  | { readonly state: 'connecting' }
  /** The map is live. */
  | { readonly state: 'connected' }
  /** The connection was lost. With `retryAt` the next attempt waits until then; without, it is under way. */
  | { readonly state: 'reconnecting'; readonly attempt: number; readonly retryAt?: number; readonly error: ClientError }
  /** The browser is offline, or keeps the page in its back/forward cache: the next attempt comes when that ends. */
  | { readonly state: 'suspended'; readonly error: ClientError }
  /** The server will not have this client as it is; only another `connect()` tries again. */
  | { readonly state: 'failed'; readonly error: ClientError }
  /** By `close()`. */
  | { readonly state: 'closed' };
