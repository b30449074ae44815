/** Held against the driver: Postgres must read the same from what it and what we make of the same values. */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrayWriter } from '../../src/adapters/postgres/array-writer.js';
import { createDatabase, type TestDatabase } from './database.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));

describe.each<[string, fc.Arbitrary<number | string>, (writer: ArrayWriter, value: never) => void]>([
  ['int4', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (writer, value) => writer.int4(value)],
  ['int8', fc.maxSafeInteger(), (writer, value) => writer.int8(value)],
  ['float8', fc.double({ noNaN: true }).map((value) => value + 0), (writer, value) => writer.float8(value)],
  ['uuid', fc.uuid(), (writer, value) => writer.uuid(value)],
  ['text', text, (writer, value) => writer.text(value)],
  ['json', fc.json(), (writer, value) => writer.text(value)],
])('an array of %s', (type, arbitrary, write) => {
  it('is to Postgres what the driver would have made of it', async () => {
    const same = async (values: readonly (number | string)[]) => {
      const writer = new ArrayWriter(type as never);
      for (const value of values) write(writer, value as never);
      const { rows } = await client.query(`SELECT $1::${type}[]::text = $2::${type}[]::text AS same`, [
        writer.finish(),
        values,
      ]);
      expect(rows[0].same).toBe(true);
    };
    await same([]);
    await fc.assert(fc.asyncProperty(fc.array(arbitrary, { maxLength: 100 }), same), { numRuns: 60 });
  });
});

it.each(['', 'x', '0b6ff3a5-0000-4000-8000-00000000000', '0b6ff3a5-0000-4000-8000-00000000000g', `${'é'.repeat(36)}`])(
  'takes %j for no UUID',
  (value) => {
    expect(() => new ArrayWriter('uuid').uuid(value)).toThrow(RangeError);
  },
);

it.each([2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN])('does not make another number of %d', (value) => {
  expect(() => new ArrayWriter('int4').int4(value)).toThrow(RangeError);
});

it.each([2 ** 53, 0.5, Number.NaN])('does not make another large number of %d', (value) => {
  expect(() => new ArrayWriter('int8').int8(value)).toThrow(RangeError);
});
