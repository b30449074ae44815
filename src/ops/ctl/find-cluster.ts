import { resolve } from 'node:path';
import { z } from 'zod';
import { databaseUrlFault } from '../../adapters/postgres/server-urls.js';
import { type ClusterAddress, DATA_DIRECTORY, readClusterFile } from '../cluster-file.js';
import { Misuse } from '../misuse.js';

const milliseconds = z.coerce.number().int().positive();

/** The variables by which a node finds its cluster, with the defaults of config.ts. */
const environment = z.object({
  REDIS_URL: z.string({ error: 'it is set nowhere, and DATABASE_URL is' }),
  DATABASE_URL: z
    .string()
    .check(({ value, issues }) => {
      const message = databaseUrlFault(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: undefined });
    })
    .optional(),
  CLUSTER_NAME: z.string().default('usher'),
  CLUSTER_BEAT_MS: milliseconds.default(500),
  CLUSTER_DETECTION_MS: milliseconds.default(3_000),
});

/**
 * By the environment where that names a store, else by the file of `npm run cluster`.
 * @throws Misuse where neither says it.
 */
export async function findCluster(
  variables: Readonly<Record<string, string | undefined>>,
  dataDirectory: string | undefined,
): Promise<ClusterAddress> {
  const isNamed = variables['REDIS_URL'] || variables['DATABASE_URL'];
  if (!isNamed || dataDirectory !== undefined) return await clusterOf(dataDirectory ?? DATA_DIRECTORY);
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const read = environment.safeParse(set);
  if (!read.success) {
    // Never its value: it may have a password in it.
    const [fault] = read.error.issues;
    throw new Misuse(`${fault?.path.join('.')} cannot be used: ${fault?.message}.`);
  }
  const { data } = read;
  return {
    redisUrl: data.REDIS_URL,
    databaseUrl: data.DATABASE_URL,
    clusterName: data.CLUSTER_NAME,
    beatMs: data.CLUSTER_BEAT_MS,
    detectionMs: data.CLUSTER_DETECTION_MS,
  };
}

async function clusterOf(dataDirectory: string): Promise<ClusterAddress> {
  const found = await readClusterFile(resolve(dataDirectory));
  if (found) return found;
  throw new Misuse(
    `No cluster runs in ${dataDirectory}: start one by npm run cluster, give its --data-dir, or set REDIS_URL and DATABASE_URL.`,
  );
}
