import { Misuse, sentenceOf } from '../misuse.js';
import { ClusterView } from './cluster-view.js';
import { CTL_HELP, type CtlCommand, readRequest } from './ctl-request.js';
import { drain } from './drain.js';
import { findCluster } from './find-cluster.js';
import { move, unpin } from './move.js';
import { nodes } from './nodes.js';
import type { Report } from './report.js';
import { showtimes } from './showtimes.js';

export interface CtlOutside {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  /** One line for each failure. */
  readonly err: (text: string) => void;
}

/** One command, from the words of the command line to the exit code. */
export async function runCtl(argv: readonly string[], { environment, out, err }: CtlOutside): Promise<0 | 1 | 2> {
  try {
    const request = readRequest(argv);
    if (request === 'help') {
      out(CTL_HELP);
      return 0;
    }
    const view = new ClusterView(await findCluster(environment, request.dataDirectory));
    try {
      const { ok, json, lines } = await perform(request.command, view);
      const text = request.json ? JSON.stringify(json) : lines.join('\n');
      if (ok || request.json) out(`${text}\n`);
      else err(`${text}\n`);
      return ok ? 0 : 1;
    } finally {
      await view.close();
    }
  } catch (error) {
    err(`${sentenceOf(error)}\n`);
    return error instanceof Misuse ? 2 : 1;
  }
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
