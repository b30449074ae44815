import { CommandIntake } from '../../../src/gateway/command-intake.js';
import { HttpRecipient } from '../../../src/gateway/endpoints/http-recipient.js';
import { Channels } from '../../../src/gateway/live/channels.js';
import type { LiveContext } from '../../../src/gateway/live/live-context.js';
import type { LiveLimits } from '../../../src/gateway/live/live-limits.js';
import { wasMoved } from '../../../src/gateway/live/moved-url.js';
import { Newcomers } from '../../../src/gateway/live/newcomers.js';
import { Session } from '../../../src/gateway/live/session.js';
import { SignedIn } from '../../../src/gateway/live/signed-in.js';
import { originOf } from '../../../src/gateway/origin-of.js';
import { replyView } from '../../../src/gateway/views.js';
import type { Caller } from '../../../src/http/access.js';
import type { Clock } from '../../../src/kernel/clock.js';
import type { Ids } from '../../../src/kernel/ids.js';
import type { Log } from '../../../src/kernel/log.js';
import type { CommandMessage } from '../../../src/protocol/client-messages.js';
import type { Frame } from '../../../src/protocol/encode.js';
import type { ReplyMessage } from '../../../src/protocol/server-messages.js';
import type { Hosts } from '../../../src/runtime/hosts.js';
import type { Sometimes } from './census.js';
import type { ServerSocket, Topics } from './connection.js';
import type { Life } from './life.js';
import { TIMES } from './times.js';
import { authenticate, tokens } from './tokens.js';

const LIMITS: LiveLimits = {
  messagesPerSecond: 1_000,
  frameBytes: 16_384,
  heartbeatMs: TIMES.heartbeat,
  helloMsMax: TIMES.hello,
  socketsMax: 1_000,
  unreadBytesMax: 300,
};

export interface GatewayParts {
  readonly life: Life;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly count: (what: Sometimes) => void;
}

/** The outside of a simulated node: its sessions and channels are the real ones, uWebSockets.js is played. */
export class SimGateway implements Topics {
  readonly channels: Channels;
  readonly #parts: GatewayParts;
  readonly #subscribers = new Map<string, Set<ServerSocket>>();
  readonly #sockets = new Set<ServerSocket>();
  readonly #newcomers = new Newcomers(TIMES.hello);
  #context: LiveContext | undefined;
  #isListening = false;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.channels = new Channels((topic, frame) => this.#publish(topic, frame), LIMITS);
  }

  listen(hosts: Hosts): void {
    const { clock, ids, log, life } = this.#parts;
    this.#context = {
      hosts,
      channels: this.channels,
      newcomers: this.#newcomers,
      tokens: tokens(ids),
      authenticate,
      isRevoked: () => false,
      signedIn: new SignedIn(),
      intake: new CommandIntake(ids, () => true),
      rates: { consume: async () => undefined },
      isOn: () => true,
      clock,
      log,
      limits: LIMITS,
    };
    this.#isListening = true;
    const every = (ms: number, act: () => void): void => {
      life.timers.after(ms, () => {
        if (!this.#isListening) return;
        act();
        every(ms, act);
      });
    };
    every(LIMITS.heartbeatMs, () => this.channels.heartbeat(clock.now()));
    every(this.#newcomers.everyMs, () => this.#newcomers.look(clock.now()));
  }

  /** Undefined: the upgrade is refused. */
  upgrade(socket: ServerSocket, url: URL, encoding: 'json' | 'msgpack'): Session | undefined {
    if (!this.#context || !this.#isListening) return undefined;
    const showtimeId = url.pathname.split('/')[3];
    this.#sockets.add(socket);
    return new Session(this.#context, {
      showtimeId,
      encoding,
      address: '127.0.0.1',
      wasMoved: wasMoved(url.search.slice(1)),
    });
  }

  /** Has this node load the showtime, or find who has it, as any request does that names it. */
  async look(showtimeId: string): Promise<void> {
    await this.#context?.hosts.open(showtimeId);
  }

  /**
   * As an HTTP request has it where the message says `again`; without, as the first try of a command on a socket. Undefined
   * where the node does not take the request, and nothing was done.
   */
  async ask(showtimeId: string, message: CommandMessage, who: Caller): Promise<ReplyMessage | undefined> {
    const { hosts, intake } = this.#context ?? {};
    const opened = await hosts?.open(showtimeId);
    const taken = intake?.admit(message, who, originOf(who));
    if (!opened?.ok || !taken?.ok || !this.#isListening) return undefined;
    const recipient = new HttpRecipient(who.holder);
    opened.host.submit(taken.submission, recipient);
    return replyView(message.id, await recipient.outcome, opened.host.terms);
  }

  stopListening(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.#newcomers.drain();
  }

  goodbyes(): Promise<void> {
    return this.channels.goodbyes.said();
  }

  close(): void {
    this.stopListening();
    for (const socket of [...this.#sockets]) if (socket.isOpen) socket.end(1006);
  }

  subscribe(topic: string, socket: ServerSocket): void {
    const subscribers = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, subscribers.add(socket));
  }

  unsubscribe(topic: string, socket: ServerSocket): void {
    this.#parts.count('a slow client was taken out of the stream');
    this.#subscribers.get(topic)?.delete(socket);
  }

  forget(socket: ServerSocket): void {
    this.#sockets.delete(socket);
    for (const subscribers of this.#subscribers.values()) subscribers.delete(socket);
  }

  #publish(topic: string, frame: Frame): void {
    for (const socket of [...(this.#subscribers.get(topic) ?? [])]) socket.send(frame, typeof frame !== 'string');
  }
}
