import type { ClientOptions, ShowtimeClient } from './client.js';
import { platformEnvironment } from './environment.js';
import { LiveClient } from './live-client.js';

/** Makes a client, which does nothing until `connect()`. Throws a TypeError where `url` is missing or no http(s) URL. */
export function createClient(options: ClientOptions): ShowtimeClient {
  const { WebSocket, fetch, environment } = options;
  return new LiveClient(options, { ...platformEnvironment({ WebSocket, fetch }), ...environment });
}
