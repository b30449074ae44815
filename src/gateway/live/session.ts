import type { WebSocket } from 'uWebSockets.js';
import type { Origin } from '../../core/limits/limit-rules.js';
import type { Caller, Identity, Permission, Role } from '../../http/access.js';
import type { CommandMessage, Hello } from '../../protocol/client-messages.js';
import { CLOSE } from '../../protocol/close-codes.js';
import { encodeServerFrame, type Frame } from '../../protocol/encode.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { type ReadResult, readClientFrame } from '../../protocol/read-client-frame.js';
import type { ServerMessage } from '../../protocol/server-messages.js';
import type { Encoding } from '../../protocol/version.js';
import type { NotOpened } from '../../runtime/directory.js';
import type { Host } from '../../runtime/host.js';
import type { Outcome } from '../../runtime/outcome.js';
import { originOf } from '../origin-of.js';
import { switchedOff } from '../parts.js';
import { TokenBucket } from '../token-bucket.js';
import { notOpenedError, ownView, replyView, termsView } from '../views.js';
import { refuseTooMany } from './admission.js';
import type { Channel, LivePhase } from './channel.js';
import type { Leaving } from './goodbyes.js';
import type { LiveContext } from './live-context.js';
import { limitsView, rulesView, UNANSWERED_BYTES_MAX } from './live-limits.js';
import { movedUrl } from './moved-url.js';
import type { Newcomer } from './newcomers.js';
import type { SignedInSocket } from './signed-in.js';
import type { Watcher } from './watcher.js';

/** What uWebSockets.js keeps with each socket: it copies the members onto the socket's own object. */
export interface SocketData {
  readonly session: Session;
}

/** What a session needs of its socket. */
export interface LiveSocket
  extends Pick<WebSocket<SocketData>, 'send' | 'subscribe' | 'unsubscribe' | 'end' | 'getBufferedAmount'> {
  cork(act: () => void): unknown;
}

/** What the upgrade request asked for. */
export interface Opening {
  /** Undefined where the URL named what cannot be one: the client is told so once it has said hello. */
  readonly showtimeId: string | undefined;
  readonly encoding: Encoding;
  /** Whose rate of new sockets it counts against. */
  readonly address: string;
  /** Another node sent the client here: it is served here, wherever the showtime lives. */
  readonly wasMoved: boolean;
}

/** `greeting` until hello, `joining` while its token and showtime are looked up, then `live`; `closed` for good. */
type Phase = { readonly name: 'greeting' | 'joining' | 'closed' } | LivePhase;

const GREETING: Phase = { name: 'greeting' };
const JOINING: Phase = { name: 'joining' };
const CLOSED: Phase = { name: 'closed' };

const RETRY_AFTER_MS = 1_000;
/** RFC 6455: the one standard close code that we give. */
const FRAME_TOO_LARGE = 1009;
const UNKNOWN_SHOWTIME = { ok: false, reason: 'unknown_showtime' } as const;
const FAULT_OF_OURS = 'Something went wrong on our side; it has been noted.';

/**
 * One socket of one client on one showtime. Tens of thousands of these do nothing but watch, so a live one keeps only what
 * it needs: what opening and joining took is let go, and what is the same for all of a showtime is shared.
 */
export class Session implements Watcher, Newcomer, Leaving, Caller, SignedInSocket {
  readonly encoding: Encoding;
  /** Empty until it is live; still the same when it is closed, for the channel that it leaves. */
  holder = '';
  role: Role = 'guest';
  readonly address: string;
  waiting = 0;
  readonly #context: LiveContext;
  /** For limits by account and address; undefined before it is live, and of staff. */
  #from: Origin | undefined;
  /** Until it has joined. */
  #opening: Opening | undefined;
  #rate: TokenBucket | undefined;
  #socket: LiveSocket | undefined;
  #phase: Phase = GREETING;
  /** False: its address has too many new sockets, and it is being sent away. Until it has joined. */
  #admitted: Promise<boolean> | undefined;
  /** How the socket is to be closed once its client has read what it was sent. */
  #goodbye: { readonly code: number; readonly reason: string } | undefined;
  /** Of an account or an API key. Guests, who are nearly all, have none. */
  #identity: Identity | undefined;
  /** Out of the stream until it has read what it was sent. */
  #conflated = false;

  constructor(context: LiveContext, opening: Opening) {
    this.#context = context;
    this.#opening = opening;
    this.encoding = opening.encoding;
    this.address = opening.address;
  }

  get accountId(): string | undefined {
    return this.#identity?.accountId;
  }

  get sessionId(): string | undefined {
    return this.#identity?.sessionId;
  }

  get keyId(): string | undefined {
    return this.#identity?.keyId;
  }

  get permissions(): readonly Permission[] | undefined {
    return this.#identity?.permissions;
  }

  get lacksSecondFactor(): boolean | undefined {
    return this.#identity?.lacksSecondFactor;
  }

  get grants(): number {
    return this.#identity?.grants ?? 0;
  }

  /** Made when it is needed first: most of those who watch never say anything after hello. */
  get #bucket(): TokenBucket {
    const { limits, clock } = this.#context;
    this.#rate ??= new TokenBucket(limits.messagesPerSecond, clock.now());
    return this.#rate;
  }

  get unreadBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  opened(socket: LiveSocket): void {
    this.#socket = socket;
    const { newcomers, clock } = this.#context;
    newcomers.add(this, clock.now());
    this.#admitted = this.#admit();
  }

  helloOverdue(): void {
    if (this.#phase.name === 'greeting') this.end(CLOSE.helloTimeout, 'no hello in time');
  }

  /** The socket is gone, by whoever's wish. It must not be touched any more. */
  closed(): void {
    const phase = this.#phase;
    this.#socket = undefined;
    this.#phase = CLOSED;
    const { newcomers, channels } = this.#context;
    newcomers.delete(this);
    this.#signOut();
    if (phase.name === 'live') phase.channel.leave(this);
    if (this.#goodbye) channels.goodbyes.delete(this);
  }

  received(bytes: ArrayBuffer, isBinary: boolean): void {
    if (this.#goodbye) return;
    const { clock, limits } = this.#context;
    const waitMs = this.#bucket.take(clock.now());
    if (waitMs === Number.POSITIVE_INFINITY) {
      const detail = { retryAfterMs: RETRY_AFTER_MS };
      this.#refuse(CLOSE.flooding, wireError('rate_limited', 'Too many messages, for too long.', detail));
    } else if (bytes.byteLength > limits.frameBytes) {
      const message = `A frame may have at most ${limits.frameBytes} bytes.`;
      this.#refuse(FRAME_TOO_LARGE, wireError('frame_too_large', message));
    } else {
      this.#read(readClientFrame(bytes, isBinary), waitMs);
    }
  }

  #read(read: ReadResult, waitMs: number): void {
    if (this.#phase.name === 'greeting') this.#greet(read);
    else if (waitMs > 0) this.#tellRateLimited(read, waitMs);
    else if (!read.ok) this.#tell(read.id, read.error);
    else if (read.message.type === 'hello') {
      this.#refuse(CLOSE.protocolError, wireError('bad_message', 'There was a hello already.'));
    } else if (this.#phase.name !== 'live') {
      this.#tell(read.message.id, wireError('hello_expected', 'Wait for welcome before the first command.'));
    } else if (read.message.type === 'ping') {
      this.send({ type: 'reply', id: read.message.id, ok: true, serverTime: this.#context.clock.now() });
    } else this.#command(read.message, this.#phase.host);
  }

  #command(message: CommandMessage, host: Host): void {
    try {
      const taken = this.#context.intake.admit(message, this, this.#from);
      if (taken.ok) host.submit(taken.submission, this);
      else this.#tell(message.id, taken.error);
    } catch (error) {
      // Past this frame there is only uWebSockets.js, and then the end of the process: one command must not be that.
      this.#context.log.error(
        { event: 'socket.command_failed', err: error, showtimeId: host.showtimeId, command: message.type },
        'A command failed because of a bug.',
      );
      this.#tell(message.id, wireError('internal', FAULT_OF_OURS));
    }
  }

  #greet(read: ReadResult): void {
    if (read.ok && read.message.type === 'hello' && this.#opening) {
      void this.#join(read.message, this.#opening);
    } else {
      const error = read.ok ? wireError('hello_expected', 'The first message is hello.') : read.error;
      this.#refuse(CLOSE.protocolError, error);
    }
  }

  async #join({ token, resume }: Hello, opening: Opening): Promise<void> {
    const { tokens, authenticate, hosts, channels, isOn, log } = this.#context;
    const { showtimeId, wasMoved } = opening;
    this.#phase = JOINING;
    try {
      if (!(await this.#admitted)) return;
      if (token === undefined && !isOn('new_sessions'))
        return this.#refuse(CLOSE.overloaded, switchedOff('new_sessions'));
      const known = token === undefined ? undefined : await authenticate(token);
      if (known?.ok === false) {
        return this.#refuse(known.error.retryable ? CLOSE.overloaded : CLOSE.unauthorized, known.error);
      }
      const identity = known?.identity ?? tokens.guest();
      const betterUrl = showtimeId && !wasMoved ? hosts.betterUrl(showtimeId) : undefined;
      if (showtimeId && betterUrl) return this.#sendOn(movedUrl(betterUrl, showtimeId));
      const opened = showtimeId ? await hosts.open(showtimeId) : UNKNOWN_SHOWTIME;
      if (!opened.ok) return this.#turnAway(opened.reason);
      const { host } = opened;
      const isCurrent = !resume || (await host.reached(resume.epoch, resume.seq));
      if (!isCurrent && !host.ended) return this.#turnAway('moving');
      const channel = channels.of(host.showtimeId);
      // It may have ended while this waited its turn; the next try finds its successor.
      if (!channel || host.ended) return this.end(CLOSE.epochChanged, 'the showtime is moving');
      this.#socket?.cork(() => this.#enter(identity, host, channel, resume));
    } catch (error) {
      log.error({ event: 'socket.not_joined', err: error, showtimeId }, 'A socket could not join its showtime.');
      this.#refuse(CLOSE.overloaded, wireError('internal', FAULT_OF_OURS));
    }
  }

  #enter(identity: Identity, host: Host, channel: Channel, resume: Hello['resume']): void {
    const { clock, limits, isRevoked, signedIn } = this.#context;
    const { mapHash, map, rules } = host.terms;
    const isSignedIn = identity.accountId !== undefined || identity.keyId !== undefined;
    // It may have been revoked while the showtime was opened.
    if (isSignedIn && isRevoked(identity)) {
      this.revoked();
      return;
    }
    this.#phase = channel.phaseOf(host);
    this.holder = identity.holder;
    this.role = identity.role;
    if (isSignedIn) {
      this.#identity = identity;
      signedIn.add(this);
    }
    this.#from = originOf(this);
    this.#context.newcomers.delete(this);
    this.#opening = undefined;
    this.#admitted = undefined;
    // The burst begins anew, after hello: who says nothing more has no need of a bucket.
    this.#rate = undefined;
    channel.join(this, host, resume, (recovered) =>
      this.send({
        type: 'welcome',
        session: identity.session,
        holder: identity.holder,
        serverTime: clock.now(),
        seatMap: { hash: mapHash, url: `/v1/seat-maps/${mapHash}`, seats: map.count },
        limits: limitsView(limits, rules),
        terms: termsView(host),
        rules: rulesView(rules),
        recovered,
      }),
    );
  }

  /** Counted when it opens, and not at hello: a socket that says nothing costs as much. */
  async #admit(): Promise<boolean> {
    const error = await refuseTooMany(this.#context, this.address);
    if (error) this.#refuse(CLOSE.flooding, error);
    return error === undefined;
  }

  #sendOn(url: string): void {
    this.#socket?.cork(() => {
      this.send({ type: 'moved', url });
      this.#close(CLOSE.moved, 'the showtime lives on another node');
    });
  }

  #turnAway(reason: NotOpened['reason']): void {
    const closeCode = reason === 'unknown_showtime' ? CLOSE.unknownShowtime : CLOSE.overloaded;
    this.#refuse(closeCode, notOpenedError(reason));
  }

  reply(requestId: number, outcome: Outcome, isReplay: boolean): void {
    if (this.#phase.name !== 'live') return;
    const { host } = this.#phase;
    this.send(replyView(requestId, outcome, host.terms));
    // The first outcome may be an old one: what was held is released, what was booked is cancelled since.
    if (isReplay && outcome.ok) this.send({ type: 'own', ...ownView(host.own(this.holder), host.terms) });
  }

  send(message: ServerMessage): void {
    if (this.#socket && !this.#goodbye) this.sendFrame(encodeServerFrame(message, this.encoding));
  }

  sendFrame(frame: Frame): void {
    // A reply that is not delivered leaves a gap that no snapshot fills, so this stops short of what would drop it: the
    // goodbye is the last that a client reads, if it ever does, and it asks again on a new socket.
    if (this.unreadBytes > UNANSWERED_BYTES_MAX) this.#close(CLOSE.tooSlow, 'replies were not read');
    else this.#socket?.send(frame, typeof frame !== 'string');
  }

  subscribe(topic: string): void {
    this.#socket?.subscribe(topic);
  }

  conflate(topic: string): void {
    if (this.#conflated) return;
    this.#conflated = true;
    this.#socket?.unsubscribe(topic);
  }

  /** The socket has taken some of what waited for it. */
  drained(): void {
    if (this.#goodbye && this.unreadBytes === 0) this.part();
    if (!this.#conflated || this.#phase.name !== 'live' || this.unreadBytes > 0) return;
    this.#conflated = false;
    this.#phase.channel.catchUp(this);
  }

  /** The node goes away. Who watches a showtime hears it from the channel, after the last replies; the others do now. */
  drain(): void {
    if (this.#phase.name !== 'live') this.end(CLOSE.draining, 'the node is going away');
  }

  revoked(): void {
    this.end(CLOSE.revoked, 'revoked');
  }

  #signOut(): void {
    if (!this.#identity) return;
    this.#context.signedIn.delete(this);
    this.#identity = undefined;
  }

  /** See Goodbyes. What comes of it meanwhile is not looked at, and nothing more is sent. */
  end(code: number, reason: string): void {
    if (this.#goodbye) return;
    if (this.unreadBytes === 0) {
      this.#close(code, reason);
      return;
    }
    const phase = this.#phase;
    const { channels, newcomers, clock } = this.#context;
    this.#goodbye = { code, reason };
    channels.goodbyes.add(this, clock.now());
    this.#phase = CLOSED;
    newcomers.delete(this);
    this.#signOut();
    if (phase.name !== 'live') return;
    this.#socket?.unsubscribe(phase.channel.topic(this.encoding));
    phase.channel.leave(this);
  }

  part(): void {
    if (this.#goodbye) this.#close(this.#goodbye.code, this.#goodbye.reason);
  }

  /** uWebSockets.js reports the close at once, and cuts a client that does not read it by itself. */
  #close(code: number, reason: string): void {
    this.#socket?.end(code, reason);
  }

  #refuse(closeCode: number, error: WireError): void {
    // Corked: the word and the close leave as one packet, also after an await.
    this.#socket?.cork(() => {
      this.#tell(undefined, error);
      this.#close(closeCode, error.code);
    });
  }

  #tellRateLimited(read: ReadResult, waitMs: number): void {
    const request: { id?: number | undefined } = read.ok ? ('id' in read.message ? read.message : {}) : read;
    const detail = { retryAfterMs: waitMs };
    this.#tell(request.id, wireError('rate_limited', 'Too many messages; this one was not looked at.', detail));
  }

  /** As the reply to a request where its id could be read, else as a fault of its own. */
  #tell(id: number | undefined, error: WireError): void {
    this.send(id === undefined ? { type: 'error', error } : { type: 'reply', id, ok: false, error });
  }
}
