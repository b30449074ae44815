import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/adapters/free-port.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { Consumer, examples } from './consumer.js';

const PAGES = ['README.md', 'src/picker/README.md'];
/** Node has a WebSocket of its own from 22 on, and behind a flag in 20: both tell of a failed connect by an error alone. */
const OWN_WEB_SOCKET = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-websocket'] : [];

let consumer: Consumer;

beforeAll(() => {
  consumer = new Consumer();
});
afterAll(() => consumer.remove());

describe('the packed package', () => {
  it('brings nothing with it', () => {
    expect(readdirSync(join(consumer.folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      '@usher',
    ]);
  });

  it('has its licence, its pages, and whatever these link to', () => {
    expect(existsSync(join(consumer.installed, 'LICENSE'))).toBe(true);
    for (const page of PAGES) {
      const text = readFileSync(join(consumer.installed, page), 'utf8');
      for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(consumer.installed, dirname(page), link)), `${page} links to ${link}`).toBe(true);
      }
    }
  });

  it('has every file that its entries name', () => {
    const manifest = JSON.parse(readFileSync(join(consumer.installed, 'package.json'), 'utf8'));
    const named = [
      manifest.unpkg,
      ...Object.values<string | object>(manifest.exports).flatMap((at) => Object.values(at)),
    ];
    for (const path of named.filter((at) => at.length > 1)) {
      expect(existsSync(join(consumer.installed, path)), path).toBe(true);
    }
  });
});

describe('its types', () => {
  beforeAll(() => consumer.link('react', '@types/react', 'csstype', 'ws'));

  it.each(['bundler', 'nodenext'] as const)(
    'fit the examples of its pages, with module resolution %s',
    (resolution) => {
      const typescript = examples(consumer, 'README.md', 'ts');
      const [picker = ''] = examples(consumer, 'src/picker/README.md', 'js');
      const given = `export {};
      declare const showtimeId: string;
      declare const url: string;
      declare const showtime: { prices: { category: string; price: { amount: number; currency: string } }[] };
      declare const myApp: { seatToken(options: { fresh: boolean }): Promise<string> };
      declare const console: { log(...what: unknown[]): void };\n`;
      const files = Object.fromEntries([
        ...[...typescript, picker].map((code, i) => {
          const needed = code.includes('import ') ? '' : "import { createClient } from '@usher/client';\n";
          return [`example-${i}.ts`, `${needed}${given}${code}`];
        }),
        ...examples(consumer, 'README.md', 'tsx').map((code, i) => [`component-${i}.tsx`, code]),
      ]);
      expect(Object.keys(files).length).toBeGreaterThanOrEqual(4);
      expect(consumer.typeCheck(files, resolution)).toBe('');
    },
  );

  it('know the element and its events, and refuse what they do not have', () => {
    const element = `
      import '@usher/client/picker/define';
      const picker = document.querySelector('usher-seat-picker');
      const made = document.createElement('usher-seat-picker');
      made.addEventListener('holdchange', (event) => event.detail.holds.map((hold) => hold.expiresAt));
      made.addEventListener('limit', ({ detail: { code, max } }) => [code satisfies string, max]);
      made.addEventListener('click', (event) => event.clientX);
      made.addEventListener('something-else', () => undefined);
      export const seats: readonly string[] | undefined = picker?.seats;
      // @ts-expect-error
      made.addEventListener('holdchange', (event) => event.detail.nothing);
      // @ts-expect-error
      made.client = 7;`;
    const component = `
      import '@usher/client/react';
      import type { UsherSeatPicker } from '@usher/client/picker';
      import { useRef } from 'react';
      export function Map() {
        const picker = useRef<UsherSeatPicker>(null);
        return <usher-seat-picker ref={picker} showtime="x" legend onconflict={(event) => event.detail.alternative} />;
      }
      // @ts-expect-error
      export const wrong = <usher-seat-picker showtime={7} />;`;
    expect(consumer.typeCheck({ 'element.ts': element, 'component.tsx': component }, 'bundler')).toBe('');
  });
});

describe('in Node', () => {
  let nowhere: string;
  beforeAll(async () => {
    nowhere = `http://127.0.0.1:${await freePort()}`;
  });

  it('every entry loads where there is no DOM', async () => {
    const ran = await consumer.run(`
      import '@usher/client/picker/define';
      import { createClient } from '@usher/client';
      import { UsherSeatPicker } from '@usher/client/picker';
      console.log(typeof createClient, typeof UsherSeatPicker);`);
    expect(ran).toEqual({ code: 0, output: 'function function\n', errors: '' });
  });

  it.each([
    ['with ws', []],
    ['with its own WebSocket', OWN_WEB_SOCKET],
  ])('a client that is closed in the milliseconds after connect() ends cleanly, %s', async (_, options) => {
    const ran = await consumer.run(
      `import { createClient } from '@usher/client';
      for (const ms of [0, 1, 2, 3, 5, 8]) {
        const client = createClient({ url: '${nowhere}', showtimeId: 'any' });
        const ended = client.connect();
        setTimeout(() => client.close(), ms);
        if (ms === 0) client.close();
        console.log((await ended).state);
      }`,
      ['--no-warnings', ...options],
    );
    expect(ran).toEqual({ code: 0, output: 'closed\n'.repeat(6), errors: '' });
  });

  it('an attempt that fails is over in milliseconds with its own WebSocket too', async () => {
    const ran = await consumer.run(
      `import { createClient } from '@usher/client';
      const client = createClient({ url: '${nowhere}', showtimeId: 'any' });
      const started = performance.now();
      client.on('connection', ({ state }) => {
        if (state !== 'reconnecting') return;
        console.log(performance.now() - started);
        client.close();
      });
      await client.connect();`,
      ['--no-warnings', ...OWN_WEB_SOCKET],
    );
    expect(ran.errors).toBe('');
    // The deadline of an attempt is ten seconds.
    expect(Number(ran.output)).toBeLessThan(5_000);
    expect(Number(ran.output)).toBeGreaterThan(0);
  });
});

describe('against a server', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let showtimeId: string | undefined;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ DATABASE_URL: database.url, DEMO: 'true' });
    const answer = await fetch(`${server.url}/v1/showtimes`);
    const { showtimes } = (await answer.json()) as { showtimes: { id: string; hall: { name: string } }[] };
    showtimeId = showtimes.find(({ hall }) => hall.name === 'Studio')?.id;
  });
  afterAll(async () => {
    await server?.kill('SIGTERM');
    await database?.drop();
  });

  it.each([
    ['with ws', []],
    ['with its own WebSocket', OWN_WEB_SOCKET],
  ])('the first example of the README books its seats, and then finds them taken, %s', async (_, options) => {
    const [example = ''] = examples(consumer, 'README.md', 'ts');
    const program = `const showtimeId = '${showtimeId}';\n${example.replace('https://tickets.example', server.url)}`;
    const ran = await consumer.run(program, ['--no-warnings', ...options]);
    expect(ran).toMatchObject({ code: 0, errors: '' });
    expect(ran.output).toMatch(options.length === 0 ? /\d+ s left to pay\nno hold\nBooked: \w+/ : /^seats_unavailable/);
  });
});
