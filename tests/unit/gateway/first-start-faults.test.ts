/** What is wrong with where a node starts is told in a sentence that says what to do. */
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { folderFault } from '../../../src/adapters/data-folder.js';
import { databaseUrlFault } from '../../../src/adapters/postgres/server-urls.js';
import { whatIsMissing } from '../../../src/gateway/load-uws.js';
import { whyNotListening } from '../../../src/gateway/why-not-listening.js';
import { Origins } from '../../../src/http/origins.js';
import { tellOfLoss } from '../../../src/runtime/loss.js';
import { silentLog } from '../../silent-log.js';

it('a HOST that is none of this machine is told apart from a port that is taken', async () => {
  expect(await whyNotListening('203.0.113.7', 8080)).toContain(
    'HOST is 203.0.113.7, which is no address of this machine',
  );
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(await whyNotListening('127.0.0.1', port)).toBe(`Port ${port} of 127.0.0.1 is taken. Set PORT to another.`);
  server.close();
});

it.each([
  [
    "Error: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by uws_linux_x64_127.node)",
    'needs GLIBC_2.38',
  ],
  ["Error: Cannot find module './uws_linux_x64_131.node'", 'There is no binary of uWebSockets.js for Node 23.1.0'],
  ['Error: Error loading shared library ld-linux-x86-64.so.2: No such file or directory', 'needs glibc'],
  ['Error: something else', 'could not be loaded by Node 23.1.0: Error: something else'],
])('the library that cannot be loaded: %s', (said, told) => {
  expect(whatIsMissing(said, 'Node 23.1.0')).toContain(told);
});

it.each(['EROFS', 'EACCES', 'ENOTDIR', 'ENOSPC', undefined])(
  'a data folder with %s is named, with what to set',
  (code) => {
    expect(folderFault('/data', code)).toMatch(/^DATA_DIR is \/data, .*DATA_DIR/);
  },
);

it.each([
  'postgres://user:pa/ss@db.example/usher',
  'postgres://user:12/ss@db.example/usher',
  'postgres://user:x@se#cret@db.example/usher',
  'postgres://user:pa?ss@db.example/usher',
  'postgres://user:pa%ss@db.example/usher',
  'postgres://user:p@ss/w@db.example/usher',
])('a password that is not escaped is told, and no piece of it: %s', (url) => {
  const fault = databaseUrlFault(url);
  expect(fault).toContain('%2F');
  for (const piece of ['ss@', 'cret', 'se#', 'pa/', 'pa?', 'user:'])
    expect(fault?.replace('user:password', '')).not.toContain(piece);
});

it('a page that is refused is told once, with its origin and the host that was asked for', () => {
  const told: string[] = [];
  const origins = new Origins(['https://tickets.example'], (origin, host) => told.push(`${origin} ${host}`));
  for (let i = 0; i < 3; i++) expect(origins.admits('https://shop.example', 'usher:8080')).toBe(false);
  expect(origins.admits('https://tickets.example', 'usher:8080')).toBe(true);
  for (let i = 0; i < 300; i++) origins.admits(`https://${i}.example`, 'usher:8080');
  expect(told[0]).toBe('https://shop.example usher:8080');
  expect(told).toHaveLength(100);
});

it('a node that is alone and loses a showtime to another says what to set; one of a cluster does not', () => {
  const events: string[] = [];
  const log = { ...silentLog, error: (fields: object) => void events.push((fields as { event: string }).event) };
  const lost = { showtimeId: 'a', epoch: 1 };
  tellOfLoss(lost, 'fenced', { log, isAlone: true });
  tellOfLoss(lost, 'taken_over', { log });
  tellOfLoss(lost, 'unconfirmed', { log, isAlone: true });
  expect(events).toEqual(['node.not_alone']);
});
