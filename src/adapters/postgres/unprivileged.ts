import { execFile } from 'node:child_process';
import { chown } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How to start a program that refuses to run as root, such as Postgres. */
export interface Unprivileged {
  /** The command line that starts `program`, to be given to spawn. */
  wrap(program: string, args: readonly string[]): { readonly file: string; readonly args: readonly string[] };
  /** Gives a folder to the user that wrapped programs run as. */
  give(path: string): Promise<void>;
}

const asOurselves: Unprivileged = { wrap: (file, args) => ({ file, args }), give: async () => {} };

/**
 * As anyone but root: nothing to do. As root on Linux: `setpriv` (util-linux, on every Debian) changes to the user
 * `postgres` where there is one, else `nobody`, and leaves it one capability, to pass and read folders that only root may
 * enter: a checkout under /root or in a `mktemp -d` folder is such. no_setuid_fixup keeps that capability alive in
 * access(2), by which Postgres looks for its own files.
 */
export async function unprivileged(): Promise<Unprivileged> {
  if (os.platform() === 'win32' || os.userInfo().uid !== 0) return asOurselves;
  const { uid, gid } = (await idsOf('postgres')) ?? (await idsOf('nobody')) ?? { uid: 65534, gid: 65534 };
  await run('setpriv', ['--version']).catch((cause) => {
    const wayOut = 'Run Usher as another user, or set DATABASE_URL.';
    throw new Error(`Postgres refuses to run as root, and setpriv is not here to change user. ${wayOut}`, { cause });
  });
  const options = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
    '--',
  ];
  return {
    wrap: (program, args) => ({ file: 'setpriv', args: [...options, program, ...args] }),
    give: (path) => chown(path, uid, gid),
  };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
