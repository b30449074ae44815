import { describe, expect, it } from 'vitest';
import { databaseUrlFault, serverUrls } from '../../../src/adapters/postgres/server-urls.js';

describe('the servers of a DATABASE_URL', () => {
  it.each([
    ['postgres://localhost/usher', ['postgres://localhost/usher']],
    [
      'postgresql://u:p@h1:5433,h2/db?ssl=true',
      ['postgresql://u:p@h1:5433/db?ssl=true', 'postgresql://u:p@h2/db?ssl=true'],
    ],
    ['postgres://u:p@[::1]:1,[::2]:2/db', ['postgres://u:p@[::1]:1/db', 'postgres://u:p@[::2]:2/db']],
    ['postgres://u:a,b@h@h1,h2/db', ['postgres://u:a,b@h@h1/db', 'postgres://u:a,b@h@h2/db']],
    ['postgres:///db?host=/var/run/postgresql', ['postgres:///db?host=/var/run/postgresql']],
    [
      'postgres://h1,h2/db?target_session_attrs=read-write',
      [1, 2].map((n) => `postgres://h${n}/db?target_session_attrs=read-write`),
    ],
  ])('%s', (databaseUrl, urls) => {
    expect(serverUrls(databaseUrl)).toEqual(urls);
  });

  it.each([
    ['mysql://secret@h/db', 'a postgres:// URL'],
    ['secret', 'a postgres:// URL'],
    ['postgres://u:secret@h1,,h2/db', 'a postgres:// URL'],
    ['postgres://u:secret@h1,:5432/db', 'a postgres:// URL'],
    ['postgres://u:secret@h1:5432,h2:port/db', 'a postgres:// URL'],
    ['postgres:///db?host=h1,h2&password=secret', 'stand before the database'],
    ['postgres://u:secret@h1,h2/db?target_session_attrs=standby', 'needs a server that takes writes'],
  ])('refuses %s and repeats no part of it', (databaseUrl, said) => {
    expect(databaseUrlFault(databaseUrl)).toContain(said);
    expect(databaseUrlFault(databaseUrl)).not.toContain('secret');
    expect(() => serverUrls(databaseUrl)).toThrow(/^DATABASE_URL cannot be used: (?!.*secret)/);
  });
});
