import { connect, type Socket } from 'node:net';
import { homeAddress } from './home-address.js';

/** Bytes there and back, and when it was over: what no library would send, and all that came of it. */
export class RawPeer {
  received: Buffer = Buffer.alloc(0);
  /** Milliseconds from the start to the end, by whoever's wish; undefined: it is open. */
  endedAfterMs: number | undefined;
  readonly socket: Socket;
  readonly #startedAt = performance.now();
  #heard: (() => void) | undefined;

  constructor(port: number, options: { readonly localAddress?: string } = homeAddress()) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, ...options });
    this.socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data]);
      this.#heard?.();
    });
    this.socket.on('error', () => {});
    this.socket.on('end', () => this.socket.end());
    this.socket.on('close', () => {
      this.endedAfterMs = performance.now() - this.#startedAt;
      this.#heard?.();
    });
  }

  /** Waits until what came is enough, or it is over. @returns whether it was enough. */
  async until(enough: (received: Buffer) => boolean, withinMs: number): Promise<boolean> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      if (enough(this.received)) return true;
      const left = giveUpAt - performance.now();
      if (this.endedAfterMs !== undefined || left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** @returns whether it was over in time. */
  async ended(withinMs: number): Promise<boolean> {
    await this.until(() => false, withinMs);
    return this.endedAfterMs !== undefined;
  }

  cut(): void {
    this.socket.resetAndDestroy();
  }
}

/** The request that opens a live socket; lines are added or, by their name, replaced. */
export function upgradeRequest(port: number, showtimeId: string, lines: Readonly<Record<string, string>> = {}): string {
  const all: Record<string, string> = {
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dXNoZXItbG9hZC1jbGllbg==',
    'Sec-WebSocket-Version': '13',
    ...lines,
  };
  const text = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /v1/showtimes/${showtimeId}/live HTTP/1.1\r\n${text.join('')}\r\n`;
}
