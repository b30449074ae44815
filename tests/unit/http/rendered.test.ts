import { describe, expect, it } from 'vitest';
import { makeDocument } from '../../../src/http/document.js';
import { isRendered } from '../../../src/http/endpoint.js';

describe('a body that was rendered before', () => {
  it('is known by a document in all its forms', async () => {
    const document = await makeDocument(Buffer.from('{}'), 'quick');
    expect(isRendered({ document, headers: { etag: '"1"' } })).toBe(true);
  });

  it.each([{}, null, 'text', { plain: 'text', gzip: 'text', brotli: 'text' }, { plain: Buffer.from('') }])(
    'is not JSON with a member of that name: %j',
    (document) => {
      expect(isRendered({ document })).toBe(false);
    },
  );
});
