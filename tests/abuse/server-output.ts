import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../src/adapters/free-port.js';

const RUN_MS_MAX = 30_000;

/**
 * Runs the built server and resolves with all that it wrote, when it has ended by itself; or, killed, when what it wrote
 * has `enough`, or it ran for long. `code`: its exit code, or the signal that ended it.
 */
export async function outputOf(
  environment: Readonly<Record<string, string>>,
  enough?: RegExp,
): Promise<{ readonly code: number | string; readonly output: string }> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      DEMO: 'false',
      PORT: String(await freePort()),
      ...environment,
    },
  });
  let output = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_MS_MAX);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      if (enough?.test(output)) child.kill('SIGKILL');
    });
  }
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode ?? child.signalCode ?? '', output };
}
