import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/observability/log.js';
import { readLog } from './log-lines.js';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('trace', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

const FORGED = '{"level":30,"time":"2026-01-01T00:00:00.000Z","msg":"all is well"}';
/** What might end a line, begin another, or move the cursor of whoever reads the log on a terminal. */
const TRICKS = {
  'a line feed and a line of its own': `x\n${FORGED}`,
  'a carriage return': `x\r${FORGED}`,
  'a quote, a brace and a line': `x"}\n${FORGED}`,
  'line separators of Unicode': `x\u2028${FORGED}\u2029`,
  'a next line': `x\u0085${FORGED}`,
  'an escape sequence': '\u001b[2J\u001b[1;31mfire\u001b]0;title\u0007',
  'an escape sequence of eight bits': '\u009b2J\u009d0;title\u009c',
  'a delete and backspaces': 'x\u007f\b\b\b',
  'a NUL': 'x\u0000y',
  'half a character': '\ud800',
  'a backslash at the end': 'x\\',
};

describe.each(Object.entries(TRICKS))('%s', (_what, trick) => {
  it.each([
    ['a field', (log: ReturnType<typeof createLog>) => log.info({ path: trick }, 'a request failed')],
    ['a nested field', (log: ReturnType<typeof createLog>) => log.info({ entries: [{ a: trick }] }, 'read')],
    ['the name of a field', (log: ReturnType<typeof createLog>) => log.info({ [trick]: 1 }, 'read')],
    ['an error', (log: ReturnType<typeof createLog>) => log.warn({ err: new Error(trick) }, 'it failed')],
    [
      'the parts of an error',
      (log: ReturnType<typeof createLog>) => {
        const err = Object.assign(new Error('x', { cause: new Error(trick) }), { detail: trick, code: trick });
        log.warn({ err }, 'it failed');
      },
    ],
    ['a long field', (log: ReturnType<typeof createLog>) => log.info({ path: trick.repeat(50) }, 'a request failed')],
  ])('in %s stays in its one line of JSON', (_where, write) => {
    const lines = readLog(logged(write));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.msg).not.toBe('all is well');
  });
});

describe('taking secrets out of a line', () => {
  const scrubMs = (text: string) => {
    const startedAt = performance.now();
    logged((log) => log.warn({ text }, 'what came from outside'));
    return performance.now() - startedAt;
  };

  it.each([
    ['words and dots', 'a.'],
    ['beginnings of tokens', 'eyJ-'],
    ['parts of tokens', 'eyJ.'],
    ['beginnings of URLs', 'a://b:'],
    ['URLs with passwords', 'a://b:c@'],
    ['names of passwords', 'password='],
    ['one long word', 'a'],
  ])('takes time in proportion to its length, also of %s', (_what, unit) => {
    scrubMs(unit.repeat(1_000));
    // 256 KiB, of which a quadratic look takes the better part of a minute.
    expect(scrubMs(unit.repeat(Math.floor((256 * 1024) / unit.length)))).toBeLessThan(2_000);
  });

  it.each([
    ['an @ in the password', 'no way to postgres://usher:hu@sh-1@db.example/usher now'],
    ['several @ in it', 'redis://:hush-1@hush-2@hush-3@cache.example:6379/0'],
    ['a slash, a colon and a question mark in it', 'redis://usher:hush-1/hush-2:hush-3?x@cache.example'],
    ['the password in the query', 'postgres://db.example/usher?user=usher&password=hush-1&sslmode=require'],
    ['the password of the sentinels', 'redis-sentinel://a,b/mymaster?sentinelPassword=hush-1'],
    ['a URL with nothing but a password', 'redis://:hush-1@cache.example'],
    ['a very long password', `postgres://usher:${'hush-'.repeat(60)}@db.example/usher`],
  ])('finds %s', (_what, text) => {
    expect(logged((log) => log.warn({ text, err: new Error(text) }, 'it failed'))).not.toMatch(/hush|hu@sh|sh-1/);
  });
});
