import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoRedis } from '../redis/redis.js';

interface NodeRow {
  readonly name: string;
  readonly state: string;
  readonly url: string;
  readonly showtimes: number;
}

interface ShowtimeRow {
  readonly id: string;
  readonly title: string;
  readonly startsAt: string;
  readonly node?: string;
  readonly epoch?: number;
  readonly pinnedTo?: string;
}

const STOP_MS_MAX = 20_000;
const why = await whyNoRedis();

describe.skipIf(why !== undefined)(`a cluster on one machine, and its control${why ? ` (${why})` : ''}`, () => {
  let directory: string;
  let launcher: ChildProcess;
  let printed = '';
  let sharedUrl: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'usher-ops-'));
    const options = ['--nodes', '2', '--port', '0', '--detection', '1200', '--data-dir', directory];
    launcher = spawn(process.execPath, ['dist/cluster.js', ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] },
    });
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        printed += bytes.toString();
      });
    }
    await Promise.race([tableShown(), once(launcher, 'exit')]);
    sharedUrl = /Usher is ready: (\S+)/.exec(printed)?.[1] ?? '';
    if (pidOf('node-2') === undefined) throw new Error(`The cluster did not start. It said:\n${printed}`);
  });

  afterAll(async () => {
    if (launcher.exitCode === null) {
      // One that does not stop takes its nodes and its Redis with it when it is killed.
      const enough = setTimeout(() => launcher.kill('SIGKILL'), STOP_MS_MAX);
      launcher.kill('SIGTERM');
      await once(launcher, 'exit');
      clearTimeout(enough);
    }
    await rm(directory, { recursive: true, force: true });
  });

  async function tableShown(): Promise<void> {
    while (pidOf('node-2') === undefined) await once(launcher.stdout ?? launcher, 'data');
  }

  /** Of its latest line in the table. */
  function pidOf(node: string): number | undefined {
    const lines = [...printed.matchAll(new RegExp(`^${node} +\\w.* (\\d+)$`, 'gm'))];
    return lines.length === 0 ? undefined : Number(lines.at(-1)?.[1]);
  }

  function ctl(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      const all = ['dist/ctl.js', ...words, '--data-dir', directory];
      execFile(process.execPath, all, { env: { PATH: process.env['PATH'] } }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  }

  async function json<Answer>(...words: readonly string[]): Promise<Answer> {
    const { code, out, err } = await ctl(...words, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as Answer;
  }

  async function showtime(id: string): Promise<ShowtimeRow | undefined> {
    const { showtimes } = await json<{ showtimes: ShowtimeRow[] }>('showtimes');
    return showtimes.find((row) => row.id === id);
  }

  /** Somebody looks at its seats. */
  async function open(id: string): Promise<void> {
    const look = async () => (await fetch(`${sharedUrl}/v1/showtimes/${id}/seats`)).status;
    await expect.poll(look, { timeout: 20_000, interval: 100 }).toBe(200);
  }

  test('nodes: every node with its address, alive', async () => {
    const { nodes } = await json<{ nodes: NodeRow[] }>('nodes');
    expect(nodes.map(({ name, state }) => `${name} ${state}`)).toEqual(['node-1 live', 'node-2 live']);
    for (const { url } of nodes) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('showtimes: the owner once somebody opened it, and none before', async () => {
    const { showtimes } = await json<{ showtimes: ShowtimeRow[] }>('showtimes');
    expect(showtimes.length).toBeGreaterThan(1);
    const [first, second] = showtimes.slice(-2).map(({ id }) => id);
    await open(first ?? '');
    expect(await showtime(first ?? '')).toMatchObject({ epoch: 1, node: expect.stringMatching(/^node-[12]$/) });
    expect((await showtime(second ?? ''))?.node).toBeUndefined();
    const owner = (await showtime(first ?? ''))?.node ?? '';
    const own = await json<{ showtimes: ShowtimeRow[]; total: number }>('showtimes', '--node', owner);
    expect(own).toMatchObject({ showtimes: [{ id: first }], total: 1 });
  });

  test('move: the showtime lives on that node, and unpin lets it go', async () => {
    const { showtimes } = await json<{ showtimes: ShowtimeRow[] }>('showtimes');
    const { id, node } = showtimes.find((row) => row.node !== undefined) ?? { id: '', node: '' };
    const other = node === 'node-1' ? 'node-2' : 'node-1';
    expect(await json('move', id, other, '--wait', '5')).toMatchObject({ pinned: true, node: other });
    // Where it was given away and not taken at once, it is claimed when somebody asks for it.
    await open(id);
    await expect.poll(() => showtime(id), { timeout: 10_000 }).toMatchObject({ node: other, pinnedTo: other });
    expect(await json('unpin', id)).toEqual({ showtimeId: id, wasPinnedTo: other });
    expect((await showtime(id))?.pinnedTo).toBeUndefined();
  });

  test('drain: the node has no showtimes and takes none; the last one is not drained', async () => {
    expect(await json('drain', 'node-2')).toEqual({ node: 'node-2', drained: true, showtimes: 0 });
    const { nodes } = await json<{ nodes: NodeRow[] }>('nodes');
    const drained = nodes.find(({ name }) => name === 'node-2');
    expect(drained).toMatchObject({ state: 'draining', showtimes: 0 });
    expect((await fetch(`${drained?.url}/readyz`)).status).toBe(503);
    const { showtimes } = await json<{ showtimes: ShowtimeRow[] }>('showtimes');
    const fresh = showtimes.filter(({ node }) => node === undefined).slice(0, 4);
    for (const { id } of fresh) await open(id);
    expect(new Set(await Promise.all(fresh.map(async ({ id }) => (await showtime(id))?.node)))).toEqual(
      new Set(['node-1']),
    );
    const last = await ctl('drain', 'node-1');
    expect(last).toMatchObject({ code: 1, err: expect.stringContaining('no other node') });
  });

  test('what cannot be is said in one line, with exit code 2', async () => {
    const unknown = '00000000-0000-7000-8000-000000000000';
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['drain', 'node-9'], 'There is no node node-9'],
      [['move', unknown, 'node-1'], `There is no showtime ${unknown}`],
      [['move', 'K-12', 'node-1'], '"K-12" is no id of a showtime'],
    ];
    for (const [words, sentence] of wrong) {
      const { code, out, err } = await ctl(...words);
      expect({ code, out, lines: err.split('\n').length }).toEqual({ code: 2, out: '', lines: 2 });
      expect(err).toContain(sentence);
    }
  });

  test('a killed node is shown as dead, and stays so', async () => {
    const pid = pidOf('node-2') ?? 0;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => printed, { timeout: 10_000 }).toMatch(/^node-2 +dead \(SIGKILL\)/m);
    const { nodes } = await json<{ nodes: NodeRow[] }>('nodes');
    expect(nodes.filter(({ name, state }) => name === 'node-2' && state !== 'dead')).toEqual([]);
  });

  test('SIGTERM to the launcher leaves no process and no password behind', async () => {
    const file = join(directory, 'cluster.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { redisUrl } = JSON.parse(await readFile(file, 'utf8')) as { redisUrl: string };
    const postgres = Number((await readFile(join(directory, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
    const node = pidOf('node-1') ?? 0;
    expect([lives(postgres), lives(node), await answers(redisUrl)]).toEqual([true, true, true]);
    launcher.kill('SIGTERM');
    expect(await once(launcher, 'exit')).toEqual([0, null]);
    expect([lives(postgres), lives(node), await answers(redisUrl)]).toEqual([false, false, false]);
    expect(existsSync(file)).toBe(false);
  });
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
