import fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { describe, expect, it } from 'vitest';
import { FIELD_BOUNDS } from '../../../src/protocol/client-messages.js';
import { type ReadResult, readClientFrame } from '../../../src/protocol/read-client-frame.js';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const bytesOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const asJson = (value: unknown) => bytesOf(new TextEncoder().encode(JSON.stringify(value) ?? ''));
const asMsgpack = (value: unknown) => bytesOf(packr.pack(value));
const readJson = (value: unknown) => readClientFrame(asJson(value), false);
const readMsgpack = (value: unknown) => readClientFrame(asMsgpack(value), true);

/** What holds for every frame there is: an answer, of a documented kind, that can be logged and sent on. */
function expectSound(result: ReadResult): void {
  if (result.ok) return;
  const { id, error } = result;
  expect(['bad_message', 'unknown_type', 'invalid_field']).toContain(error.code);
  expect(error).toMatchObject({ retryable: false, outcome: 'not-applied' });
  expect(error.message).toMatch(/^["A-Z][\s\S]*\.$/);
  expect(error.message.length).toBeLessThan(400);
  expect(error.message).not.toMatch(/\p{Cc}/u);
  expect((error.field ?? '').length).toBeLessThanOrEqual(200);
  if (id !== undefined) expect(Number.isSafeInteger(id) && id >= 0).toBe(true);
}

const label = fc.string({ minLength: 1, maxLength: FIELD_BOUNDS.labelLength, unit: 'grapheme-ascii' });
const seats = fc.array(label, { minLength: 1, maxLength: 8 });
const uuid = fc.uuid();
const envelope = { id: fc.nat(), commandId: uuid };
const maybe = { requiredKeys: ['type'] as ['type'] };
const valid: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record(
    { type: fc.constant('hello'), token: fc.string(), resume: fc.record({ epoch: fc.nat(), seq: fc.nat() }) },
    maybe,
  ),
  fc.record({ type: fc.constant('ping'), id: fc.nat() }),
  fc.record({ type: fc.constant('hold'), ...envelope, seats }),
  fc.record({ type: fc.constant('hold'), ...envelope, seats, holdId: uuid }),
  fc.record({ type: fc.constant('best_available'), ...envelope, count: fc.integer({ min: 1, max: 100 }) }),
  fc.record({
    type: fc.constant('best_available'),
    ...envelope,
    count: fc.constant(2),
    zone: label,
    accessible: fc.boolean(),
  }),
  fc.record({ type: fc.constant('release'), ...envelope, holdId: uuid, seats }),
  fc.record({ type: fc.constant('extend'), ...envelope, holdId: uuid }),
  fc.record({
    type: fc.constant('book'),
    ...envelope,
    holdId: uuid,
    payment: fc.constant({ method: 'test', token: 'x' }),
    price: fc.constant({ amount: 2_400, currency: 'EUR' }),
  }),
  fc.record({ type: fc.constant('cancel'), ...envelope, bookingId: uuid }),
  fc.record({ type: fc.constant('block'), ...envelope, seats, reason: fc.constant('Kamera') }),
  fc.record({ type: fc.constant('unblock'), ...envelope, seats }),
  fc.record({
    type: fc.constant('hold'),
    ...envelope,
    seats,
    channel: fc.constant('pos'),
    customer: fc.constant('ann'),
  }),
  fc.record({ type: fc.constant('take_away'), ...envelope, holdId: uuid, reason: fc.constant('Kamera') }),
  fc.record({ type: fc.constant('reseat'), ...envelope, bookingId: uuid, seats }),
);

/** Whatever could stand where something else should. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom('', '\u0000', '\u0085', 'x'.repeat(5_000), '__proto__', 'constructor', '😀'.repeat(100)),
  fc.constantFrom(-1, -0, 0.5, 2 ** 53, 1e308, Number.MIN_VALUE, true, null, [], {}, [[[[]]]]),
);
const field = fc.oneof(
  fc.constantFrom(
    'type',
    'id',
    'commandId',
    'seats',
    'holdId',
    'token',
    'resume',
    'payment',
    'price',
    'count',
    'reason',
    'zone',
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '\u0000\u0085', 'x'.repeat(1_000)),
);
/** A valid message with some of its fields replaced, added or taken away. */
const damaged = fc
  .tuple(valid, fc.array(fc.tuple(field, fc.option(anything)), { minLength: 1, maxLength: 3 }))
  .map(([message, damages]) => {
    const result = new Map(Object.entries(message));
    for (const [name, value] of damages) {
      if (value === null) result.delete(name);
      else result.set(name, value);
    }
    return Object.fromEntries(result);
  });

describe('a client frame', () => {
  it('[PROTO-1] that is valid is read as it was meant, in both encodings', () => {
    fc.assert(
      fc.property(valid, (message) => {
        const results = [readJson(message), readMsgpack(message)];
        for (const result of results) expect(result).toEqual({ ok: true, message });
      }),
      { numRuns: 300 },
    );
  });

  it('[PROTO-2] of any bytes at all is answered, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, isBinary) => {
        expectSound(readClientFrame(bytesOf(bytes), isBinary));
      }),
      { numRuns: 3_000 },
    );
  });

  it('of any JSON value is answered', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expectSound(readJson(value));
        expectSound(readMsgpack(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('with damaged fields is judged the same in both encodings', () => {
    fc.assert(
      fc.property(damaged, (message) => {
        const [json, msgpack] = [readJson(message), readMsgpack(message)];
        expectSound(json);
        expectSound(msgpack);
        expect(msgpack.ok).toBe(json.ok);
        // A message that was taken has nothing that was not asked for, and is taken again as it is.
        if (json.ok) expect(readJson(json.message)).toEqual(json);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with damaged bytes is answered', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(valid, damage, fc.nat(), fc.boolean(), (message, damages, length, isBinary) => {
        const bytes = new Uint8Array(isBinary ? asMsgpack(message) : asJson(message));
        for (const [at, value] of damages) bytes[at % bytes.length] = value;
        expectSound(
          readClientFrame(bytesOf(bytes.subarray(0, length % 2 ? bytes.length : length % bytes.length)), isBinary),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('built to be slow or large is refused with a word', () => {
    const fill = (byte: number) => new Uint8Array(16_384).fill(byte);
    const nested = (header: number) => new Uint8Array(16_384).map((_, i) => [header, 0x1f, 0xff][i % 3] ?? 0);
    const text = (source: string) => new TextEncoder().encode(source);
    for (const [bytes, isBinary] of [
      [fill(0x91), true],
      [fill(0x81), true],
      [fill(0xdd), true],
      [fill(0xdf), true],
      [nested(0xdc), true],
      [nested(0xde), true],
      [new Uint8Array([0xdd, 0x7f, 0xff, 0xff, 0xff]), true],
      [new Uint8Array([0xdb, 0x7f, 0xff, 0xff, 0xff]), true],
      [text('['.repeat(16_384)), false],
      [text('{"a":'.repeat(3_000)), false],
      [text(`{"type":"hold","seats":[${'"",'.repeat(5_000)}""]}`), false],
      [text(`{"type":"hold",${Array.from({ length: 1_500 }, (_, i) => `"k${i}":1`).join()}}`), false],
      [text(`{"type":"book","payment":{"method":"test","token":"${'a'.repeat(16_000)}"}}`), false],
    ] as const) {
      const result = readClientFrame(bytesOf(bytes), isBinary);
      expect(result.ok).toBe(false);
      expectSound(result);
    }
  });
});

describe('a fault', () => {
  it.each([
    [{ type: 'hold', id: 1, commandId: 'x', seats: ['A'] }, 'commandId', 1],
    [{ type: 'hold', id: 1, commandId: crypto.randomUUID(), seats: ['A', ''] }, 'seats[1]', 1],
    [{ type: 'hold', id: 1, commandId: crypto.randomUUID(), seats: ['A'], extra: 1 }, 'extra', 1],
    [{ type: 'hold', id: -1, commandId: crypto.randomUUID(), seats: ['A'] }, 'id', undefined],
    [{ type: 'hold', id: '1', commandId: crypto.randomUUID(), seats: ['A'] }, 'id', undefined],
    [{ type: 'hello', resume: { epoch: 1, seq: -1 } }, 'resume.seq', undefined],
    [{ type: 'hello', resume: { epoch: 1, seq: 1, more: 1 } }, 'resume.more', undefined],
    [{ type: 'hello', token: null }, 'token', undefined],
    [
      { type: 'book', id: 2, commandId: crypto.randomUUID(), holdId: crypto.randomUUID(), payment: {} },
      'payment.method',
      2,
    ],
    [{ type: 'ping', id: 3, commandId: 'x' }, 'commandId', 3],
  ])('[PROTO-3] [PROTO-4] in %j is named by its path: %s', (message, path, id) => {
    for (const result of [readJson(message), readMsgpack(message)]) {
      expect(result).toMatchObject({ ok: false, error: { code: 'invalid_field', field: path } });
      expect(result.ok ? undefined : result.id).toBe(id);
    }
  });

  it('[PROTO-4] of the type has the id of the request where there is one', () => {
    expect(readJson({ type: 'sing', id: 9 })).toMatchObject({ id: 9, error: { code: 'unknown_type', field: 'type' } });
    for (const type of ['constructor', '__proto__', 'toString', '', 7, null, ['hold']]) {
      expect(readJson({ type, id: 9 })).toMatchObject({ id: 9, error: { code: 'unknown_type' } });
    }
  });

  it('[PROTO-6] quotes what was sent briefly, and nothing that a terminal would obey', () => {
    const result = readJson({ type: `\u001b[2J\u0085\u202e${'x'.repeat(1_000)}` });
    expectSound(result);
    expect(result.ok ? '' : result.error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is the same for MessagePack beyond the plain: extensions, unused bytes, more than one value', () => {
    for (const bytes of [
      [0xc1],
      [0xd4, 0x73, 0x00, 0x91, 0x01],
      [0xd6, 0xff, 0, 0, 0, 0],
      [0xc7, 0x00, 0x65, 0x91, 0xa1, 0x61],
      [0x80, 0x80],
      [0xd4, 0x72, 0x40, 0x91, 0xa4, 0x74, 0x79, 0x70, 0x65, 0xa4, 0x70, 0x69, 0x6e, 0x67],
    ]) {
      const result = readClientFrame(bytesOf(new Uint8Array(bytes)), true);
      expectSound(result);
      expect(result.ok).toBe(false);
    }
  });

  it('of one frame leaves nothing behind for the next', () => {
    // Defines a record under the number 64; a later plain 64 must be a number again.
    readClientFrame(bytesOf(new Uint8Array([0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x05])), true);
    expect(readMsgpack({ type: 'ping', id: 64 })).toEqual({ ok: true, message: { type: 'ping', id: 64 } });
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

it('[PROTO-6] remarks are text: neither control characters nor halves of characters, which only JSON can spell', () => {
  const block = { type: 'block', id: 1, commandId: crypto.randomUUID(), seats: ['A-1'] };
  for (const reason of ['\u0000', 'a\nb', '\u007f', '\u0085', '\ud800', '😀'.slice(1), 'x'.repeat(256)]) {
    expect(readJson({ ...block, reason })).toMatchObject({ ok: false, error: { field: 'reason' } });
  }
  expect(readJson({ ...block, reason: 'Kamera – Reihe 7 😀' })).toMatchObject({ ok: true });
});

it('[REPLAY-9] ids of holds and commands are of one spelling, whatever case they come in', () => {
  const id = '0B6FF3A5-7E0F-4B8E-9A55-0C0F6D9E4D11';
  expect(readJson({ type: 'extend', id: 1, commandId: id, holdId: id })).toMatchObject({
    ok: true,
    message: { commandId: id.toLowerCase(), holdId: id.toLowerCase() },
  });
});
