import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freePort } from '../../src/adapters/free-port.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { findPostgresBinaries } from '../../src/adapters/postgres/postgres-binaries.js';
import { silentLog } from '../silent-log.js';

let directory: string;
let started: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'usher-embedded-'));
  started = [];
  children = [];
});
afterEach(async () => {
  for (const postgres of started) await postgres.stop();
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ directory, log: silentLog });
  started.push(postgres);
  return postgres;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

const lockFile = () => join(directory, 'postgres', 'postmaster.pid');
const postmasterPid = async () => Number((await readFile(lockFile(), 'utf8')).split('\n')[0]);
/** By what the system says, not by what the code under test believes. */
const isRunning = async (pid: number) => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';

async function eventually<T>(what: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + 15_000;
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(50);
    }
  }
}

/** Another process that starts the server of our folder, and the URL that it prints. */
async function startElsewhere(wrap: readonly string[] = []): Promise<{ child: ChildProcess; url: string }> {
  const outfile = resolve('node_modules/.cache/usher', `embedded-${process.pid}-${started.length}.mjs`);
  const contents = `
    import { startEmbeddedPostgres } from './src/adapters/postgres/embedded-postgres.js';
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const { url } = await startEmbeddedPostgres({ directory: process.argv[2] ?? '', log });
    process.stdout.write(url + '\\n');
    setInterval(() => {}, 1_000);`;
  const stdin = { contents, resolveDir: resolve('.'), loader: 'ts' } as const;
  await build({
    stdin,
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const [file, ...args] = [...wrap, process.execPath, outfile, directory];
  const child = spawn(file ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const url = await new Promise<string>((done, fail) => {
    child.stdout?.once('data', (text) => done(String(text).trim()));
    child.once('exit', (code) => fail(new Error(`exited with ${code}`)));
  });
  await rm(outfile);
  return { child, url };
}

it('keeps every letter, on a machine that names no language', async () => {
  vi.stubEnv('LANG', '');
  vi.stubEnv('LC_ALL', '');
  const { url } = await start();
  vi.unstubAllEnvs();
  // With SQL_ASCII it would take bytes that are no text, and count them in place of letters.
  expect(await ask(url, `SELECT current_setting('server_encoding') AS encoding, length('Łódź') AS letters`)).toEqual([
    { encoding: 'UTF8', letters: 4 },
  ]);
});

it('starts from nothing, stops without a trace, and keeps its data for the next start', async () => {
  const first = await start();
  const pid = await postmasterPid();
  await ask(first.url, "CREATE TABLE kept AS SELECT 'this' AS what");
  await first.stop();
  expect(await isRunning(pid)).toBe(false);
  await expect(ask(first.url, 'SELECT')).rejects.toThrow();
  const second = await start();
  expect(await ask(second.url, 'SELECT what FROM kept')).toEqual([{ what: 'this' }]);
});

it('adopts the server of a node that was killed, and stops it in the end', async () => {
  const { child, url } = await startElsewhere();
  await ask(url, "CREATE TABLE kept AS SELECT 'this' AS what");
  const pid = await postmasterPid();
  child.kill('SIGKILL');
  await new Promise((done) => child.once('exit', done));
  expect(await isRunning(pid)).toBe(true);
  const adopted = await start();
  expect([adopted.url, await postmasterPid()]).toEqual([url, pid]);
  expect(await ask(adopted.url, 'SELECT what FROM kept')).toEqual([{ what: 'this' }]);
  await adopted.stop();
  expect(await isRunning(pid)).toBe(false);
});

it('refuses a folder that a living node uses, and leaves that node alone', async () => {
  const first = await start();
  const pid = await postmasterPid();
  await expect(startEmbeddedPostgres({ directory, log: silentLog })).rejects.toThrow(/in use by another Usher/);
  expect(await ask(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await postmasterPid()).toBe(pid);
});

it('lets one of two have it that start at the same moment, and tells the other', async () => {
  await (await start()).stop();
  const both = await Promise.allSettled([start(), start()]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const [loser] = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  expect(loser).toMatch(/in use by another Usher/);
});

it('starts a server that died again at the same address, with what was committed', async () => {
  const postgres = await start();
  await ask(postgres.url, "CREATE TABLE kept AS SELECT 'this' AS what");
  const pid = await postmasterPid();
  process.kill(pid, 'SIGKILL');
  const rows = await eventually(async () => {
    if ((await postmasterPid()) === pid) throw new Error('still the old one');
    return await ask(postgres.url, 'SELECT what FROM kept');
  });
  expect(rows).toEqual([{ what: 'this' }]);
});

it('starts a server where the one that it found dies before it can be connected to', async () => {
  await (await start()).stop();
  // Stands for a postmaster in its last moment: alive by its name and its lock file, and answering nobody.
  const dying = join(directory, 'bin', 'postgres');
  await mkdir(join(directory, 'bin'));
  await copyFile('/bin/sleep', dying);
  const child = spawn(dying, ['60']);
  children.push(child);
  await writeFile(lockFile(), `${child.pid}\n${directory}/postgres\n0\n${await freePort()}\n`);
  setTimeout(() => child.kill('SIGKILL'), 300);
  const postgres = await start();
  expect(await ask(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await postmasterPid()).not.toBe(child.pid);
});

it('leaves nothing running where it is stopped while it starts a dead server again', async () => {
  const postgres = await start();
  process.kill(await postmasterPid(), 'SIGKILL');
  await sleep(60);
  await postgres.stop();
  await sleep(500);
  const pid = await postmasterPid().catch(() => 0);
  expect(pid > 0 && (await isRunning(pid))).toBe(false);
});

it('starts over where making the folder was cut short', async () => {
  await mkdir(join(directory, 'postgres.new'));
  await writeFile(join(directory, 'postgres.new', 'half'), 'made');
  await writeFile(join(directory, 'postgres-password'), 'of then');
  expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('starts where a crash left a lock file whose process id is another program’s by now', async () => {
  await (await start()).stop();
  const stale = [process.pid, join(directory, 'postgres'), 1_700_000_000, 54_321, '', '127.0.0.1', '', 'ready'];
  await writeFile(lockFile(), stale.join('\n'));
  await chmod(lockFile(), 0o644);
  expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('says what Postgres said where it does not come up, without waiting out the deadline of a start', async () => {
  await (await start()).stop();
  await writeFile(join(directory, 'postgres', 'PG_VERSION'), '9\n');
  const before = performance.now();
  await expect(start()).rejects.toThrow(/did not come up[\s\S]*incompatible/);
  expect(performance.now() - before).toBeLessThan(15_000);
});

it('names the way out where the platform has no binary', async () => {
  await expect(findPostgresBinaries('sunos', 'mips')).rejects.toThrow(
    /no embedded Postgres for sunos-mips[\s\S]*DATABASE_URL/,
  );
});

it.runIf(os.userInfo().uid === 0)('runs for an ordinary user as well as for root', async () => {
  await chmod(directory, 0o777);
  const { child, url } = await startElsewhere(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']);
  expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  const pid = await postmasterPid();
  child.kill('SIGKILL');
  process.kill(pid, 'SIGINT');
  await eventually(async () => expect(await isRunning(pid)).toBe(false));
});
