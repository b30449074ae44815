import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface RushOptions {
  readonly clients: number;
  /** A new showtime with so many seats; undefined where `showtimeId` says which. */
  readonly seats: number | undefined;
  readonly showtimeId: string | undefined;
  /** A server that runs, and the database that it uses; undefined: start both. */
  readonly server: { readonly url: URL; readonly databaseUrl: string } | undefined;
  readonly processes: number;
  readonly durationMs: number;
  readonly seed: number;
  readonly holdTtlMs: number;
}

export const HELP = `Usage: npm run rush -- [options]

Everybody wants the same seats at the same moment. Counts what happened, measures how long it took,
and asks Postgres whether every promise was kept.

  --clients <n>       connected clients                                     (default 1000)
  --seats <n>         a new showtime in a new hall of so many seats         (default 500)
  --showtime <id>     this showtime instead; it must be on sale
  --url <url>         a running server, such as http://127.0.0.1:8080;
                      without it, one is started, with its own Postgres, and stopped at the end
  --database <url>    the Postgres of that server; needed with --url
  --processes <n>     processes to spread the clients over                  (default: by clients and cores)
  --duration <s>      stop after so many seconds if it is not sold out      (default 60)
  --hold-ttl <ms>     how long holds live on the server that is started, and
                      in the new showtime                                   (default 5000)
  --seed <n>          what the clients intend; the same seed, the same plan (default: random)
  --help

Exits with 0 where the verdict is clean, there was contention, and every client could connect; else with 1.
`;

/** Clients that one process carries without measuring mostly itself. */
const CLIENTS_A_PROCESS = 2_500;
/** Sockets of one process: the usual limit of open files leaves a little room above. */
const CLIENTS_A_PROCESS_MAX = 18_000;

/**
 * @returns 'help' where that was asked for.
 * @throws Error with a sentence for people where an option is unknown, missing or out of bounds.
 */
export function readOptions(argv: readonly string[]): RushOptions | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      clients: text,
      seats: text,
      showtime: text,
      url: text,
      database: text,
      processes: text,
      duration: text,
      'hold-ttl': text,
      seed: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  if (values.showtime !== undefined && values.seats !== undefined) throw new Error('Give --seats or --showtime.');
  if (values.showtime !== undefined && values.url === undefined) throw new Error('--showtime needs --url.');
  if ((values.url === undefined) !== (values.database === undefined)) {
    throw new Error('--url and --database go together: the verdict comes from the database of the server.');
  }
  const clients = wholeNumber('--clients', values.clients, 1_000, 1, 200_000);
  const usual = Math.min(availableParallelism(), Math.ceil(clients / CLIENTS_A_PROCESS));
  const processes = wholeNumber('--processes', values.processes, usual, 1, 64);
  if (clients / processes > CLIENTS_A_PROCESS_MAX) {
    throw new Error(`${clients} clients need --processes ${Math.ceil(clients / CLIENTS_A_PROCESS_MAX)} or more.`);
  }
  return {
    clients,
    seats: values.showtime === undefined ? wholeNumber('--seats', values.seats, 500, 1, 100_000) : undefined,
    showtimeId: values.showtime,
    server:
      values.url === undefined || values.database === undefined
        ? undefined
        : { url: serverUrl(values.url), databaseUrl: values.database },
    processes,
    durationMs: wholeNumber('--duration', values.duration, 60, 1, 3_600) * 1_000,
    holdTtlMs: wholeNumber('--hold-ttl', values['hold-ttl'], 5_000, 500, 3_600_000),
    seed: wholeNumber('--seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0, 2 ** 32 - 1),
  };
}

function wholeNumber(name: string, text: string | undefined, usual: number, min: number, max: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name} is a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') throw new Error(`--url is an http:// address, not "${text}".`);
  return url;
}
