import { expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Log } from '../../../src/kernel/log.js';
import { FOLDED, foldRepeats } from '../../../src/observability/fold-repeats.js';
import { sourcesUnder } from '../../tidy/sources.js';

function folding() {
  const time = new VirtualTime();
  const lines: string[] = [];
  const line = (level: string) => (fields: object, message: string) => {
    const { repeated } = fields as { repeated?: number };
    lines.push(`${level} ${message}${repeated === undefined ? '' : ` ×${repeated}`}`);
  };
  const inner: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const log = foldRepeats(inner, (ms, call) => time.after(ms, call));
  return { time, lines, log };
}

it('a Redis that flaps 36 times is a few lines, of which the last tells how it stands', async () => {
  const { time, lines, log } = folding();
  for (let i = 0; i < 36; i++) {
    log.warn({ event: 'redis.away', connection: 'commands' }, 'away');
    await time.advance(300);
    log.info({ event: 'redis.back', connection: 'commands' }, 'back');
    await time.advance(200);
  }
  expect(lines).toEqual(['warn away', 'info back', 'info back ×18', 'info back ×40']);
  await time.advance(60_000);
  expect(lines.slice(4)).toEqual(['info back ×12']);
  // It was calm since: the next outage is told at once.
  await time.advance(60_000);
  log.warn({ event: 'redis.away', connection: 'commands' }, 'away');
  expect(lines.slice(5)).toEqual(['warn away']);
});

it('a state that lasts is told again once a minute at most, and what is over is not', async () => {
  const { time, lines, log } = folding();
  for (let second = 0; second < 300; second++) {
    log.warn({ event: 'journal.unanswered' }, 'no answer');
    await time.advance(1_000);
  }
  expect(lines.length).toBeLessThan(10);
  const total = lines.slice(1).reduce((sum, line) => sum + Number(line.split('×')[1]), 1);
  expect(total).toBeGreaterThan(240);
  const before = lines.length;
  await time.advance(3_600_000);
  expect(lines.length).toBe(before + 1);
});

it('one thing folds no other, and what is not listed passes always', () => {
  const { lines, log } = folding();
  for (const connection of ['commands', 'messages']) log.warn({ event: 'redis.away', connection }, connection);
  for (let i = 0; i < 3; i++) log.error({ event: 'showtime.refused', showtimeId: 'one' }, 'refused');
  for (let i = 0; i < 2; i++) log.info({ event: 'node.ready' }, 'not folded');
  expect(lines).toEqual([
    'warn commands',
    'warn messages',
    'error refused',
    'error refused',
    'error refused',
    'info not folded',
    'info not folded',
  ]);
});

it('what was counted is logged before the process ends', () => {
  const { lines, log } = folding();
  for (let i = 0; i < 4; i++) log.warn({ event: 'relay.not_opened' }, 'not opened');
  log.flush();
  log.flush();
  expect(lines).toEqual(['warn not opened', 'warn not opened ×3']);
});

it('every event that is folded is logged somewhere', () => {
  const text = sourcesUnder('src')
    .filter(({ path }) => !path.endsWith('fold-repeats.ts'))
    .map((source) => source.text)
    .join('\n');
  expect(Object.keys(FOLDED).filter((event) => !text.includes(`'${event}'`))).toEqual([]);
});
