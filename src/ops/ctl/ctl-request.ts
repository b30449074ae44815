import { parseArgs } from 'node:util';
import { Misuse } from '../misuse.js';
import { parsed, wholeNumber } from '../option-values.js';

export type CtlCommand =
  | { readonly name: 'nodes' }
  | { readonly name: 'showtimes'; readonly node: string | undefined }
  | { readonly name: 'drain'; readonly node: string; readonly waitMs: number }
  | { readonly name: 'move'; readonly showtimeId: string; readonly node: string; readonly waitMs: number }
  | { readonly name: 'unpin'; readonly showtimeId: string };

export interface CtlRequest {
  readonly command: CtlCommand;
  readonly json: boolean;
  readonly dataDirectory: string | undefined;
}

/** @param apiCommands the lines of the commands over HTTP. */
export function ctlHelp(apiCommands: string): string {
  return `Usage: npm run ctl -- <command> [options]

Works on a server over its HTTP API, and looks into a running cluster.

Over HTTP ("ctl help <command>" shows the options of one):

${apiCommands}

  --url <address>   of the server                      (default USHER_URL, else http://localhost:8080)
  --key <secret>    the session or key to act with     (default USHER_API_KEY; other users of the machine see options)
  --json            one object of JSON, for programs; a refusal is { "error": … }

Public lists need no key. For the rest the key must have the permission; "key add" makes one. The first key is made with the
access token of an administrator as --key.

On the database of a server, by DATABASE_URL and TOKEN_SECRET as the server has them, else on the cluster of npm run cluster:

  setup-link [--url <address>]  the link that makes the first administrator, while there is none

On a cluster, over Redis and Postgres:

  nodes                      the nodes of the cluster, and which of them are alive
  showtimes [--node <name>]  showtimes of today and later: the owner of each, and where it is pinned to
  drain <node>               makes a node give all its showtimes to the others; it takes none until it is restarted
  move <showtime> <node>     pins a showtime to a node, and waits until it is there
  unpin <showtime>           lets a showtime live where the hash says

  --wait <s>        how long drain and move wait                 (default 60 and 10)
  --data-dir <dir>  that of npm run cluster, whatever the environment says (default .usher/cluster)

These find the cluster by REDIS_URL and DATABASE_URL (and CLUSTER_NAME, CLUSTER_BEAT_MS, CLUSTER_DETECTION_MS, as the nodes
have them); where neither is set, by the file that npm run cluster keeps in its data folder.

Exit codes: 0 done; 1 it could not be done; 2 the command itself, or a value in it, is wrong; 3 no key, or one that may not do
this; 4 the server cannot be reached or is too busy.
`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DRAIN_WAIT_S = 60;
const MOVE_WAIT_S = 10;

/**
 * @returns 'help' where that was asked for.
 * @throws Misuse
 */
export function readRequest(argv: readonly string[]): CtlRequest | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { node: text, wait: text, 'data-dir': text, json: flag, help: flag };
  const { values, positionals } = parsed(() => parseArgs({ args: [...argv], options, allowPositionals: true }));
  if (values.help) return 'help';
  const [name = '', ...operands] = positionals;
  const expect = (...expected: readonly string[]) => {
    if (operands.length === expected.length) return operands;
    const usage = [name, ...expected.map((operand) => `<${operand}>`)].join(' ');
    throw new Misuse(`It is "${usage}", with ${expected.length === 0 ? 'nothing' : 'nothing more and nothing less'}.`);
  };
  if (values.node !== undefined && name !== 'showtimes') throw new Misuse('--node is an option of showtimes.');
  if (values.wait !== undefined && name !== 'drain' && name !== 'move') {
    throw new Misuse('--wait is an option of drain and move.');
  }
  const waitMs = (usualS: number) => wholeNumber('--wait', values.wait, usualS, 1, 3_600) * 1_000;
  return { command: readCommand(), json: values.json ?? false, dataDirectory: values['data-dir'] };

  function readCommand(): CtlCommand {
    switch (name) {
      case 'nodes':
        expect();
        return { name };
      case 'showtimes':
        expect();
        return { name, node: values.node };
      case 'drain': {
        const [node = ''] = expect('node');
        return { name, node, waitMs: waitMs(DRAIN_WAIT_S) };
      }
      case 'move': {
        const [showtime = '', node = ''] = expect('showtime', 'node');
        return { name, showtimeId: showtimeIdOf(showtime), node, waitMs: waitMs(MOVE_WAIT_S) };
      }
      case 'unpin': {
        const [showtime = ''] = expect('showtime');
        return { name, showtimeId: showtimeIdOf(showtime) };
      }
      case '':
        throw new Misuse('Say what to do: "ctl help" lists the commands.');
      default:
        throw new Misuse(`There is no command "${positionals.slice(0, 2).join(' ')}": "ctl help" lists them.`);
    }
  }
}

function showtimeIdOf(text: string): string {
  const id = text.toLowerCase();
  if (!UUID.test(id)) throw new Misuse(`"${text}" is no id of a showtime: it is a UUID, as showtimes lists them.`);
  return id;
}
