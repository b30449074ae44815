import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';

/**
 * What to put before a command so that it gets SIGTERM when the process that starts it ends, however that ends: on Linux
 * setpriv (util-linux, on every Debian), which then becomes the command. Elsewhere nothing, and a killed launcher leaves
 * its children behind.
 */
export async function endsWithUs(): Promise<readonly string[]> {
  const prefix = ['--pdeathsig', 'TERM', '--'];
  if (os.platform() !== 'linux') return [];
  return await promisify(execFile)('setpriv', [...prefix, 'true']).then(
    () => ['setpriv', ...prefix],
    () => [],
  );
}
