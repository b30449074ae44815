/** A platform for the client under test: virtual time, sockets that the test answers, and chance under control. */
import {
  type ClientOptions,
  createClient,
  type Environment,
  type ShowtimeClient,
  type Wake,
} from '../../../client-sdk/src/index.js';
import { type ClientMessage, commandSchema, helloSchema, pingSchema } from '../../../src/protocol/client-messages.js';
import { wireError } from '../../../src/protocol/errors.js';
import type { HoldView, ServerMessage, Welcome } from '../../../src/protocol/server-messages.js';

type Said = ClientMessage & { readonly id: number; readonly commandId: string };

export class FakeSocket {
  binaryType = 'blob';
  readonly said: Said[] = [];
  closedByClient = false;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {}

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Everything the client says must be what the server's schemas accept. */
  send(text: string): void {
    const message: unknown = JSON.parse(text);
    const { type } = message as { type: string };
    const schema = type === 'hello' ? helloSchema : type === 'ping' ? pingSchema : commandSchema;
    this.said.push(schema.parse(message) as Said);
  }

  close(): void {
    this.closedByClient = true;
  }

  /** As Node 22 does where nothing listens: an error, and no close after it. */
  fail(): void {
    this.#fire('error', {});
  }

  open(): void {
    this.#fire('open', {});
  }

  tell(message: ServerMessage | { readonly type: string; readonly [field: string]: unknown }): void {
    this.#fire('message', { data: JSON.stringify(message) });
  }

  tellRaw(data: unknown): void {
    this.#fire('message', { data });
  }

  drop(code = 1006, reason = ''): void {
    this.#fire('close', { code, reason });
  }

  /** What was said of this type, pings aside. */
  commands(): Said[] {
    return this.said.filter(({ type }) => type !== 'hello' && type !== 'ping');
  }

  #fire(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

export class FakeSurroundings implements Environment {
  time = 0;
  online = true;
  chance = 0.5;
  readonly sockets: FakeSocket[] = [];
  readonly reported: unknown[] = [];
  readonly fetched: string[] = [];
  responses: (() => Response)[] = [];
  #timers: { readonly at: number; readonly call: () => void }[] = [];
  #wakers: ((wake: Wake) => void)[] = [];
  #ids = 0;

  now = (): number => this.time;
  wallTime = (): number => 5_000_000 + this.time;
  random = (): number => this.chance;
  uuid = (): string => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`;
  isOnline = (): boolean => this.online;
  report = (error: unknown): void => void this.reported.push(error);

  setTimer = (call: () => void, ms: number): (() => void) => {
    const timer = { at: this.time + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  openSocket = (url: string, protocols: string[]): FakeSocket => {
    const socket = new FakeSocket(url, protocols);
    this.sockets.push(socket);
    return socket;
  };

  fetch = async (url: string): Promise<Response> => {
    this.fetched.push(url);
    const next = this.responses.shift();
    if (!next) throw new TypeError('network');
    return next();
  };

  onWake = (call: (wake: Wake) => void): (() => void) => {
    this.#wakers.push(call);
    return () => {
      this.#wakers = this.#wakers.filter((other) => other !== call);
    };
  };

  wake(wake: Wake): void {
    for (const call of [...this.#wakers]) call(wake);
  }

  get timers(): number {
    return this.#timers.length;
  }

  get wakers(): number {
    return this.#wakers.length;
  }

  /** Moves time on, ringing each timer when it is due; lets promises run in between. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    await flush();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.call();
      await flush();
    }
    this.time = until;
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('No socket was opened.');
    return last;
  }
}

export async function flush(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

export const SERVER_TIME = 1_760_000_000_000;

export const TERMS = {
  version: 1,
  prices: [{ category: 'Stalls', price: { amount: 1200, currency: 'EUR' } }],
  salesOpen: true,
};

export function welcome(fields: Partial<Welcome> = {}): Welcome {
  return {
    type: 'welcome',
    session: 'token-1',
    holder: 'guest-1',
    serverTime: SERVER_TIME,
    seatMap: { hash: 'abc', url: '/v1/seat-maps/abc', seats: 8 },
    limits: {
      holdTtlMs: 300_000,
      seatsPerHold: 10,
      holdsPerHolder: 2,
      extensionsPerHold: 1,
      messagesPerSecond: 20,
      frameBytes: 16_384,
      heartbeatMs: 10_000,
    },
    terms: TERMS,
    rules: { singleGap: 'lenient', distancing: 0 },
    recovered: false,
    ...fields,
  };
}

export function snapshot(fields: object = {}): ServerMessage {
  return { type: 'snapshot', epoch: 3, seq: 120, seats: '........', holds: [], bookings: [], ...fields };
}

export function holdView(fields: Partial<HoldView> = {}): HoldView {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    seats: ['A-1', 'A-2'],
    expiresAt: SERVER_TIME + 300_000,
    extensionsLeft: 1,
    price: { amount: 2400, currency: 'EUR' },
    ...fields,
  };
}

/** Two rows of four; A is Stalls, B is Circle. */
export const DOCUMENT = {
  name: 'Small hall',
  size: { width: 400, height: 200 },
  focalPoint: { x: 200, y: 0 },
  categories: [
    { name: 'Stalls', color: '#123456' },
    { name: 'Circle', color: '#654321' },
  ],
  zones: [{ name: 'House' }],
  rows: [
    { label: 'A', zone: 0 },
    { label: 'B', zone: 0 },
  ],
  seats: {
    label: ['A-1', 'A-2', 'A-3', 'A-4', 'B-1', 'B-2', 'B-3', 'B-4'],
    x: [0, 100, 200, 300, 0, 100, 200, 300],
    y: [0, 0, 0, 0, 50, 50, 50, 50],
    category: [0, 0, 0, 0, 1, 1, 1, 1],
    row: [0, 0, 0, 0, 1, 1, 1, 1],
  },
  wheelchair: [],
  companions: [],
  pairs: [],
  areas: [],
  decorations: [],
};

export interface Stage {
  readonly around: FakeSurroundings;
  readonly client: ShowtimeClient;
}

let servers = 0;

/** A client that has not connected yet. Each stage has a server of its own, as seat maps are kept for the whole page. */
export function stage(options: Partial<ClientOptions> = {}): Stage {
  const around = new FakeSurroundings();
  const client = createClient({
    url: `http://server-${++servers}.test`,
    showtimeId: 'show 1',
    environment: around,
    ...options,
  });
  return { around, client };
}

/** Opens the latest socket and welcomes the client with a snapshot. */
export function admit(
  around: FakeSurroundings,
  fields: Partial<Welcome> = {},
  snapshotFields: object = {},
): FakeSocket {
  const { socket } = around;
  socket.open();
  socket.tell(welcome({ serverTime: SERVER_TIME + around.time, ...fields }));
  if (!fields.recovered) socket.tell(snapshot(snapshotFields));
  return socket;
}

/** A client with a live connection. */
export function liveStage(options: Partial<ClientOptions> = {}): Stage & { readonly socket: FakeSocket } {
  const made = stage(options);
  made.client.connect();
  return { ...made, socket: admit(made.around) };
}

export async function withSeatMap<Made extends Stage>(made: Made): Promise<Made> {
  made.around.responses.push(() => Response.json(DOCUMENT));
  await made.client.seatMap();
  return made;
}

/** An ok reply with the usual hold. */
export const held = (id: number | undefined, fields: object = {}) => ({
  type: 'reply',
  id,
  ok: true,
  hold: holdView(),
  ...fields,
});
export const refused = (id: number | undefined, ...error: Parameters<typeof wireError>) => ({
  type: 'reply',
  id,
  ok: false,
  error: wireError(...error),
});

/** Whether a promise has settled, and with what. */
export function watch<Value>(promise: Promise<Value>): { value?: Value } {
  const seen: { value?: Value } = {};
  void promise.then((value) => {
    seen.value = value;
  });
  return seen;
}
