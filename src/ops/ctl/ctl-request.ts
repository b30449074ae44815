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

export const CTL_HELP = `Usage: npm run ctl -- <command> [options]

Looks into a running cluster, and moves its showtimes.

  nodes                      who is in the cluster, and who lives
  showtimes [--node <name>]  today's showtimes and later ones, who owns each, where it is pinned to
  drain <node>               has a node give all its showtimes to the others; it takes none until it is restarted
  move <showtime> <node>     pins a showtime to a node, and waits until it is there
  unpin <showtime>           lets a showtime live where the hash says

  --wait <s>        how long drain and move wait                 (default 60 and 10)
  --json            one object of JSON, for programs
  --data-dir <dir>  that of npm run cluster, whatever the environment says (default .usher/cluster)
  --help

It finds the cluster by REDIS_URL and DATABASE_URL (and CLUSTER_NAME, CLUSTER_BEAT_MS, CLUSTER_DETECTION_MS, as the nodes
have them); where neither is set, by the file that npm run cluster keeps in its data folder.

Exits with 0 when it is done, 1 when it could not be, and 2 where the command itself is wrong.
`;

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
        throw new Misuse('Say what to do: nodes, showtimes, drain, move or unpin (--help explains them).');
      default:
        throw new Misuse(`There is no command "${name}": it is nodes, showtimes, drain, move or unpin.`);
    }
  }
}

function showtimeIdOf(text: string): string {
  const id = text.toLowerCase();
  if (!UUID.test(id)) throw new Misuse(`"${text}" is no id of a showtime: it is a UUID, as showtimes lists them.`);
  return id;
}
