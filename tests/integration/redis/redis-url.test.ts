import { describe, expect, test } from 'vitest';
import { readRedisUrl } from '../../../src/adapters/redis/redis-url.js';

describe('the URL of Redis', () => {
  test.each([
    ['redis://localhost', { kind: 'single', hosts: [{ host: 'localhost', port: 6379 }], tls: false, db: 0 }],
    ['redis://10.0.0.1:7000/3', { kind: 'single', hosts: [{ host: '10.0.0.1', port: 7000 }], tls: false, db: 3 }],
    ['rediss://[::1]:7000', { kind: 'single', hosts: [{ host: '::1', port: 7000 }], tls: true, db: 0 }],
    [
      'redis://anna:p%40ss%3A1@db/1',
      {
        kind: 'single',
        hosts: [{ host: 'db', port: 6379 }],
        tls: false,
        username: 'anna',
        password: 'p@ss:1',
        db: 1,
      },
    ],
    ['redis://:p@ss@db', { kind: 'single', hosts: [{ host: 'db', port: 6379 }], tls: false, password: 'p@ss', db: 0 }],
    [
      'redis-sentinel://:pw@s1,s2:26380/seats?db=2&sentinelPassword=spw',
      {
        kind: 'sentinel',
        hosts: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 26380 },
        ],
        tls: false,
        password: 'pw',
        db: 2,
        master: 'seats',
        sentinelPassword: 'spw',
      },
    ],
    [
      'rediss-cluster://c1:7000,c2:7001',
      {
        kind: 'cluster',
        hosts: [
          { host: 'c1', port: 7000 },
          { host: 'c2', port: 7001 },
        ],
        tls: true,
        db: 0,
      },
    ],
  ])('%s is read', (url, address) => {
    expect(readRedisUrl(url)).toStrictEqual(address);
  });

  test.each([
    ['http://u:secret@host', 'not of a known form'],
    ['secret', 'not of a known form'],
    ['redis://u:secret@', 'a host that is not'],
    ['redis://u:secret@host:99999', 'a host that is not'],
    ['redis://u:secret@ho st', 'a host that is not'],
    ['redis://:secret', 'a host that is not'],
    ['redis://u:secret@a,b', 'several hosts'],
    ['redis://u:secret@host/one', 'a database that is no number'],
    ['redis://u:secret%ZZ@host', 'broken percent-encoding'],
    ['redis://secret@host', 'a user name and no password'],
    ['redis://u:secret@host?db=1', 'a setting after ?'],
    ['redis-sentinel://u:secret@host', 'does not name the master'],
    ['redis-sentinel://u:secret@host/m?secret=1', 'a setting after ?'],
    ['redis-cluster://u:secret@host/1', 'one database only'],
    ['redis://u:secret@host/1/2', 'a database that is no number'],
  ])('%s is refused, and the secret is not told', (url, reason) => {
    expect(() => readRedisUrl(url)).toThrow(reason);
    expect(() => readRedisUrl(url)).not.toThrow('secret');
  });
});
