import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Database, Served, Stage } from './stage.js';

/** Those that sell seats. */
export type PeerName = 'express-postgres' | 'socket-io' | 'colyseus';

/** npm starts the suite at the root of the project, wherever the shell is. */
const PEERS = resolve('bench/peers');

/**
 * Starts a peer over `database`, which must be empty: the peer makes its own tables. `express-catalogue` reads those of
 * Usher instead. Installs what the peers depend on where that was not done yet, by their own lock file.
 * @throws Error where it cannot be installed, or does not come up.
 */
export async function startPeer(
  stage: Stage,
  name: PeerName | 'express-catalogue',
  database: Database,
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  if (!areInstalled()) {
    stage.say('installing the peers (npm ci in bench/peers)');
    await install();
  }
  return await stage.serve(process.execPath, [`${name}/server.js`], {
    cwd: PEERS,
    readyPath: '/readyz',
    env: { NODE_ENV: 'production', DATABASE_URL: database.url, ...env },
  });
}

/** Puts a showtime of so many seats on sale at a peer. */
export async function openPeerSale(peer: Served, showtimeId: string, seats: number): Promise<void> {
  const answer = await fetch(new URL('/showtimes', peer.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ showtimeId, seats }),
  });
  if (answer.status !== 201) throw new Error(`The peer did not put the showtime on sale: ${answer.status}.`);
}

/** False too where somebody installed them before one was added. */
function areInstalled(): boolean {
  const { dependencies } = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')) as { dependencies: object };
  return Object.keys(dependencies).every((name) => existsSync(join(PEERS, 'node_modules', name)));
}

async function install(): Promise<void> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const child = spawn(npm, ['ci', '--no-audit', '--no-fund'], { cwd: PEERS, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`npm ci in ${PEERS} ended with ${code}.`);
}
