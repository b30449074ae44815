import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeClusterFile } from '../../../src/ops/cluster-file.js';
import { readRequest } from '../../../src/ops/ctl/ctl-request.js';
import { findCluster } from '../../../src/ops/ctl/find-cluster.js';
import { readLaunchOptions } from '../../../src/ops/local-cluster/launch-options.js';
import { Misuse } from '../../../src/ops/misuse.js';

const SHOWTIME = '0191d0c4-7e70-7c3e-8a62-3f1f6a1a2b3c';

describe('npm run cluster', () => {
  test('without options it is three nodes', () => {
    expect(readLaunchOptions([])).toEqual({
      nodes: 3,
      port: undefined,
      dataDirectory: '.usher/cluster',
      detectionMs: 3_000,
      restart: false,
    });
  });

  test.each([
    ['--nodes', '0'],
    ['--nodes', '10'],
    ['--nodes', 'many'],
    ['--nodes', ''],
    ['--port', '65530'],
    ['--detection', '100'],
    ['--nodez', '3'],
    ['three', 'nodes'],
  ])('%s %s is refused in one line', (...argv) => {
    expect(() => readLaunchOptions(argv)).toThrow(Misuse);
    expect(() => readLaunchOptions(argv)).toThrow(/^[^\n]+$/);
  });
});

describe('npm run ctl', () => {
  test('reads commands with their operands and options', () => {
    expect(readRequest(['nodes', '--json'])).toMatchObject({ command: { name: 'nodes' }, json: true });
    expect(readRequest(['showtimes', '--node', 'node-1'])).toMatchObject({
      command: { name: 'showtimes', node: 'node-1' },
    });
    expect(readRequest(['move', SHOWTIME.toUpperCase(), 'node-2', '--wait', '5'])).toMatchObject({
      command: { name: 'move', showtimeId: SHOWTIME, node: 'node-2', waitMs: 5_000 },
    });
    expect(readRequest(['--help'])).toBe('help');
  });

  test.each([
    [[], 'Say what to do'],
    [['node'], 'There is no command "node"'],
    [['nodes', 'node-1'], 'It is "nodes"'],
    [['drain'], 'It is "drain <node>"'],
    [['drain', 'a', 'b'], 'It is "drain <node>"'],
    [['move', SHOWTIME], 'It is "move <showtime> <node>"'],
    [['move', 'K-12', 'node-1'], '"K-12" is no id of a showtime'],
    [['nodes', '--wait', '5'], '--wait is an option of drain and move'],
    [['drain', 'node-1', '--node', 'node-2'], '--node is an option of showtimes'],
    [['drain', 'node-1', '--wait', '0'], '--wait is a whole number'],
  ])('%j is refused, and says why', (argv, sentence) => {
    expect(() => readRequest(argv)).toThrow(Misuse);
    expect(() => readRequest(argv)).toThrow(sentence);
  });
});

describe('which cluster', () => {
  const ours = {
    redisUrl: 'redis://127.0.0.1:7001',
    databaseUrl: 'postgres://u:p@127.0.0.1:7002/usher',
    clusterName: 'usher',
    beatMs: 200,
    detectionMs: 1_200,
  };

  test('the environment where it names a store, else the file of the launcher, which --data-dir insists on', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'usher-ctl-'));
    try {
      await writeClusterFile(directory, ours);
      const environment = { REDIS_URL: 'redis://elsewhere', CLUSTER_NAME: 'theirs', DATABASE_URL: '' };
      expect(await findCluster({}, directory)).toEqual(ours);
      expect(await findCluster(environment, directory)).toEqual(ours);
      expect(await findCluster(environment, undefined)).toEqual({
        ...{ redisUrl: 'redis://elsewhere', clusterName: 'theirs', beatMs: 500, detectionMs: 3_000 },
        databaseUrl: undefined,
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('what is missing or wrong is named, and never quoted: it may be a password', async () => {
    const secret = { REDIS_URL: 'redis://h', DATABASE_URL: 'mysql://usher:hunter2@h/db' };
    await expect(findCluster(secret, undefined)).rejects.toThrow(/^DATABASE_URL cannot be used: (?!.*hunter2)/);
    await expect(findCluster({ DATABASE_URL: 'postgres://h/db' }, undefined)).rejects.toThrow('REDIS_URL');
    await expect(findCluster({}, '/no/such/folder')).rejects.toThrow(Misuse);
  });
});
