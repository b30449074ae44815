import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAsker, TRANSPORTS } from '../integration/gateway/askers.js';
import { sign } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { ask } from './web-buyer.js';

/** What would tell, by what is there afterwards, that it was run and not stored. Each is 64 characters at most. */
const PAYLOADS = [
  "'; DROP SCHEMA usher CASCADE; --",
  "' OR '1'='1",
  "x'); DELETE FROM usher.bookings; --",
  '"; TRUNCATE boxoffice.showtimes; --',
  "\\'; DROP TABLE boxoffice.movies; --",
  '$1; DROP TABLE boxoffice.halls',
  '$$; DROP TABLE boxoffice.venues; $$',
  "E'\\047; DROP TABLE usher.writers'",
  '{"a","b"}',
  '{NULL}',
  '(1,2)',
  '1; UPDATE boxoffice.showtimes SET sales_open = false',
  "'||pg_sleep(5)||'",
  "'/**/UNION/**/SELECT/**/current_user--",
  '\u02bc; DROP TABLE boxoffice.movies; --',
  '%_\\%',
  "staff'--",
];

let stage: Stage;
let tables: readonly unknown[];
beforeAll(async () => {
  stage = await openStage({ SINGLE_GAP: 'off', MESSAGES_PER_SECOND: '1000', HTTP_REQUESTS_PER_SECOND: '10000' });
  tables = await everything();
});
afterAll(() => stage.close());

/** Every table, function and role there is, and the rows that no buyer may touch. */
async function everything(): Promise<readonly unknown[]> {
  const { pool } = stage;
  const { rows: relations } = await pool.query(
    "SELECT relname, relkind FROM pg_class WHERE relnamespace::regnamespace::text IN ('boxoffice', 'usher') ORDER BY 1",
  );
  const { rows: functions } = await pool.query(
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace::regnamespace::text IN ('boxoffice', 'usher') ORDER BY 1, 2",
  );
  const { rows: roles } = await pool.query('SELECT rolname, rolsuper FROM pg_roles ORDER BY 1');
  const catalogue = await Promise.all(
    ['boxoffice.movies', 'boxoffice.venues', 'boxoffice.halls', 'boxoffice.seat_maps', 'usher.migrations'].map(
      (table) => pool.query(`SELECT * FROM ${table} ORDER BY 1`).then(({ rows }) => rows),
    ),
  );
  return [relations, functions, roles, catalogue];
}

async function expectUnharmed(): Promise<void> {
  expect(await everything()).toEqual(tables);
  const { rows } = await stage.pool.query(
    'SELECT count(*)::int AS closed FROM boxoffice.showtimes WHERE NOT sales_open',
  );
  expect(rows).toEqual([{ closed: 0 }]);
}

describe.each(TRANSPORTS)('SQL over %s', (transport) => {
  it('in any field of any command changes nothing, and is refused or stored as the text that it is', async () => {
    const showtimeId = await stage.addShowtime();
    const who = await openAsker(transport, stage, showtimeId, await sign('staff:sql', { role: 'staff' }));
    for (const payload of PAYLOADS) {
      const holdId = payload;
      for (const [command, code] of [
        [{ type: 'hold', seats: [payload] }, 'unknown_seat'],
        [{ type: 'hold', seats: ['R1-1'], holdId }, 'invalid_field'],
        [{ type: 'best_available', count: 1, category: payload }, 'unknown_category'],
        [{ type: 'best_available', count: 1, zone: payload }, 'unknown_zone'],
        [{ type: 'best_available', count: payload }, 'invalid_field'],
        [{ type: 'unblock', seats: [payload] }, 'unknown_seat'],
        [{ type: 'book', holdId: randomUUID(), payment: { method: payload } }, 'invalid_field'],
        [{ type: 'book', holdId: randomUUID(), payment: { method: 'test', token: payload } }, 'unknown_hold'],
        // Over HTTP these stand in the path and in a header: see the last test.
        ...(transport === 'HTTP'
          ? []
          : ([
              [{ type: 'hold', seats: ['R1-1'], commandId: payload }, 'invalid_field'],
              [{ type: 'extend', holdId }, 'invalid_field'],
              [{ type: 'release', holdId, seats: [payload] }, 'invalid_field'],
              [{ type: 'cancel', bookingId: payload }, 'invalid_field'],
              [{ type: payload }, 'unknown_type'],
            ] as const)),
      ] as const) {
        const { error } = await who.ask(command);
        expect(error?.code, JSON.stringify(command)).toBe(code);
        expect(error?.message).not.toMatch(/syntax|SQLSTATE|relation|usher\.\w+ does not/);
      }
    }
    await who.close();
    await expectUnharmed();
  });

  it('as the holder, the reason of a block and the token of a payment is kept word for word, or not at all', async () => {
    const showtimeId = await stage.addShowtime();
    const staff = await openAsker(transport, stage, showtimeId, await sign('staff:sql', { role: 'staff' }));
    for (const [n, payload] of PAYLOADS.entries()) {
      const who = await openAsker(transport, stage, showtimeId, await sign(payload));
      const { hold } = await who.ask({ type: 'hold', seats: [`R1-${n + 1}`] });
      const paid = await who.ask({ type: 'book', holdId: hold?.id, payment: { method: 'test', token: payload } });
      expect(paid.booking?.seats).toEqual([`R1-${n + 1}`]);
      await who.ask({ type: 'hold', seats: [`R2-${n + 1}`] });
      expect((await staff.ask({ type: 'block', seats: [`R3-${n + 1}`], reason: payload })).seats).toHaveLength(1);
      await who.close();
    }
    await staff.close();
    const kept = async (column: string, table: string) => {
      const sql = `SELECT ${column} AS text FROM usher.${table} WHERE showtime_id = $1`;
      const { rows } = await stage.pool.query<{ text: string }>(sql, [showtimeId]);
      return rows.map(({ text }) => text).sort();
    };
    const expected = [...PAYLOADS].sort();
    expect(await kept('holder', 'bookings')).toEqual(expected);
    expect(await kept('holder', 'hold_seats')).toEqual(expected);
    expect(await kept('reason', 'blocked_seats')).toEqual(expected);
    expect(new Set(await kept('payment_method', 'bookings'))).toEqual(new Set(['test']));
    await expectUnharmed();
  });
});

it('SQL in the queries and paths of the catalogue finds nothing, waits for nothing and changes nothing', async () => {
  let slowestMs = 0;
  for (const payload of PAYLOADS) {
    const text = encodeURIComponent(payload);
    for (const [path, status] of [
      [`/v1/showtimes?movie=${text}`, 200],
      [`/v1/showtimes?from=${text}`, 400],
      [`/v1/showtimes?until=${text}`, 400],
      [`/v1/showtimes/${text}`, 404],
      [`/v1/showtimes/${text}/seats`, 404],
      [`/v1/showtimes/${text}/connect`, 404],
      [`/v1/seat-maps/${text}`, 404],
    ] as const) {
      const askedAt = performance.now();
      const answer = await fetch(`http://127.0.0.1:${stage.port}${path}`);
      slowestMs = Math.max(slowestMs, performance.now() - askedAt);
      expect(answer.status, path).toBe(status);
      if (status === 200) expect(await answer.json()).toEqual({ showtimes: [] });
    }
    const token = await sign('user:1');
    for (const [method, path] of [
      ['DELETE', `/holds/${text}`],
      ['POST', `/holds/${text}/extend`],
      ['POST', `/bookings/${text}/cancel`],
    ] as const) {
      expect((await ask(stage, method, path, token, {})).body.code, path).toBe('invalid_field');
    }
    const key = await ask(
      stage,
      'POST',
      '/holds',
      token,
      { seats: ['R1-1'] },
      {
        'idempotency-key': encodeURIComponent(payload),
      },
    );
    expect(key.body.code).toBe('invalid_field');
  }
  // None of the statements that sleep for five seconds was run.
  expect(slowestMs).toBeLessThan(4_500);
  await expectUnharmed();
});
