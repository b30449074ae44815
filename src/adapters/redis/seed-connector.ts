import { connect as connectPlainly } from 'node:net';
import { connect as connectOverTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { RedisHost } from './redis-url.js';

type Connector = new (options: unknown) => AbstractConnector;
type Stream = Awaited<ReturnType<AbstractConnector['connect']>>;

/** What ioredis grants a connection between its end and its destruction. */
const DISCONNECT_MS_MAX = 500;

/** Connects to one of these hosts, and after each loss to the next; the first is left to chance, to spread the nodes. */
export function seedConnector(seeds: readonly RedisHost[], tls: boolean): Connector {
  return class SeedConnector extends AbstractConnector {
    #next = Math.floor(Math.random() * seeds.length);

    constructor() {
      super(DISCONNECT_MS_MAX);
    }

    connect(): Promise<Stream> {
      const seed = seeds[this.#next++ % seeds.length];
      if (!seed) return Promise.reject(new Error('The URL of Redis names no host.'));
      this.connecting = true;
      this.stream = tls ? connectOverTls({ ...seed }) : connectPlainly({ ...seed });
      this.stream.once('error', (error) => {
        this.firstError = error;
      });
      return Promise.resolve(this.stream);
    }
  };
}
