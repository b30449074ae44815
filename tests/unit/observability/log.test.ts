import { expect, it } from 'vitest';
import { createLog } from '../../../src/observability/log.js';

/** What a call to the log puts on a line. */
function logged(fields: object, message = 'happened', level = 'info'): { text: string; line: Record<string, unknown> } {
  const lines: string[] = [];
  createLog(level, { write: (line) => void lines.push(line) }).info(fields, message);
  const text = lines.join('');
  return { text, line: text === '' ? {} : JSON.parse(text) };
}

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl';

it('logs JSON lines with the time, the message and the fields', () => {
  const { line } = logged({ showtimeId: 's', ms: 7, nested: { list: [1, null, true] } });
  expect(line).toMatchObject({ level: 30, msg: 'happened', showtimeId: 's', ms: 7, nested: { list: [1, null, true] } });
  expect(new Date(String(line['time'])).getTime()).toBeGreaterThan(0);
});

it('says nothing at level silent, and nothing below its level', () => {
  expect(logged({}, 'x', 'silent').text).toBe('');
  expect(logged({}, 'x', 'warn').text).toBe('');
});

it('takes out whatever has the name of a secret, at any depth and in any spelling', () => {
  const names = ['token', 'session', 'password', 'authorization', 'Authorization', 'connectionString', 'databaseUrl'];
  for (const name of [...names, 'tokenSecret', 'TOKEN_SECRET', 'DATABASE_URL', 'cookie']) {
    for (const fields of [
      { [name]: 'hush' },
      { a: { [name]: 'hush' } },
      { a: { b: { c: [{ [name]: { deep: 'hush' } }] } } },
      { err: Object.assign(new Error('failed'), { [name]: 'hush', config: { [name]: 'hush' } }) },
    ]) {
      const { text } = logged(fields);
      expect(text, name).not.toContain('hush');
      expect(text, name).toContain('…');
    }
  }
});

it('takes passwords of URLs and tokens out of texts, those of errors and their causes too', () => {
  const url = 'cannot reach postgres://usher:hush@db.example:5432/usher now';
  const err = new Error(`${url} ${JWT}`, { cause: new Error(`Bearer ${JWT}`) });
  for (const { text } of [logged({ url }), logged({ err }), logged({ list: [{ url, JWT }] })]) {
    expect(text).not.toContain('hush');
    expect(text).not.toContain('eyJ');
  }
  expect(logged({ url }).line['url']).toBe('cannot reach postgres://usher:…@db.example:5432/usher now');
});

it('keeps what an error says and where it came from', () => {
  const err = Object.assign(new TypeError('not this'), { code: '57P01' });
  expect(logged({ err }).line['err']).toMatchObject({ type: 'TypeError', message: 'not this', code: '57P01' });
  expect(JSON.stringify(logged({ err }).line['err'])).toContain('log.test.ts');
});

it('ends where an object has no end', () => {
  const circle: Record<string, unknown> = { name: 'circle' };
  circle['self'] = circle;
  expect(logged({ circle }).text).toContain('circle');
});
