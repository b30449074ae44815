import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { encodeServerFrame } from '../../../src/protocol/encode.js';
import { ERRORS, wireError } from '../../../src/protocol/errors.js';
import { Acknowledged } from './acknowledged.js';
import { readDocumented } from './documented.js';
import { faultOfError } from './echo-bounds.js';
import { expectationOf } from './expectation.js';
import { faultOfMsgpack } from './plain-msgpack.js';
import { faultOfShape } from './server-shapes.js';

const documented = readDocumented();
const frame = (value: unknown) => ({ kind: 'of a test', binary: false, payload: Buffer.from(JSON.stringify(value)) });

it('reads every error and close code out of PROTOCOL.md', () => {
  expect([...documented.errors.keys()].sort()).toEqual(Object.keys(ERRORS).sort());
  expect([...documented.closeCodes].sort()).toEqual([...Object.values(CLOSE), 1009].sort());
});

describe('finds what a server could do wrong:', () => {
  it.each([
    ['an internal error', { ...wireError('internal', 'x') }],
    ['a code that is not documented', { ...wireError('unknown_hold', 'x'), code: 'oops' as 'unknown_hold' }],
    ['the wrong outcome', { ...wireError('unknown_hold', 'x'), outcome: 'unknown' as const }],
    ['a colour for the terminal in a message', wireError('unknown_hold', '\u001b[31m')],
    ['a turn of direction in a field', wireError('invalid_field', 'x', { field: '\u202e' })],
  ])('%s', (_, error) => {
    expect(faultOfError(error, documented)).toBeDefined();
    expect(faultOfError(wireError('unknown_hold', 'There is none.'), documented)).toBeUndefined();
  });

  it.each([
    ['text that is not UTF-8', 'a2edbf'],
    ['an extension', 'd6ff00000001'],
    ['a key that is no text', '8101a161'],
    ['bytes after the message', '80c0'],
    ['a message cut off', '82a161'],
  ])('MessagePack with %s', (_, hex) => {
    expect(faultOfMsgpack(Buffer.from(hex, 'hex'))).toBeDefined();
    const good = encodeServerFrame({ type: 'heartbeat', epoch: 1, seq: 2, serverTime: Date.now() }, 'msgpack');
    expect(faultOfMsgpack(Buffer.from(good))).toBeUndefined();
  });

  it('a field that is not in a message, and a message without bounds', () => {
    expect(faultOfShape({ type: 'moved', url: 'x', more: 1 } as { type: string })).toBeDefined();
    const error = wireError('invalid_field', 'x'.repeat(10_000));
    expect(faultOfShape({ type: 'error', error } as { type: string })).toBeDefined();
    expect(faultOfShape({ type: 'error', error: wireError('invalid_field', 'x') } as { type: string })).toBeUndefined();
  });
});

describe('expects, by what was sent,', () => {
  it('a refusal of a field that is not listed, to the id that can be read', () => {
    const expected = expectationOf(frame({ type: 'ping', id: 3, constructor: 1 }), 'live');
    expect(expected).toMatchObject({ id: 3, mayBeOk: false });
    expect(expectationOf(frame({ type: 'ping', id: 3 }), 'live')).toMatchObject({ id: 3, mayBeOk: true });
  });

  it('a close after the first frame that is no hello, and after a second hello', () => {
    expect(expectationOf(frame({ type: 'ping', id: 3 }), 'greeting')).toMatchObject({ close: 4000 });
    expect(expectationOf(frame({ type: 'hello' }), 'live')).toMatchObject({ close: 4000 });
    expect(expectationOf(frame({ type: 'hello' }), 'greeting')).toMatchObject({ hello: true, close: undefined });
  });
});

it('takes a hold of other seats than were asked for as a fault, and a replay as no second effect', () => {
  const told = new Acknowledged();
  const price = { amount: 1, currency: 'EUR' };
  const hold = { id: '1', seats: ['1-1'], expiresAt: 9, extensionsLeft: 1, price };
  const command = { type: 'hold' as const, id: 1, commandId: 'a', seats: ['1-1'] };
  expect(told.take(command, { hold }, 'me')).toBeUndefined();
  expect(told.take(command, { hold: { ...hold, seats: ['9-9'] } }, 'me')).toBeUndefined();
  expect(told.effects).toBe(1);
  expect(told.take({ ...command, commandId: 'b', seats: ['1-2'] }, { hold }, 'me')).toBeDefined();
});
