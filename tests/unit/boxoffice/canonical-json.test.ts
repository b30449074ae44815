import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/boxoffice/catalogue/seat-maps.js';

describe('canonical JSON', () => {
  it('is the same text however an object was built', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [{ x: 2, y: 1 }] }));
  });

  it('has members by code unit, lists in their order, and nothing that is undefined', () => {
    expect(canonicalJson({ ä: 1, b: [2, 1], Z: 0, gone: undefined })).toBe('{"Z":0,"b":[2,1],"ä":1}');
  });

  it('loses nothing that JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
