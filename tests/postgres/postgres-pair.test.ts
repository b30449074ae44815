import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { PostgresPair } from './postgres-pair.js';

const WAIT_MS = 150;

let pair: PostgresPair;
const clients: pg.Client[] = [];

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
}

async function numbers(url: string): Promise<number[]> {
  const client = await connect(url);
  const { rows } = await client.query<{ n: number }>('SELECT n FROM t ORDER BY n');
  return rows.map(({ n }) => n);
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})));
  await pair.stop();
});

describe('an asynchronous standby', () => {
  test('that was cut off lacks the tail after its promotion, and the former primary comes back as its standby', async () => {
    pair = await PostgresPair.start();
    const client = await connect(pair.primaryUrl);
    await client.query('CREATE TABLE t (n int)');
    await client.query('INSERT INTO t VALUES (1)');
    await pair.caughtUp();
    pair.cutReplication();
    await client.query('INSERT INTO t VALUES (2)');
    const [first, second] = pair.servers;
    await pair.killPrimary();
    expect(await first.isRunning()).toBe(false);
    await pair.promote();
    expect([pair.primary, pair.standby]).toEqual([second, first]);
    expect(await numbers(pair.primaryUrl)).toEqual([1]);

    await pair.rebuildStandby();
    const writer = await connect(pair.primaryUrl);
    await writer.query('INSERT INTO t VALUES (3)');
    await pair.caughtUp();
    expect(await numbers(pair.standby.urlOf('usher'))).toEqual([1, 3]);
    const reader = await connect(pair.standby.urlOf('usher'));
    await expect(reader.query('INSERT INTO t VALUES (4)')).rejects.toMatchObject({ code: '25006' });
    // And back again: roles may change as often as one likes.
    await pair.killPrimary();
    await pair.promote();
    expect(await numbers(pair.primaryUrl)).toEqual([1, 3]);
  });

  test('follows again when the link is mended', async () => {
    pair = await PostgresPair.start();
    const client = await connect(pair.primaryUrl);
    pair.cutReplication();
    await client.query('CREATE TABLE t (n int)');
    await expect(numbers(pair.standby.urlOf('usher'))).rejects.toMatchObject({ code: '42P01' });
    await pair.resumeReplication();
    expect(await numbers(pair.standby.urlOf('usher'))).toEqual([]);
  });

  test('the proxy leads to the other server once it is moved', async () => {
    pair = await PostgresPair.start();
    const before = await connect(pair.proxyUrl);
    await before.query('CREATE TABLE t (n int)');
    await pair.caughtUp();
    await pair.primary.stop();
    await pair.promote();
    await expect(connect(pair.proxyUrl)).rejects.toThrow();
    pair.proxy.moveTo(pair.primary.port);
    const after = await connect(pair.proxyUrl);
    await after.query('INSERT INTO t VALUES (1)');
    expect(await numbers(pair.primaryUrl)).toEqual([1]);
  });
});

describe('a synchronous standby', () => {
  test('lets commits wait while it is away; a wait that is cancelled succeeds with a notice, and is not on the standby', async () => {
    pair = await PostgresPair.start({ synchronous: true });
    const client = await connect(pair.primaryUrl);
    const notices: string[] = [];
    client.on('notice', ({ severity, code }) => notices.push(`${severity} ${code}`));
    await client.query('CREATE TABLE t (n int)');
    await client.query('INSERT INTO t VALUES (1)');
    pair.cutReplication();
    let isDone = false;
    const waiting = client.query('INSERT INTO t VALUES (2)').then(() => {
      isDone = true;
    });
    await expect.poll(() => pair.waitingBackends()).toHaveLength(1);
    await sleep(WAIT_MS);
    expect(isDone).toBe(false);
    expect(await pair.cancelWaits()).toBe(1);
    await waiting;
    expect(notices).toEqual(['WARNING 01000']);
    await pair.killPrimary();
    await pair.promote();
    expect(await numbers(pair.primaryUrl)).toEqual([1]);
  });

  test('has everything that was acknowledged, and the promoted server waits for nobody until it has a standby', async () => {
    pair = await PostgresPair.start({ synchronous: true });
    const client = await connect(pair.primaryUrl);
    await client.query('CREATE TABLE t (n int)');
    for (let n = 1; n <= 20; n++) await client.query('INSERT INTO t VALUES ($1)', [n]);
    await pair.killPrimary();
    await pair.promote();
    const after = await connect(pair.primaryUrl);
    await after.query('INSERT INTO t VALUES (21)');
    expect(await numbers(pair.primaryUrl)).toHaveLength(21);
    await pair.rebuildStandby();
    pair.cutReplication();
    const waiting = after.query('INSERT INTO t VALUES (22)');
    await expect.poll(() => pair.waitingBackends()).toHaveLength(1);
    await pair.resumeReplication();
    await waiting;
  });
});
