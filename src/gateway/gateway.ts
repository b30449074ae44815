import type { ListenOptions, us_listen_socket } from 'uWebSockets.js';
import type { Authenticate, Identity } from '../http/access.js';
import { checkAnswer } from '../http/check-answer.js';
import { serveDocs } from '../http/docs.js';
import type { Endpoint } from '../http/endpoint.js';
import { documentEndpoint, type SentMessages } from '../http/openapi.js';
import { Origins } from '../http/origins.js';
import { RateLimits } from '../http/rate-limits.js';
import type { Rates } from '../http/rates-port.js';
import { Router } from '../http/router.js';
import { serveFiles } from '../http/static-files.js';
import type { Clock } from '../kernel/clock.js';
import type { Ids } from '../kernel/ids.js';
import type { Log } from '../kernel/log.js';
import { printable } from '../protocol/printable.js';
import type { Hosts } from '../runtime/hosts.js';
import { CommandIntake } from './command-intake.js';
import { healthEndpoints, type Readiness } from './endpoints/health-endpoints.js';
import { houseEndpoints } from './endpoints/house-endpoints.js';
import { type OwnBookings, ownBookingEndpoints } from './endpoints/own-booking-endpoints.js';
import { seatEndpoints } from './endpoints/seat-endpoints.js';
import { sessionEndpoints } from './endpoints/session-endpoints.js';
import { Channels } from './live/channels.js';
import { LiveEndpoint } from './live/live-endpoint.js';
import type { LiveLimits } from './live/live-limits.js';
import { Newcomers } from './live/newcomers.js';
import { SignedIn } from './live/signed-in.js';
import { loadUws } from './load-uws.js';
import type { IsOn } from './parts.js';
import type { Tokens } from './tokens.js';
import { whyNotListening } from './why-not-listening.js';

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Listened to as well, together with other nodes on this machine. */
  readonly sharedPort?: number | undefined;
  readonly allowedOrigins: readonly string[];
  readonly limits: LiveLimits;
  readonly rates: Rates;
  /** Proxies of ours in front: so many entries at the end of X-Forwarded-For are believed. */
  readonly proxyHops: number;
  /** For new guests. */
  readonly tokens: Pick<Tokens, 'guest'>;
  readonly authenticate: Authenticate;
  /** Whether the log-in, account or API key was revoked since its token was checked. */
  readonly isRevoked: (identity: Identity) => boolean;
  /** Of the box office; the gateway adds those of sessions, seats and operation. */
  readonly endpoints: readonly Endpoint[];
  /** Absent: there are no accounts, nor endpoints for their bookings. */
  readonly ownBookings?: OwnBookings;
  /** Whether each answer is held against the schema of its endpoint: in tests. */
  readonly checkAnswers?: boolean;
  readonly isOn: IsOn;
  readonly readiness: Readiness;
  /** What the node sends to the servers of others, by topic: for the document. */
  readonly messages?: SentMessages;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The folder of the demo app; absent: `/` is not served. */
  readonly demoDirectory?: string;
}

const REFUSED_ORIGIN =
  'A request from a page was refused: its origin is neither this host nor in ALLOWED_ORIGINS. Add it there, or let the proxy forward the Host header of the browser.';

/** uWebSockets.js shares a port unless told otherwise, and has no name for that. */
const SHARED = 0 as ListenOptions;

/** The outside of a node: HTTP and WebSocket on one port. */
export class Gateway {
  readonly channels: Channels;
  /** The open sockets that can be revoked. */
  readonly signedIn = new SignedIn();
  readonly #options: GatewayOptions;
  readonly #uws = loadUws();
  readonly #app = this.#uws.App();
  #live: LiveEndpoint | undefined;
  #listening: us_listen_socket[] = [];

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.channels = new Channels(
      (topic, frame, isBinary) => void this.#app.publish(topic, frame, isBinary),
      options.limits,
    );
  }

  /** @throws Error where the port is taken, or the demo app is not built; nothing of the gateway runs then. */
  async listen(hosts: Hosts): Promise<void> {
    const { allowedOrigins, limits, tokens, authenticate, isRevoked, isOn, clock, ids, log, demoDirectory } =
      this.#options;
    const origins = new Origins(allowedOrigins, (origin, host) => {
      const fields = { event: 'origin.refused', origin: printable(origin), host: printable(host) };
      log.warn(fields, REFUSED_ORIGIN);
    });
    const intake = new CommandIntake(ids, isOn);
    const { channels } = this;
    const newcomers = new Newcomers(limits.helloMsMax);
    this.#live = new LiveEndpoint(
      {
        hosts,
        channels,
        newcomers,
        tokens,
        authenticate,
        isRevoked,
        signedIn: this.signedIn,
        intake,
        isOn,
        rates: this.#options.rates,
        clock,
        log,
        limits,
      },
      origins,
      this.#options.proxyHops,
    );
    this.#live.attach(this.#app);
    const rates = new RateLimits(this.#options.rates, this.#options.proxyHops);
    const router = new Router(this.#app, {
      origins,
      rates,
      authenticate,
      check: this.#options.checkAnswers ? checkAnswer : undefined,
      bodyBytesMax: limits.frameBytes,
      log,
    });
    router.add(this.#endpoints(hosts, intake));
    serveDocs(router, () => isOn('docs'));
    try {
      if (demoDirectory) await serveFiles(router, demoDirectory);
      router.close();
      await this.#open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #endpoints(hosts: Hosts, intake: CommandIntake): readonly Endpoint[] {
    const { tokens, isOn, readiness, endpoints, messages = {}, ownBookings } = this.#options;
    const all = [
      ...healthEndpoints(readiness),
      ...endpoints,
      ...sessionEndpoints(tokens, isOn),
      ...houseEndpoints(hosts),
      ...seatEndpoints({ hosts, intake, isOn }),
      ...(ownBookings ? ownBookingEndpoints({ hosts, intake, isOn, ownBookings }) : []),
    ];
    return [...all, documentEndpoint(all, messages)];
  }

  get sockets(): number {
    return this.#live?.size ?? 0;
  }

  /** No new sockets or connections; those that there are go on until their showtimes end. */
  stopListening(): void {
    this.#live?.stop();
    for (const socket of this.#listening.splice(0)) this.#uws.us_listen_socket_close(socket);
  }

  /** Resolves when every socket that was sent away has read its goodbye, or is gone. */
  goodbyes(): Promise<void> {
    return this.channels.goodbyes.said();
  }

  /** Cuts what is left. */
  close(): void {
    this.stopListening();
    this.#app.close();
  }

  async #open(): Promise<void> {
    const { port, sharedPort } = this.#options;
    // Exclusive: without it a second process shares the port by turns, which nobody wants by accident.
    await this.#listenTo(port, this.#uws.LIBUS_LISTEN_EXCLUSIVE_PORT);
    if (sharedPort !== undefined) await this.#listenTo(sharedPort, SHARED);
  }

  async #listenTo(port: number, option: ListenOptions): Promise<void> {
    const { host } = this.#options;
    const isListening = await new Promise<boolean>((resolve) => {
      this.#app.listen(host, port, option, (socket) => {
        if (socket) this.#listening.push(socket);
        resolve(socket !== false);
      });
    });
    if (!isListening) throw new Error(await whyNotListening(host, port));
  }
}
