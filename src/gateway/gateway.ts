import uWS, { type us_listen_socket } from 'uWebSockets.js';
import type { Directory } from '../runtime/directory.js';
import type { Clock, Ids, Log } from '../runtime/ports.js';
import { CommandIntake, type Till } from './command-intake.js';
import { catalogueRoutes } from './http/catalogue-routes.js';
import { healthRoutes, type Readiness } from './http/health-routes.js';
import type { Listings } from './http/listings.js';
import { type HttpRates, RateLimits } from './http/rate-limits.js';
import { Router } from './http/router.js';
import { seatRoutes } from './http/seat-routes.js';
import { staticRoutes } from './http/static-routes.js';
import { Channels } from './live/channels.js';
import type { LiveLimits } from './live/live-context.js';
import { LiveEndpoint } from './live/live-endpoint.js';
import { Origins } from './origins.js';
import type { Tokens } from './tokens.js';

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  readonly limits: LiveLimits;
  readonly httpRates: HttpRates;
  readonly tokens: Tokens;
  readonly till: Till;
  readonly listings: Listings;
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The folder of the demo app; absent: `/` is not served. */
  readonly demoDirectory?: string;
}

/** The outside of a node: HTTP and WebSocket on one port. */
export class Gateway {
  readonly channels: Channels;
  readonly #options: GatewayOptions;
  readonly #app = uWS.App();
  #live: LiveEndpoint | undefined;
  #listening: us_listen_socket | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.channels = new Channels(
      (topic, frame, isBinary) => void this.#app.publish(topic, frame, isBinary),
      options.limits.unreadBytesMax,
    );
  }

  /** @throws Error where the port is taken, or the demo app is not built; nothing of the gateway runs then. */
  async listen(directory: Directory): Promise<void> {
    const { allowedOrigins, limits, httpRates, tokens, till, listings, readiness, clock, ids, log, demoDirectory } =
      this.#options;
    const origins = new Origins(allowedOrigins);
    const intake = new CommandIntake(ids, till);
    const { channels } = this;
    this.#live = new LiveEndpoint({ directory, channels, tokens, intake, clock, log, limits }, origins);
    this.#live.attach(this.#app);
    const rates = new RateLimits(httpRates);
    const router = new Router(this.#app, { origins, rates, bodyBytesMax: limits.frameBytes, log });
    healthRoutes(router, readiness);
    catalogueRoutes(router, listings, log);
    seatRoutes(router, { directory, tokens, intake, rates });
    try {
      if (demoDirectory) await staticRoutes(router, demoDirectory);
      router.close();
      await this.#open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get sockets(): number {
    return this.#live?.size ?? 0;
  }

  /** No new sockets or connections; those that there are go on until their showtimes end. */
  stopListening(): void {
    this.#live?.stop();
    if (this.#listening) uWS.us_listen_socket_close(this.#listening);
    this.#listening = undefined;
  }

  /** Cuts what is left. */
  close(): void {
    this.stopListening();
    this.#app.close();
  }

  #open(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      // Exclusive: without it a second process shares the port by turns, which nobody wants by accident.
      this.#app.listen(host, port, uWS.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
        if (!socket) reject(new Error(`Port ${port} of ${host} is taken. Set PORT to another.`));
        this.#listening = socket || undefined;
        resolve();
      });
    });
  }
}
