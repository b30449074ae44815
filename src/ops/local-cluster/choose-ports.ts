import { createServer } from 'node:net';
import { freePort } from '../../adapters/free-port.js';

export interface ChosenPorts {
  readonly shared: number;
  readonly nodes: readonly number[];
}

const USUAL_PORT = 8080;

/**
 * The wanted one and those that follow it; for each that is taken another, which is said.
 * @param wanted undefined: the usual. 0: free ones, wherever they are.
 * @throws Error where the shared port was asked for by name, and is taken.
 */
export async function choosePorts(
  nodes: number,
  wanted: number | undefined,
  say: (line: string) => void,
): Promise<ChosenPorts> {
  const chosen = new Set<number>();
  const choose = async (port: number, what: string): Promise<number> => {
    if (port !== 0 && !chosen.has(port) && (await isFree(port))) {
      chosen.add(port);
      return port;
    }
    const other = await anyPort(chosen);
    if (port !== 0) say(`Port ${port} is taken: ${what} is ${other}.`);
    chosen.add(other);
    return other;
  };
  if (wanted && !(await isFree(wanted))) throw new Error(`Port ${wanted} is taken. Give another by --port.`);
  const first = wanted ?? USUAL_PORT;
  const shared = await choose(first, 'the shared port');
  const own: number[] = [];
  for (let i = 1; i <= nodes; i++) own.push(await choose(first === 0 ? 0 : first + i, `that of node-${i}`));
  return { shared, nodes: own };
}

async function anyPort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (!taken.has(port)) return port;
  }
}

/** On all addresses, as nodes listen. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
