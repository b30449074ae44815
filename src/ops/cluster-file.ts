import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const address = z.object({
  redisUrl: z.string(),
  databaseUrl: z.string().optional(),
  clusterName: z.string(),
  /** Between two beats of its nodes, and after how long without one they are dead; both in milliseconds. */
  beatMs: z.number().positive(),
  detectionMs: z.number().positive(),
});

/** Of the local cluster, where no other is named. */
export const DATA_DIRECTORY = '.usher/cluster';

/** Where the stores of a cluster are, and how it keeps time: all that an operator's program must know of it. */
export type ClusterAddress = Readonly<z.infer<typeof address>>;

export function clusterFileIn(dataDirectory: string): string {
  return join(dataDirectory, 'cluster.json');
}

/** For the eyes of its owner only: the password of Postgres is in it. */
export async function writeClusterFile(dataDirectory: string, cluster: ClusterAddress): Promise<void> {
  const file = clusterFileIn(dataDirectory);
  // A mode is given to new files only.
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify(cluster, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

export async function removeClusterFile(dataDirectory: string): Promise<void> {
  await rm(clusterFileIn(dataDirectory), { force: true });
}

/**
 * Undefined where there is none.
 * @throws Error where it cannot be read, or is no such file.
 */
export async function readClusterFile(dataDirectory: string): Promise<ClusterAddress | undefined> {
  const file = clusterFileIn(dataDirectory);
  try {
    return address.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read as the file that npm run cluster writes.`, { cause: error });
  }
}
