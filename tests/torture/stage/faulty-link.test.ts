import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FaultyLink } from './faulty-link.js';

const QUIET_MS = 80;

let server: net.Server;
let link: FaultyLink;
let client: net.Socket;
/** What each end has heard. */
let heard: { server: string; client: string };
let serverSide: net.Socket;

beforeEach(async () => {
  heard = { server: '', client: '' };
  server = net.createServer((socket) => {
    serverSide = socket;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard.server += bytes;
      socket.write(`re: ${bytes}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await FaultyLink.to((server.address() as net.AddressInfo).port);
  client = net.connect(link.port, '127.0.0.1');
  client.on('error', () => {});
  client.on('data', (bytes) => {
    heard.client += bytes;
  });
  client.write('one ');
  await expect.poll(() => heard.client).toBe('re: one ');
});

afterEach(async () => {
  client.destroy();
  await link.stop();
  server.close();
});

test('questions that are held do not arrive, and arrive late', async () => {
  link.hold('up');
  client.write('two ');
  await sleep(QUIET_MS);
  expect(heard.server).toBe('one ');
  link.heal(true);
  await expect.poll(() => heard.client).toBe('re: one re: two ');
});

test('answers that are held were asked for all the same', async () => {
  link.hold('down');
  client.write('two ');
  await expect.poll(() => heard.server).toBe('one two ');
  await sleep(QUIET_MS);
  expect(heard.client).toBe('re: one ');
  link.heal(true);
  await expect.poll(() => heard.client).toBe('re: one re: two ');
});

test('what is held never arrives where the link is not mended in time', async () => {
  link.hold('up');
  client.write('two ');
  await sleep(QUIET_MS);
  const closed = closeOf(client);
  link.heal(false);
  await closed;
  expect(heard.server).toBe('one ');
});

test('answers that are lost leave the connection open, and break it when all is mended', async () => {
  link.lose('down');
  client.write('two ');
  await expect.poll(() => heard.server).toBe('one two ');
  await sleep(QUIET_MS);
  expect([heard.client, client.destroyed, serverSide.destroyed]).toEqual(['re: one ', false, false]);
  const closed = closeOf(client);
  link.heal(true);
  await closed;
});

test('a cut refuses who comes, until it is mended', async () => {
  const closed = closeOf(client);
  link.cut();
  await closed;
  const refused = net.connect(link.port, '127.0.0.1');
  refused.on('error', () => {});
  await closeOf(refused);
  link.heal(false);
  const again = net.connect(link.port, '127.0.0.1');
  again.write('three');
  const [answer] = await once(again, 'data');
  expect(String(answer)).toBe('re: three');
  again.destroy();
});

test('tells when a word has passed, once', async () => {
  let passed = 0;
  link.onNext('commit', () => {
    passed++;
  });
  client.write('other ');
  await expect.poll(() => heard.server).toBe('one other ');
  expect(passed).toBe(0);
  client.write('commit ');
  await expect.poll(() => heard.server).toBe('one other commit ');
  client.write('commit ');
  await expect.poll(() => heard.server).toBe('one other commit commit ');
  expect(passed).toBe(1);
});

/** Whatever it was that ended it. */
function closeOf(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
