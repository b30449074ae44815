import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoint, errorsOf } from '../../../src/http/endpoint.js';
import { readIfMatch, refuseStale, versionTag } from '../../../src/http/if-match.js';

describe('If-Match', () => {
  it.each([
    ['', undefined],
    [' , ', undefined],
    ['*', 'any'],
    ['"3"', ['"3"']],
    ['"3", "4"', ['"3"', '"4"']],
    ['W/"3"', ['W/"3"']],
    ['"3", *', 'any'],
  ])('%j is read as %j', (header, read) => {
    expect(readIfMatch(header)).toEqual(read);
  });

  it('[HTTP-7] allows the version that it names, and no other', () => {
    const tag = versionTag('3');
    expect(tag).toBe('"3"');
    expect(refuseStale(['"3"'], tag)).toBeUndefined();
    expect(refuseStale(['"2"', '"3"'], tag)).toBeUndefined();
    expect(refuseStale('any', tag)).toBeUndefined();
    for (const other of [['"2"'], ['3'], ['W/"3"'], ['"33"']]) {
      expect(refuseStale(other, tag)).toMatchObject({ code: 'stale_version', field: 'If-Match' });
    }
  });

  it('[HTTP-7] is documented with its errors where an endpoint asks for it', () => {
    const changed = (conditional: boolean) =>
      endpoint({
        id: 'changeThing',
        method: 'PUT',
        path: '/v1/things',
        summary: 'Changes it.',
        tag: 'Catalogue',
        access: 'public',
        rate: 'reads',
        conditional,
        parameters: {},
        reply: z.object({}),
        errors: [],
        handle: () => ({ ok: true, body: {} }),
      });
    expect(errorsOf(changed(true))).toEqual(expect.arrayContaining(['precondition_required', 'stale_version']));
    expect(errorsOf(changed(false))).not.toContain('stale_version');
  });
});
