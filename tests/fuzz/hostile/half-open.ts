import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawPeer, upgradeRequest } from '../target/raw-peer.js';
import { messageBytes } from '../wire/frame-bytes.js';
import type { Hostile } from './hostile.js';

/** The server's idle time of 60 s, and as long as its library takes to look. */
const GONE_WITHIN_MS = 75_000;

/** Clients that vanish without a word: a way to the server that stays open and lets nothing through any more. */
export const halfOpen: Hostile = async (target, violations, scale) => {
  const clients = scale === 'whole' ? 200 : 10;
  const showtime = await target.openShowtime(100);
  const onward = new Set<net.Socket>();
  let isFrozen = false;
  const way = net.createServer((client) => {
    const server = net.connect(target.port, '127.0.0.1');
    onward.add(server);
    server.on('close', () => onward.delete(server));
    for (const socket of [client, server]) socket.on('error', () => {});
    // Frozen, it acknowledges what comes, as a kernel may for a program that is no more, and does nothing with it.
    client.on('data', (bytes) => isFrozen || server.write(bytes));
    server.on('data', (bytes) => isFrozen || client.write(bytes));
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  const address = way.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const peers = Array.from({ length: clients }, () => new RawPeer(port, {}));
  await Promise.all(
    peers.map(async (peer) => {
      peer.socket.write(upgradeRequest(port, showtime.id));
      await peer.until((received) => received.includes('\r\n\r\n'), 10_000);
      peer.socket.write(messageBytes(Buffer.from('{"type":"hello"}'), false));
      if (!(await peer.until((received) => received.includes('"snapshot"'), 10_000))) {
        violations.add('half-open: a client could not join');
      }
    }),
  );
  isFrozen = true;
  const frozenAt = performance.now();
  // In short it is only looked whether others are served; a minute is the server's own, and cannot be made shorter.
  const patience = scale === 'whole' ? GONE_WITHIN_MS : 1_000;
  while (onward.size > 0 && performance.now() - frozenAt < patience) await sleep(200);
  const seconds = ((performance.now() - frozenAt) / 1_000).toFixed(1);
  const left = onward.size;
  if (scale === 'whole' && left > 0)
    violations.add(`half-open: ${left} of ${clients} were still there after ${seconds} s`);
  for (const peer of peers) peer.cut();
  for (const socket of onward) socket.destroy();
  await new Promise((resolve) => way.close(resolve));
  return `${clients} vanished; ${left} were still there after ${seconds} s`;
};
