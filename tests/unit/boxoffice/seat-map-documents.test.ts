import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { SeatMapDocuments } from '../../../src/boxoffice/catalogue/seat-map-documents.js';

const hashOf = (n: number) => n.toString(16).padStart(64, '0');

/** A store that counts what it is asked for. */
function store(read: (hash: string) => string | undefined) {
  const asked: string[] = [];
  const documents = new SeatMapDocuments(async (hash) => {
    asked.push(hash);
    return read(hash);
  });
  return { asked, documents };
}

it('a document is read and compressed once, however many ask at the same time', async () => {
  const { asked, documents } = store(() => '{"name":"Plain"}');
  const files = await Promise.all(Array.from({ length: 20 }, () => documents.get(hashOf(1))));
  await documents.get(hashOf(1));
  expect(asked).toHaveLength(1);
  for (const file of files) {
    expect(file?.plain.toString()).toBe('{"name":"Plain"}');
    expect(gunzipSync(file?.gzip ?? '').toString()).toBe('{"name":"Plain"}');
  }
});

it('neither an absence nor a failure is kept', async () => {
  let state = 'absent';
  const { documents } = store(() => {
    if (state === 'down') throw new Error('no connection');
    return state === 'absent' ? undefined : 'here';
  });
  expect(await documents.get(hashOf(1))).toBeUndefined();
  state = 'down';
  await expect(documents.get(hashOf(1))).rejects.toThrow('no connection');
  state = 'there';
  expect((await documents.get(hashOf(1)))?.plain.toString()).toBe('here');
});

it('what cannot be a hash is not looked for', async () => {
  const { asked, documents } = store(() => 'here');
  for (const hash of ['', 'x', hashOf(1).toUpperCase().replace('1', 'A'), `${hashOf(1)}0`, `${hashOf(1)}\n`]) {
    expect(await documents.get(hash)).toBeUndefined();
  }
  expect(asked).toEqual([]);
});

it('as many as the bound are kept, the newest', async () => {
  const { asked, documents } = store((hash) => hash);
  for (let n = 0; n < 100; n++) await documents.get(hashOf(n));
  await documents.get(hashOf(99));
  expect(asked).toHaveLength(100);
  await documents.get(hashOf(0));
  expect(asked).toHaveLength(101);
});
