/** HTTP/1.1 on a bare TCP socket that is kept alive: one request at a time, thousands of clients in a process. */
import { connect, type Socket } from 'node:net';

export interface HttpTarget {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
}

/** Head and body are good until the turn ends: the next read overwrites what they were read from. */
export interface HttpAnswer {
  readonly status: number;
  /** Status line and headers, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

/** All connections read into this one buffer, since each read is handled before the next one starts. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

export class HttpConnection {
  readonly #target: HttpTarget;
  #socket: Socket | undefined;
  #received: Buffer | undefined;
  #waiting: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;

  constructor(target: HttpTarget) {
    this.#target = target;
  }

  /**
   * Connects where it is not connected, as after the server has closed a connection that was idle.
   * @param bytes a whole request: see `httpRequest`.
   * @throws Error where the connection breaks before the answer is whole: whether it took effect is unknown.
   */
  send(bytes: string | Buffer): Promise<HttpAnswer> {
    if (this.#waiting) throw new Error('One request at a time.');
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#connect();
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connect(): Socket {
    const { host, port, localAddress } = this.#target;
    const socket = connect({
      host,
      port,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
      onread: {
        buffer: READ_BUFFER,
        callback: (length, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    const over = (reason: string) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#received = undefined;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      socket.destroy();
      waiting?.reject(new Error(reason));
    };
    socket.once('error', (error) => over(error.message));
    socket.once('end', () => over('the server ended the connection'));
    socket.once('close', () => over('the connection closed'));
    return socket;
  }

  #read(chunk: Buffer): void {
    const received = this.#received ? Buffer.concat([this.#received, chunk]) : chunk;
    const answer = parse(received);
    if (!answer) {
      this.#received = Buffer.from(received);
      return;
    }
    this.#received = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}

/** @param body goes as JSON; absent: none. */
export function httpRequest(
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
): string {
  const json = body === undefined ? '' : JSON.stringify(body);
  const all = {
    host: 'localhost',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(json)) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${json}`;
}

/** Undefined while it is not whole. */
function parse(received: Buffer): HttpAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const rest = received.subarray(end + 4);
  if (status === 204 || status === 304) return { status, head, body: rest.subarray(0, 0) };
  const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const bytes = Number(length);
    return rest.length < bytes ? undefined : { status, head, body: rest.subarray(0, bytes) };
  }
  const body = unchunk(rest);
  return body && { status, head, body };
}

/** RFC 9112, 7.1, without trailers, which nobody here sends. Undefined while the last chunk has not come. */
function unchunk(rest: Buffer): Buffer | undefined {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (rest.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}
