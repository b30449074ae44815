import net from 'node:net';
import pg from 'pg';
import type { Primary } from './primary.js';
import { askStanding } from './server-standing.js';

const CONNECT_MS_MAX = 3_000;
/** Past it, an answer that is out may never come. */
const PATIENCE_MS = 1_000;

/**
 * What a server answers that is not, or not for long, the one to write to: a write to one that is read-only (25006), one
 * that shuts down, starts or was made to end our connection (57P…), and a pool of connections that has lost it (08…).
 */
const NOT_PRIMARY = /^(25006|57P|08)/;
/** Of the protocol, in place of a version: see "CancelRequest" in Postgres' manual, 55.7. */
const CANCEL_REQUEST = 80877102;
const TOO_MANY_CONNECTIONS = '53300';
/** Sent by Postgres 14 and newer when a session begins, and again with the first answer after it changed. */
const READ_ONLY_PARAMETERS = new Set(['in_hot_standby', 'default_transaction_read_only']);

/**
 * Whether the process is ours alone; and, if that is so, our settings. A pooler such as PgBouncer makes up the process id that
 * it tells its clients, and a `SET` over it would reach whoever uses the backend next.
 */
const OWN_SETTINGS = `
  pg_backend_pid() = $1::integer AS "isOwn",
  (SELECT count(set_config(name, value, false)) FROM unnest($2::text[], $3::text[]) AS setting (name, value)
    WHERE pg_backend_pid() = $1::integer) AS settings`;

export interface PrimaryClientConfig extends pg.ClientConfig {
  /** Of the session, where it has a backend of its own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Tries also where Postgres had no connection to spare a moment ago. */
  readonly isUrgent?: boolean;
}

/**
 * A connection to the server that takes writes, or none. A connection that turns out to lead to another one is marked as
 * suspect, and so is the primary that everybody else connects to.
 */
export class PrimaryClient extends pg.Client {
  readonly #primary: Primary;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #isUrgent: boolean;
  readonly #connectMsMax: number;
  #generation: number;
  #hasOwnBackend = false;
  #isEnding = false;

  constructor(primary: Primary, config: PrimaryClientConfig = {}) {
    super({ keepAlive: true, connectionTimeoutMillis: CONNECT_MS_MAX, ...config, connectionString: primary.anyUrl });
    this.#primary = primary;
    this.#settings = config.settings ?? {};
    this.#isUrgent = config.isUrgent ?? false;
    this.#connectMsMax = config.connectionTimeoutMillis ?? CONNECT_MS_MAX;
    this.#generation = primary.generation;
    const query = this.query.bind(this) as (...parts: unknown[]) => unknown;
    this.query = ((what: unknown, ...rest: unknown[]) =>
      query(this.#hasOwnBackend ? what : unprepared(what), ...rest)) as typeof this.query;
    // Whoever uses it hears of a break by the next query; without any listener it would end the process.
    this.on('error', () => this.#suspect());
    this.on('end', () => {
      if (!this.#isEnding) this.#suspect();
    });
    this.connection.on('errorMessage', ({ code }: { readonly code?: string }) => {
      if (NOT_PRIMARY.test(code ?? '')) this.#suspect();
      if (code === TOO_MANY_CONNECTIONS) primary.isFull();
    });
    this.connection.on('parameterStatus', (parameter: ParameterStatus) => {
      if (READ_ONLY_PARAMETERS.has(parameter.parameterName) && parameter.parameterValue === 'on') this.#suspect();
    });
  }

  /**
   * The session is a process of Postgres that serves nobody else, so that prepared statements stay. False behind a pooler,
   * whatever its mode.
   */
  get hasOwnBackend(): boolean {
    return this.#hasOwnBackend;
  }

  /** It may lead to a former primary, and must not be used again. */
  get isSuspect(): boolean {
    return this.#generation !== this.#primary.generation;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error | null, client?: pg.Client) => void): void;
  override connect(callback?: (error: Error | null, client?: pg.Client) => void): Promise<pg.Client> | undefined {
    const connected = this.#connect();
    if (!callback) return connected;
    connected.then(
      (client) => callback(null, client),
      (error: Error) => callback(error),
    );
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    this.#isEnding = true;
    if (!callback) return super.end();
    super.end(callback);
  }

  /**
   * The same, unless it is out for longer than a second and another server is promoted meanwhile: a machine that hangs, or
   * cannot be reached, breaks no connection. Then this one is broken off, and the outcome is unknown.
   */
  async unlessPassedBy<Answer>(answer: Promise<Answer>): Promise<Answer> {
    let isOver = false;
    const watch = async () => {
      await this.#primary.watch(this.#generation, () => isOver);
      if (isOver || !this.isSuspect) return;
      this.connection.stream.destroy(new Error('Another server was promoted while this one did not answer.'));
    };
    const patience = setTimeout(() => void watch(), PATIENCE_MS);
    try {
      return await answer;
    } finally {
      isOver = true;
      clearTimeout(patience);
    }
  }

  /**
   * Asks Postgres, over a connection of its own, to end what runs on this one. Costs no connection of `max_connections`, and
   * works through a pooler, which knows the key. What waits for a synchronous standby ends as committed, with a warning.
   * Resolves when the request was taken or came to nothing; only what becomes of the statement says whether it helped. This
   * connection is to be kept until then: a pooler forgets the key with it.
   */
  async cancel(): Promise<void> {
    const { processID, secretKey } = this.#backendKey();
    const request = Buffer.alloc(16);
    request.writeInt32BE(request.length, 0);
    request.writeInt32BE(CANCEL_REQUEST, 4);
    request.writeInt32BE(processID, 8);
    request.writeInt32BE(secretKey, 12);
    const socket = this.host.startsWith('/')
      ? net.connect(`${this.host}/.s.PGSQL.${this.port}`)
      : net.connect(this.port, this.host);
    socket.on('error', () => {});
    socket.setTimeout(CONNECT_MS_MAX, () => socket.destroy());
    socket.resume();
    // Not `end`: a pooler takes a client that hangs up for one that wants nothing any more. Postgres closes it, unanswered.
    socket.write(request);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  }

  async #connect(): Promise<pg.Client> {
    if (!this.#isUrgent) this.#primary.spare();
    const { host, port } = await this.#primary.locate();
    // A pool that has no more patience destroys it, and would not hear of a connection that came after all.
    if (this.connection.stream.destroyed) throw new Error('The search for the server that takes writes took too long.');
    this.host = host;
    this.port = port;
    this.#generation = this.#primary.generation;
    try {
      await super.connect();
      await this.#introduce();
    } catch (error) {
      this.end().catch(() => {});
      // What Postgres answered was judged by its code as it came: a wrong password says nothing of the server.
      if (!(error instanceof pg.DatabaseError)) this.#suspect();
      throw error;
    }
    return this;
  }

  async #introduce(): Promise<void> {
    const { processID } = this.#backendKey();
    const values = [processID, Object.keys(this.#settings), Object.values(this.#settings)];
    // A pooler takes the connection at once, and answers when it has a backend to lend.
    const question = { columns: OWN_SETTINGS, values, answerMsMax: this.#connectMsMax };
    const standing = await askStanding<{ isOwn: boolean }>(this, question);
    const objection = this.#primary.objection(standing);
    if (objection !== undefined) throw new Error(`The server at ${this.host}:${this.port} ${objection}.`);
    this.#primary.meet(standing);
    this.#hasOwnBackend = standing.isOwn;
  }

  /** The driver has it and does not declare it. */
  #backendKey(): { readonly processID: number; readonly secretKey: number } {
    return this as unknown as { readonly processID: number; readonly secretKey: number };
  }

  #suspect(): void {
    this.#primary.suspect(this.#generation);
  }
}

/** A pooler hands each query to any of its backends, and most of these do not know what another one has prepared. */
function unprepared(query: unknown): unknown {
  const isNamed =
    typeof query === 'object' && query !== null && 'name' in query && 'text' in query && !('submit' in query);
  return isNamed ? { ...query, name: undefined } : query;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}
