import { Misuse, sentenceOf } from '../misuse.js';
import { ApiClient } from './api/api-client.js';
import type { ApiCommand } from './api/api-command.js';
import { ApiFailure } from './api/api-failure.js';
import { commandHelp, commandLines } from './api/command-help.js';
import { API_COMMANDS } from './api/commands.js';
import { commandOf, readInvocation } from './api/read-invocation.js';
import { ClusterView } from './cluster-view.js';
import { type CtlCommand, ctlHelp, readRequest } from './ctl-request.js';
import { drain } from './drain.js';
import { findCluster } from './find-cluster.js';
import { move, unpin } from './move.js';
import { nodes } from './nodes.js';
import type { Report } from './report.js';
import { readSetupLinkRequest, setupLink } from './setup-link.js';
import { showtimes } from './showtimes.js';

export interface CtlOutside {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  /** One line for each failure. */
  readonly err: (text: string) => void;
}

export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** One command, from the words of the command line to the exit code. */
export async function runCtl(argv: readonly string[], outside: CtlOutside): Promise<ExitCode> {
  const { out, err } = outside;
  try {
    const [first, ...rest] = argv;
    if (first === 'help') {
      out(helpOn(rest));
      return 0;
    }
    if (first === 'setup-link') {
      const request = await readSetupLinkRequest(rest, outside.environment);
      return told(await setupLink(request), request.json, outside);
    }
    const command = commandOf(argv, API_COMMANDS);
    return command ? await runOverHttp(argv, command, outside) : await runOnCluster(argv, outside);
  } catch (error) {
    if (error instanceof ApiFailure && argv.includes('--json') && error.problem) {
      out(`${JSON.stringify({ error: error.problem })}\n`);
    }
    err(`${sentenceOf(error)}\n`);
    if (error instanceof ApiFailure) return error.exitCode;
    return error instanceof Misuse ? 2 : 1;
  }
}

async function runOverHttp(
  argv: readonly string[],
  command: ApiCommand,
  { environment, out, err }: CtlOutside,
): Promise<ExitCode> {
  const { address, json, help, words } = readInvocation(argv, command, environment);
  if (help) {
    out(commandHelp(command));
    return 0;
  }
  const progress = (line: string) => {
    if (!json) err(`${line}\n`);
  };
  return told(await command.run({ ...words, api: new ApiClient(address), progress }), json, { out, err });
}

async function runOnCluster(argv: readonly string[], { environment, out, err }: CtlOutside): Promise<ExitCode> {
  const request = readRequest(argv);
  if (request === 'help') {
    out(helpOn([]));
    return 0;
  }
  const view = new ClusterView(await findCluster(environment, request.dataDirectory));
  try {
    return told(await perform(request.command, view), request.json, { out, err });
  } finally {
    await view.close();
  }
}

function told({ ok, json, lines }: Report, asJson: boolean, { out, err }: Pick<CtlOutside, 'out' | 'err'>): ExitCode {
  const text = asJson ? JSON.stringify(json) : lines.join('\n');
  if (ok || asJson) out(`${text}\n`);
  else err(`${text}\n`);
  return ok ? 0 : 1;
}

/** @throws Misuse */
function helpOn(words: readonly string[]): string {
  if (words.length === 0) return ctlHelp(commandLines(API_COMMANDS));
  const command = commandOf(words, API_COMMANDS);
  if (command && command.words === words.join(' ')) return commandHelp(command);
  const group = API_COMMANDS.filter(({ words: name }) => name.startsWith(`${words.join(' ')} `));
  if (group.length > 0) return `${commandLines(group)}\n`;
  throw new Misuse(`There is no command "${words.join(' ')}": "ctl help" lists them.`);
}

function perform(command: CtlCommand, view: ClusterView): Promise<Report> {
  switch (command.name) {
    case 'nodes':
      return nodes(view);
    case 'showtimes':
      return showtimes(view, command.node);
    case 'drain':
      return drain(view, command.node, command.waitMs);
    case 'move':
      return move(view, command.showtimeId, command.node, command.waitMs);
    case 'unpin':
      return unpin(view, command.showtimeId);
  }
}
