import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptCommand } from '../../../src/protocol/accept-command.js';
import { commandSchema, FIELD_BOUNDS } from '../../../src/protocol/client-messages.js';

const label = fc.string({ minLength: 1, maxLength: FIELD_BOUNDS.labelLength, unit: 'grapheme' });
const seats = fc.array(label, { minLength: 1, maxLength: 8 });
const envelope = { id: fc.nat(), commandId: fc.uuid() };
const price = fc.record({ amount: fc.nat(), currency: fc.constantFrom('EUR', 'JPY') });
const optional = (field: fc.Arbitrary<unknown>) => fc.option(field, { nil: undefined });

const common: fc.Arbitrary<Record<string, unknown>> = fc
  .oneof(
    fc.record({ type: fc.constant('hold'), ...envelope, seats, holdId: optional(fc.uuid()) }),
    fc
      .record({
        type: fc.constant('hold'),
        ...envelope,
        seats,
        ticketTypes: fc.array(label, { minLength: 8, maxLength: 8 }),
      })
      .map((hold) => ({ ...hold, ticketTypes: hold.ticketTypes.slice(0, hold.seats.length) })),
    fc.record({
      type: fc.constant('best_available'),
      ...envelope,
      count: fc.integer({ min: 1, max: 100 }),
      category: optional(label),
      zone: optional(label),
    }),
    fc.record({ type: fc.constant('release'), ...envelope, holdId: fc.uuid(), seats: optional(seats) }),
    fc.record({ type: fc.constant('extend'), ...envelope, holdId: fc.uuid() }),
    fc.record({
      type: fc.constant('book'),
      ...envelope,
      holdId: fc.uuid(),
      payment: fc.constant({ method: 'test' }),
      price,
      seats: optional(seats),
    }),
  )
  // As JSON has it: what is not there is not there.
  .map((message) => JSON.parse(JSON.stringify(message)));

/** Right but for one thing, which is where hand-made checks and schemas come apart. */
const nearly = fc
  .tuple(
    common,
    fc.constantFrom(
      'type',
      'id',
      'commandId',
      'seats',
      'holdId',
      'ticketTypes',
      'count',
      'zone',
      'category',
      'payment',
      'price',
      'toString',
      'extra',
    ),
    fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>('', 'x'.repeat(65), -1, -0, 0.5, 2 ** 53, 1e21, 101, 0, null, [], [''], [[]], {}),
      fc.constantFrom('hold', 'release', 'extend', 'book', 'hello', 'constructor'),
      fc.constantFrom<unknown>(
        { method: 'test' },
        { amount: 1, currency: 'EUR' },
        { amount: 1.5, currency: 'EUR' },
        { amount: 1, currency: 'eur' },
        { amount: 1, currency: ['EUR'] },
        { amount: 1, currency: 'EUR', tax: 0 },
        { amount: 1 },
        { method: 'test', token: 'x' },
        { method: 'test', toString: 1 },
        { method: 'card' },
        { method: ['test'] },
        JSON.parse('{"__proto__":{"method":"test"}}'),
      ),
      fc.uuid().map((id) => id.toUpperCase()),
      fc.constantFrom('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
      fc.constantFrom('0f8fad5b-d9cb-069f-a165-70867728950e', '0f8fad5b-d9cb-469f-c165-70867728950e'),
      fc.array(label, { minLength: 99, maxLength: 102 }),
      fc.constant(undefined),
    ),
    fc.boolean(),
  )
  .map(([message, field, value, isMissing]) => {
    const changed = { ...message, [field]: value };
    if (isMissing) delete changed[field];
    return changed;
  });

describe('commands that are accepted without their schema', () => {
  it('are all those of a rush', () => {
    fc.assert(
      fc.property(common, (message) => {
        expect(acceptCommand(message)).toBe(message);
      }),
    );
  });

  it('are accepted by it too, and come out of it the same', () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(nearly, (message) => {
        if (acceptCommand(message) === undefined) {
          refused++;
          return;
        }
        accepted++;
        expect(commandSchema.parse(message)).toEqual(message);
      }),
      { numRuns: 20_000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(1_000);
  });

  it('are none that bring a prototype or a field of their own', () => {
    const hold = '"type":"hold","id":1,"commandId":"0f8fad5b-d9cb-469f-a165-70867728950e","seats":["A-1"]';
    expect(acceptCommand(JSON.parse(`{${hold}}`))).toBeDefined();
    for (const field of ['__proto__', 'constructor', 'hasOwnProperty', 'valueOf', 'token']) {
      expect(acceptCommand(JSON.parse(`{${hold},"${field}":{}}`))).toBeUndefined();
    }
  });
});
