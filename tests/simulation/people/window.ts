import {
  type ClientState,
  createClient,
  type Environment,
  type ShowtimeClient,
} from '../../../client-sdk/src/index.js';
import type { Random } from '../world/random.js';
import { BALANCER } from '../world/sim-network.js';
import { CLOCK_ERROR_MS_MAX, TIMES } from '../world/times.js';
import type { World } from '../world/world.js';

export interface WindowOptions {
  /** Unique in the world: whose window it is, and which. */
  readonly name: string;
  readonly showtimeId: string;
  readonly random: Random;
  /** Called with every state of the client. */
  readonly onState: (state: ClientState) => void;
}

/** One page with the SDK in it: the real client, in surroundings that the seed rules. */
export class Window {
  readonly name: string;
  readonly client: ShowtimeClient;
  readonly #world: World;
  readonly #showtimeId: string;
  #lastConnection = '';
  /** Holds that were seen, to when they end. */
  readonly #promised = new Map<string, number>();
  #isClosed = false;
  #planned: string | undefined;

  constructor({ name, showtimeId, random, onState }: WindowOptions, session: string, world: World) {
    this.name = name;
    this.#world = world;
    this.#showtimeId = showtimeId;
    this.client = createClient({
      url: `http://${BALANCER}`,
      showtimeId,
      encoding: random.chance(0.5) ? 'json' : 'msgpack',
      replyTimeoutMs: TIMES.replyTimeout,
      waitForConnectionMs: 5_000,
      environment: this.#surroundings(random),
      session,
    });
    this.client.subscribe(() => this.#look(onState));
    this.client.on('expire', ({ holdId }) => this.#expired(holdId));
    this.client.connect();
  }

  get isConnected(): boolean {
    return this.client.getSnapshot().connection.state === 'connected';
  }

  /** Has what `ask` sends carry this id, as if the SDK had made it up. */
  plan<Result>(commandId: string, ask: () => Result): Result {
    this.#planned = commandId;
    const result = ask();
    this.#planned = undefined;
    return result;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
    this.client.close();
  }

  #look(onState: (state: ClientState) => void): void {
    const state = this.client.getSnapshot();
    const { connection } = state;
    const word = 'error' in connection ? `${connection.state} ${connection.error.code}` : connection.state;
    if (word !== this.#lastConnection) this.#changed(word);
    this.#lastConnection = word;
    for (const { id, expiresAt } of state.holds) this.#promised.set(id, expiresAt);
    onState(state);
  }

  #changed(word: string): void {
    const { trace, network, journal } = this.#world;
    trace.add(this.name, word);
    if (word !== 'connected') return;
    const owner = journal.owners([this.#showtimeId]).get(this.#showtimeId)?.node;
    if (owner !== network.nodeOf(this.name)) this.#world.count('a client was relayed');
  }

  /** A hold lasts as long as was promised, by the clock that Postgres has. */
  #expired(holdId: string): void {
    this.#world.count('a hold expired');
    const expiresAt = this.#promised.get(holdId) ?? 0;
    const earlyMs = expiresAt - this.#world.time.now();
    if (earlyMs > CLOCK_ERROR_MS_MAX) {
      this.#world.violate('a hold lasts as long as promised', `${this.name} lost ${holdId} ${earlyMs} ms too early`);
    }
  }

  #surroundings(random: Random): Environment {
    const { time, network } = this.#world;
    const skew = random.between(-60_000, 60_000);
    let ids = 0;
    return {
      now: () => time.now() - TIMES.start + 1_000,
      wallTime: () => time.now() + skew,
      setTimer: (call, ms) => time.after(ms, call),
      random: random.fraction,
      uuid: () => this.#planned ?? `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
      openSocket: (url, protocols) => network.socket(this.name, url, protocols),
      fetch: async () => {
        throw new Error('Nobody fetches seat maps here.');
      },
      isOnline: () => true,
      onWake: () => () => undefined,
      report: (error) => this.#world.violate('an error in the SDK', String(error)),
    };
  }
}
