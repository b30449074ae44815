import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePorts } from '../../../src/ops/local-cluster/choose-ports.js';
import { NodeProcess } from '../../../src/ops/local-cluster/node-process.js';

let directory: string;
let said: string[];
const never = new AbortController().signal;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-node-process-'));
  said = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A process that runs this script in place of a server. */
function running(script: string, restart = false): NodeProcess {
  return new NodeProcess({
    name: 'node-1',
    url: 'http://127.0.0.1:9',
    command: [process.execPath, '-e', script],
    environment: {},
    logFile: join(directory, 'node-1.log'),
    restart,
    say: (line) => said.push(line),
  });
}

test('one that ends before it is ready is told with the end of its log', async () => {
  const node = running('console.log("Port 8081 is taken."); process.exit(3)');
  await node.start();
  await expect(node.ready(never)).rejects.toThrow(
    /^node-1 ended \(exit code 3\) before it was ready.*Port 8081 is taken\.$/s,
  );
});

test('one that does not end by SIGTERM is killed once there is no more patience', async () => {
  const node = running(
    'process.on("SIGTERM", () => console.log("no")); console.log("up"); setInterval(() => {}, 1000)',
  );
  const log = () => readFile(join(directory, 'node-1.log'), 'utf8');
  await node.start();
  await expect.poll(log, { timeout: 10_000 }).toBe('up\n');
  const kill = new AbortController();
  const stopped = node.stop(60_000, kill.signal);
  await expect.poll(log, { timeout: 10_000 }).toBe('up\nno\n');
  kill.abort();
  await stopped;
  expect(node.ending).toBe('SIGKILL');
});

test('one that was stopped is not started again; one that died is, where that is asked for', async () => {
  const node = running('setInterval(() => {}, 1000)', true);
  await node.start();
  const first = node.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => node.pid, { timeout: 10_000 }).not.toSatisfy((pid) => pid === undefined || pid === first);
  expect(said).toEqual(['node-1 died (SIGKILL). It is started again.']);
  await node.stop(10_000, never);
  expect([node.pid, node.isRestarting, said.length]).toEqual([undefined, false, 1]);
});

test('a port that is taken is replaced where it was not asked for, and said; else refused', async () => {
  const [before, taken] = await twoInARow();
  const { port } = taken.address() as { port: number };
  try {
    await expect(choosePorts(2, port, (line) => said.push(line))).rejects.toThrow(`Port ${port} is taken`);
    before.close();
    const { shared, nodes } = await choosePorts(1, port - 1, (line) => said.push(line));
    expect(shared).toBe(port - 1);
    expect(nodes).not.toContain(port);
    expect(said).toEqual([`Port ${port} is taken: that of node-1 is ${nodes[0]}.`]);
    const free = await choosePorts(9, 0, () => {});
    expect(new Set([free.shared, ...free.nodes]).size).toBe(10);
  } finally {
    taken.close();
  }
});

async function twoInARow(): Promise<readonly [Server, Server]> {
  for (;;) {
    const taken = await listen(0);
    const before = taken && (await listen((taken.address() as { port: number }).port - 1));
    if (before) return [before, taken];
    taken?.close();
  }
}

/** Undefined: the port is somebody else's. */
function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(undefined));
    server.listen(port, '0.0.0.0', () => resolve(server));
  });
}
