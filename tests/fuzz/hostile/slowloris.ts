import { setTimeout as sleep } from 'node:timers/promises';
import { RawPeer } from '../target/raw-peer.js';
import { fetchTwice } from './fetch-twice.js';
import type { Hostile } from './hostile.js';

const EACH_MS = 1_000;
/** What somebody else may wait for, besides what they wait for on this machine when nobody attacks. */
const SERVED_WITHIN_MS = 2_000;
const QUIET_ASKS = 10;

/** What each sends at once, and what it drips afterwards, a byte a second. */
const WAYS = {
  silence: { at_once: '', drip: '' },
  'half a head, then silence': { at_once: 'GET /v1/movies HTTP/1.1\r\nHost: x\r\n', drip: '' },
  'a head that drips': { at_once: 'GET /v1/movies HTTP/1.1\r\nHost: x\r\nX: ', drip: 'a'.repeat(600) },
  'a body that drips': {
    at_once: 'POST /v1/showtimes/x/holds HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n',
    drip: ' '.repeat(600),
  },
  'a handshake that drips': {
    at_once: 'GET /v1/showtimes/x/live HTTP/1.1\r\nUpgrade: websocket\r\n',
    drip: 'X: a\r\n'.repeat(99),
  },
} as const;

/** Thousands of connections that never get to the point: the others are served, and each of these is cut in bounded time. */
export const slowloris: Hostile = async (target, violations, scale) => {
  const each = scale === 'whole' ? 600 : 20;
  const lastingMs = scale === 'whole' ? 45_000 : 3_000;
  const ask = async () => {
    const askedAt = performance.now();
    const answer = await fetchTwice(`${target.server.url}/v1/movies`).catch(() => undefined);
    if (!answer?.ok) violations.add(`slowloris: another was answered with ${answer?.status}`);
    await answer?.arrayBuffer();
    return performance.now() - askedAt;
  };
  let quietMs = 0;
  for (let i = 0; i < QUIET_ASKS; i++) quietMs = Math.max(quietMs, await ask());
  const ways = Object.entries(WAYS).map(([name, way]) => {
    const peers = Array.from({ length: each }, () => new RawPeer(target.port));
    for (const { socket } of peers) socket.write(way.at_once);
    return { name, way, peers };
  });
  const stopAt = performance.now() + lastingMs;
  let slowestMs = 0;
  for (let second = 0; performance.now() < stopAt; second++) {
    for (const { way, peers } of ways) {
      const byte = way.drip[second];
      if (byte !== undefined)
        for (const { socket, endedAfterMs } of peers) if (endedAfterMs === undefined) socket.write(byte);
    }
    slowestMs = Math.max(slowestMs, await ask());
    await sleep(EACH_MS);
  }
  if (slowestMs > SERVED_WITHIN_MS + 5 * quietMs) {
    violations.add(`slowloris: another waited for ${Math.round(slowestMs)} ms, and ${Math.round(quietMs)} ms in quiet`);
  }
  const lines = ways.map(({ name, peers }) => {
    const ended = peers.map(({ endedAfterMs }) => endedAfterMs).filter((ms) => ms !== undefined);
    const open = peers.length - ended.length;
    if (scale === 'whole' && open > 0) violations.add(`slowloris: ${open} with ${name} were not cut`);
    const seconds =
      ended.length === 0
        ? ''
        : ` after ${(Math.min(...ended) / 1e3).toFixed(1)} to ${(Math.max(...ended) / 1e3).toFixed(1)} s`;
    return `${name}: ${ended.length} of ${peers.length} cut${seconds}`;
  });
  for (const { peers } of ways) for (const peer of peers) peer.cut();
  return `${lines.join('; ')}; another waited at most ${Math.round(slowestMs)} ms, ${Math.round(quietMs)} in quiet`;
};
