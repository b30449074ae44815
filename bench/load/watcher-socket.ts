/**
 * A WebSocket that watches and says next to nothing: it counts what it is sent and decodes none of it, so that one process
 * can have fifteen thousand of them and still be idle beside the server that it measures.
 */
import { connect, type Socket } from 'node:net';
import { maskedFrame, OPCODE } from './masked-frame.js';

export interface WatcherTarget {
  readonly host: string;
  readonly port: number;
  /** With its leading slash. */
  readonly path: string;
  readonly subprotocol?: string;
  /** The one thing that it says, as text, when it is open. Absent: it only listens. */
  readonly hello?: string;
  /** After so many messages it has what it came for; 0: when it is open. */
  readonly messagesToEnter: number;
}

/** What somebody who watches has been sent. */
export interface Watching {
  /** Messages since it entered. */
  readonly messages: number;
  /** Of the payloads of these. */
  readonly bytes: number;
  /** As when a cable is cut. */
  cut(): void;
}

const UPGRADED = Buffer.from('HTTP/1.1 101');
const HEAD_END = '\r\n\r\n';
const FINAL = 0x80;
/** Bytes of the code that a close frame begins with. */
const CLOSE_CODE = 2;
const PONG = maskedFrame(OPCODE.pong, '');
const NOTHING = Buffer.alloc(0);
/** All sockets read into this one buffer, since each read is handled before the next one starts. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);
/** The requests and the words that thousands of sockets have in common, made once. */
const requests = new Map<string, Buffer>();
const words = new Map<string, Buffer>();

export class WatcherSocket implements Watching {
  messages = 0;
  bytes = 0;
  /** The payload of the message with which it entered, where that was asked for. */
  sample: Uint8Array | undefined;
  readonly #target: WatcherTarget;
  readonly #socket: Socket;
  #onEntered: (() => void) | undefined;
  #onLost: (reason: Error) => void;
  #isOpen = false;
  #toEnter: number;
  /** The start of a frame whose header, or a handshake whose end, has not come yet. */
  #held: Buffer = NOTHING;
  /** Bytes of the payload under way that have not come yet. */
  #rest = 0;
  #wantsSample: boolean;

  constructor(
    target: WatcherTarget,
    localAddress: string | undefined,
    wantsSample: boolean,
    onEntered: () => void,
    onLost: (reason: Error) => void,
  ) {
    this.#target = target;
    this.#toEnter = target.messagesToEnter;
    this.#wantsSample = wantsSample;
    this.#onEntered = onEntered;
    this.#onLost = onLost;
    const socket = connect({
      host: target.host,
      port: target.port,
      ...(localAddress === undefined ? {} : { localAddress }),
      onread: {
        buffer: READ_BUFFER,
        callback: (length, buffer) => {
          this.#read(buffer as Buffer, length);
          return true;
        },
      },
    });
    this.#socket = socket;
    socket.on('connect', () => socket.write(prepared(requests, upgradeRequest(target), Buffer.from)));
    socket.on('error', (error) => this.#lost(error.message));
    socket.on('close', () => this.#lost('the connection closed'));
  }

  cut(): void {
    this.#onLost = () => {};
    this.#socket.resetAndDestroy();
  }

  #lost(reason: string): void {
    const onLost = this.#onLost;
    this.#onLost = () => {};
    onLost(new Error(reason));
  }

  #read(buffer: Buffer, length: number): void {
    if (this.#held.length > 0 || !this.#isOpen) {
      const all = Buffer.concat([this.#held, buffer.subarray(0, length)]);
      this.#held = NOTHING;
      this.#parse(all, this.#isOpen ? 0 : this.#handshake(all), all.length);
    } else this.#parse(buffer, 0, length);
  }

  /** @returns where the first frame begins. */
  #handshake(all: Buffer): number {
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      this.#held = all;
      return all.length;
    }
    if (!all.subarray(0, UPGRADED.length).equals(UPGRADED)) {
      this.#fail(all.toString('latin1', 0, all.indexOf('\r\n')));
      return all.length;
    }
    this.#isOpen = true;
    const { hello } = this.#target;
    if (hello !== undefined) {
      this.#socket.write(prepared(words, hello, (text) => maskedFrame(OPCODE.text, text)));
    }
    if (this.#toEnter === 0) this.#enter();
    return end + HEAD_END.length;
  }

  #parse(data: Buffer, from: number, length: number): void {
    let at = from;
    while (at < length) {
      if (this.#rest > 0) {
        const taken = Math.min(this.#rest, length - at);
        this.#rest -= taken;
        at += taken;
        continue;
      }
      const available = length - at;
      const short = available < 2 ? 0 : (data[at + 1] ?? 0);
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (available < header) {
        // Copied, because the next read overwrites the buffer.
        this.#held = Buffer.from(data.subarray(at, length));
        return;
      }
      const size =
        header === 2 ? short : header === 4 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
      const first = data[at] ?? 0;
      at += header;
      this.#frame(first, size, data, at);
      this.#rest = size;
    }
  }

  /** Counted when its header has come: the rest of it follows, or the connection is lost and that is told. */
  #frame(first: number, size: number, data: Buffer, at: number): void {
    if (first === (FINAL | OPCODE.text) || first === (FINAL | OPCODE.binary)) {
      if (this.#onEntered) this.#towardsEntering(size, data, at);
      else {
        this.messages++;
        this.bytes += size;
      }
    } else if (first === (FINAL | OPCODE.ping) && size === 0) this.#socket.write(PONG);
    else if (first === (FINAL | OPCODE.close))
      this.#fail(`closed: ${data.toString('utf8', at + CLOSE_CODE, at + size)}`);
    else this.#fail(`a frame that was not expected: ${first}`);
  }

  #towardsEntering(size: number, data: Buffer, at: number): void {
    if (--this.#toEnter > 0) return;
    if (this.#wantsSample) this.sample = Uint8Array.from(data.subarray(at, at + size));
    this.#enter();
  }

  #enter(): void {
    const onEntered = this.#onEntered;
    this.#onEntered = undefined;
    onEntered?.();
  }

  #fail(reason: string): void {
    this.#lost(reason);
    this.#socket.destroy();
  }
}

function prepared(cache: Map<string, Buffer>, text: string, make: (text: string) => Buffer): Buffer {
  let made = cache.get(text);
  if (!made) {
    made = make(text);
    cache.set(text, made);
  }
  return made;
}

/** The key is the same for all: the handshake proves that the server speaks WebSocket, not that it is fresh. */
function upgradeRequest({ host, port, path, subprotocol }: WatcherTarget): string {
  const protocol = subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: dXNoZXItbG9hZC1jbGllbg==\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`
  );
}
