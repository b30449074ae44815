import { expect, test } from 'vitest';
import { Screen } from '../../../src/ops/local-cluster/screen.js';
import { statusText } from '../../../src/ops/local-cluster/status-text.js';
import { textTable } from '../../../src/ops/text-table.js';

function recorder(tty: { readonly columns: number; readonly rows: number } | undefined) {
  const written: string[] = [];
  return {
    written,
    screen: new Screen({ ...tty, isTTY: tty !== undefined, write: (text) => written.push(text) }),
  };
}

test('away from a terminal the table is printed when it changed, and only then', () => {
  const { screen, written } = recorder(undefined);
  screen.draw(['node-1 live']);
  screen.draw(['node-1 live']);
  screen.note('node-1 died.');
  screen.draw(['node-1 dead']);
  expect(written).toEqual(['\nnode-1 live\n', 'node-1 died.\n', '\nnode-1 dead\n']);
});

test('at a terminal it is drawn over, within its rows and columns, with the notes', () => {
  const { screen, written } = recorder({ columns: 10, rows: 5 });
  screen.draw(['one', 'a line that would wrap']);
  screen.note('noted');
  const [, second = ''] = written;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these steer the terminal.
  const lines = second.replace(/\x1b\[[HJK]/g, '').split('\n');
  expect(second.startsWith('\x1b[H')).toBe(true);
  expect(lines).toEqual(['', 'one', 'a line tha', '…', '']);
});

test('numbers stand to the right, and nothing steers the terminal', () => {
  expect(
    textTable(
      ['NODE', 'N'],
      [
        ['a', 5],
        ['\x1b[2Jb', 12],
        [undefined, undefined],
      ],
    ),
  ).toEqual(['NODE    N', 'a       5', '?[2Jb  12', '-       -']);
});

test('the status says whose owner is gone, and what to do where Redis is away', () => {
  const startsAt = new Date('2026-01-02T19:30:00Z');
  const showtime = { id: 'id-1', title: 'Jaws', hall: 'Studio', startsAt, owner: { node: 'node-2', epoch: 4 } };
  const node = { url: 'http://localhost:1', pid: 7, isGone: false, showtimes: 1, hot: 0, state: 'live' };
  const dead = { ...node, name: 'node-2', pid: undefined, isGone: true, state: 'dead (SIGKILL)' };
  const status = {
    nodes: [{ ...node, name: 'node-1' }, dead],
    redisAnswers: false,
    owned: { showtimes: [showtime], total: 21 },
    pins: new Map([['id-1', 'node-1']]),
  };
  const text = statusText(status, 'redis://127.0.0.1:6390').join('\n');
  expect(text).toContain('redis-server --port 6390');
  expect(text).toContain('21 showtimes of today or later were opened; these are the first 1.');
  expect(text).toMatch(/2026-01-02 19:30 +Jaws +Studio +node-2 \(gone\) +4 +node-1 +id-1/);
  expect(statusText({ ...status, owned: undefined }, 'redis://h:1').join('\n')).toContain('Postgres is away');
});
