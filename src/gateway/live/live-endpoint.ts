import type { HttpRequest, HttpResponse, TemplatedApp, us_socket_context_t } from 'uWebSockets.js';
import { clientAddress, forwardedFor } from '../../http/client-address.js';
import type { Origins } from '../../http/origins.js';
import { SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from '../../protocol/version.js';
import { loadUws } from '../load-uws.js';
import { readShowtimeId } from '../showtime-id.js';
import type { LiveContext } from './live-context.js';
import { BACKPRESSURE_BYTES_MAX } from './live-limits.js';
import { wasMoved } from './moved-url.js';
import { Session, type SocketData } from './session.js';

/** Frames up to this many times the limit are read to be refused with a word; larger ones are cut by uWebSockets.js. */
const READABLE_FACTOR = 8;
const IDLE_SECONDS_MAX = 60;

/** The sockets of this node. */
export class LiveEndpoint {
  readonly #context: LiveContext;
  readonly #origins: Origins;
  readonly #proxyHops: number;
  #sockets = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #helloWatch: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(context: LiveContext, origins: Origins, proxyHops: number) {
    this.#context = context;
    this.#origins = origins;
    this.#proxyHops = proxyHops;
  }

  get size(): number {
    return this.#sockets;
  }

  attach(app: TemplatedApp): void {
    const { limits, channels, newcomers, clock } = this.#context;
    app.ws<SocketData>('/v1/showtimes/:showtimeId/live', {
      compression: loadUws().DISABLED,
      maxPayloadLength: limits.frameBytes * READABLE_FACTOR,
      maxBackpressure: BACKPRESSURE_BYTES_MAX,
      idleTimeout: IDLE_SECONDS_MAX,
      sendPingsAutomatically: true,
      upgrade: (res, req, socketContext) => this.#upgrade(res, req, socketContext),
      open: (socket) => {
        this.#sockets++;
        socket.getUserData().session.opened(socket);
      },
      message: (socket, bytes, isBinary) => socket.getUserData().session.received(bytes, isBinary),
      drain: (socket) => socket.getUserData().session.drained(),
      close: (socket) => {
        this.#sockets--;
        socket.getUserData().session.closed();
      },
    });
    this.#heartbeat = setInterval(() => channels.heartbeat(clock.now()), limits.heartbeatMs);
    this.#helloWatch = setInterval(() => newcomers.look(clock.now()), newcomers.everyMs);
  }

  /** From now on no socket is taken. */
  stop(): void {
    this.#draining = true;
    clearInterval(this.#heartbeat);
    clearInterval(this.#helloWatch);
    // Those that are live are known to their channels, and hear of it from these.
    this.#context.newcomers.drain();
  }

  /** Synchronous on purpose: the token comes in the first frame. */
  #upgrade(res: HttpResponse, req: HttpRequest, socketContext: us_socket_context_t): void {
    const { limits } = this.#context;
    if (!this.#origins.admits(req.getHeader('origin'), req.getHeader('host'))) {
      res.writeStatus('403 Forbidden').end('origin not allowed');
    } else if (this.#draining || this.#sockets >= limits.socketsMax) {
      res.writeStatus('503 Service Unavailable').writeHeader('retry-after', '1').end();
    } else {
      const subprotocol = chosen(req.getHeader('sec-websocket-protocol'));
      const encoding = subprotocol === SUBPROTOCOL_MSGPACK ? 'msgpack' : 'json';
      const session = new Session(this.#context, {
        showtimeId: readShowtimeId(req.getParameter(0)),
        encoding,
        address: clientAddress(peerOf(res), forwardedFor(req), this.#proxyHops),
        wasMoved: wasMoved(req.getQuery() ?? ''),
      });
      res.upgrade<SocketData>(
        { session },
        req.getHeader('sec-websocket-key'),
        // Empty where none was asked for: a browser refuses an answer that it did not ask for.
        subprotocol ?? '',
        req.getHeader('sec-websocket-extensions'),
        socketContext,
      );
    }
  }
}

/** The first that we speak of those that were asked for, separated by commas. */
function chosen(asked: string): string | undefined {
  // Nearly everybody asks for one, or none.
  if (asked === SUBPROTOCOL_MSGPACK || asked === SUBPROTOCOL_JSON) return asked;
  return asked
    .split(',')
    .map((name) => name.trim())
    .find((name) => name === SUBPROTOCOL_MSGPACK || name === SUBPROTOCOL_JSON);
}

function peerOf(res: HttpResponse): string {
  return Buffer.from(res.getRemoteAddressAsText()).toString('latin1');
}
