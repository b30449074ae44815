/** A WebSocket client on a bare TCP socket: what it costs is small beside what it measures, thousands of times over. */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FrameParser } from './frame-parser.js';
import { closeFrame, maskedFrame, OPCODE } from './masked-frame.js';

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** With its leading slash. */
  readonly path: string;
  readonly subprotocol?: string;
  /** Where to connect from: one address has ports for some 28,000 connections to one server. */
  readonly localAddress?: string;
}

export interface SocketEvents {
  open(): void;
  /** `payload` is a view that the next read overwrites: use it now or copy it. */
  message(payload: Buffer, binary: boolean): void;
  /** Exactly once, whatever happened. 1006 where no close frame came; the reason then says why. */
  closed(code: number, reason: string): void;
}

const LOST = 1006;
const HANDSHAKE_BYTES_MAX = 16 * 1024;
const OPEN_DEADLINE_MS = 20_000;
/** The handshake proves that the server speaks WebSocket, not that it is fresh: one key does for all. */
const KEY = 'dXNoZXItbG9hZC1jbGllbg==';
const ACCEPT = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
/** All sockets read into this one buffer, since each read is handled before the next one starts. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

export class LoadSocket {
  readonly #socket: Socket;
  readonly #parser: FrameParser;
  readonly #events: SocketEvents;
  #handshake: Buffer | undefined = Buffer.alloc(0);
  #over = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(target: SocketTarget, events: SocketEvents) {
    this.#events = events;
    this.#parser = new FrameParser({
      message: (payload, binary) => this.#over || events.message(payload, binary),
      ping: (payload) => this.#write(maskedFrame(OPCODE.pong, payload)),
      close: (code, reason) => this.#endedByPeer(code, reason),
    });
    this.#socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      ...(target.localAddress !== undefined && { localAddress: target.localAddress }),
      onread: {
        buffer: READ_BUFFER,
        callback: (length, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.once('connect', () => this.#socket.write(upgradeRequest(target)));
    this.#socket.once('error', (error) => this.#end(LOST, error.message));
    this.#socket.once('end', () => this.#end(LOST, 'the server ended the connection'));
    this.#socket.once('close', () => this.#end(LOST, 'the connection closed'));
    this.#deadline = setTimeout(() => this.#end(LOST, 'no upgrade within the deadline'), OPEN_DEADLINE_MS);
  }

  /** Nothing happens where the socket is not open any more: `closed` has told. */
  sendText(text: string): void {
    this.#write(maskedFrame(OPCODE.text, text));
  }

  /** A frame made beforehand by maskedFrame. */
  sendFrame(frame: Buffer): void {
    this.#write(frame);
  }

  /** Says goodbye; `closed` follows with the same code. */
  close(code: number): void {
    this.#write(closeFrame(code));
    this.#end(code, 'closed by us');
  }

  /** As when a cable is cut: no close frame, a reset where the platform can. */
  cut(): void {
    this.#socket.resetAndDestroy();
    this.#end(LOST, 'cut by us');
  }

  /** Leaves what comes in the kernel until `resume`, pings too: who waits for nothing need not read all the time. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #write(frame: Buffer): void {
    if (!this.#over && this.#handshake === undefined) this.#socket.write(frame);
  }

  #read(chunk: Buffer): void {
    if (this.#over) return;
    try {
      if (this.#handshake === undefined) this.#parser.push(chunk);
      else this.#readHandshake(Buffer.concat([this.#handshake, chunk]));
    } catch (error) {
      this.#end(LOST, error instanceof Error ? error.message : String(error));
    }
  }

  #readHandshake(received: Buffer): void {
    this.#handshake = received;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) {
      if (received.length > HANDSHAKE_BYTES_MAX) this.#end(LOST, 'an endless answer to the upgrade');
      return;
    }
    const answer = received.toString('latin1', 0, end);
    const accept = /^sec-websocket-accept: *(\S+)/im.exec(answer)?.[1];
    if (!answer.startsWith('HTTP/1.1 101') || accept !== ACCEPT) {
      this.#end(LOST, answer.split('\r\n', 1)[0] ?? '');
      return;
    }
    this.#handshake = undefined;
    clearTimeout(this.#deadline);
    this.#events.open();
    const rest = received.subarray(end + 4);
    if (rest.length > 0 && !this.#over) this.#parser.push(rest);
  }

  #endedByPeer(code: number, reason: string): void {
    this.#write(closeFrame(code >= 3000 ? code : 1000));
    this.#end(code, reason);
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    // Destroying would discard the close frame that may still wait to be written.
    this.#socket.destroySoon();
    this.#events.closed(code, reason);
  }
}

function upgradeRequest(target: SocketTarget): string {
  const protocol = target.subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${target.subprotocol}\r\n`;
  return (
    `GET ${target.path} HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\nUpgrade: websocket\r\n` +
    `Connection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`
  );
}
