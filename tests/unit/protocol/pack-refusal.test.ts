import fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, wireError } from '../../../src/protocol/errors.js';
import { packRefusal } from '../../../src/protocol/pack-refusal.js';

const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'number' });
const text = (maxLength: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.string({ maxLength, unit: 'grapheme-ascii' }) },
    { weight: 1, arbitrary: fc.string({ maxLength, unit: 'binary' }) },
  );
const code = fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[]));
const named = { seat: text(80), reason: fc.constantFrom('held' as const, 'companion_alone' as const) };
// Rarely with what only the general encoder packs.
const conflict = fc.oneof(
  { weight: 30, arbitrary: fc.record(named) },
  { weight: 1, arbitrary: fc.record({ ...named, beside: fc.constant(['A-2']) }) },
);
const conflicts = fc.array(conflict, { maxLength: 18 });
const detail = fc.oneof(
  fc.record({ conflicts }),
  fc.record({ conflicts, field: text(10), retryAfterMs: fc.nat() }, { requiredKeys: ['conflicts'] }),
);
const id = fc.oneof(
  fc.nat(300),
  fc.nat(0x2_0000),
  fc.constantFrom(0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 2 ** 53 - 1),
);

describe('a refusal packed by hand', () => {
  it('is to the byte what the general encoder makes of it', () => {
    let packed = 0;
    fc.assert(
      fc.property(id, code, text(300), detail, (request, which, message, details) => {
        const error = wireError(which, message, details);
        const byHand = packRefusal(request, error);
        if (!byHand) return;
        packed++;
        expect(Buffer.from(byHand)).toEqual(Buffer.from(packr.pack({ type: 'reply', id: request, ok: false, error })));
      }),
      { numRuns: 5_000 },
    );
    expect(packed).toBeGreaterThan(500);
  });

  it('is the common one: seats that somebody else has, of any hall with plain labels', () => {
    const held = [{ seat: 'K-12', reason: 'held' as const }];
    expect(
      packRefusal(7, wireError('seats_unavailable', 'Not available: K-12 (held).', { conflicts: held })),
    ).toBeDefined();
    expect(packRefusal(7, wireError('unknown_hold', 'There is no such hold.'))).toBeUndefined();
  });
});
