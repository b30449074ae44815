import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { RenderedPages } from '../../../src/boxoffice/catalogue/rendered-pages.js';

/** Pages that show a number, which is fresh for a second. */
function pages() {
  const state = { now: 0, number: 1, shown: 0 };
  const rendered = new RenderedPages<object>(
    async () => {
      state.shown++;
      return { body: { number: state.number }, freshUntil: state.now + 1_000 };
    },
    () => state.now,
  );
  return { state, rendered };
}

it('a page is rendered once, however many ask at the same time', async () => {
  const { state, rendered } = pages();
  const page = {};
  const all = await Promise.all([rendered.of(page), rendered.of(page), rendered.of(page)]);
  expect(new Set(all).size).toBe(1);
  expect(gunzipSync(all[0]!.document.gzip).toString()).toBe('{"number":1}');
  state.now = 999;
  expect(await rendered.of(page)).toBe(all[0]);
  expect(state.shown).toBe(1);
});

it('what is not fresh any more is looked at again, and compressed again only where it changed', async () => {
  const { state, rendered } = pages();
  const page = {};
  const first = await rendered.of(page);
  state.now = 1_000;
  expect(await rendered.of(page)).toBe(first);
  expect(state.shown).toBe(2);
  state.now = 2_000;
  state.number = 2;
  const changed = await rendered.of(page);
  expect(changed.document.plain.toString()).toBe('{"number":2}');
  expect(changed.headers.etag).not.toBe(first.headers.etag);
});

it('another value is another page, and a failure is told to those who asked and not kept', async () => {
  const { rendered } = pages();
  expect(await rendered.of({})).not.toBe(await rendered.of({}));
  let isFailing = true;
  const failing = new RenderedPages<object>(
    () => {
      if (isFailing) throw new Error('no counts');
      return { body: {}, freshUntil: 1 };
    },
    () => 0,
  );
  const page = {};
  await expect(failing.of(page)).rejects.toThrow('no counts');
  isFailing = false;
  expect((await failing.of(page)).document.plain.toString()).toBe('{}');
});
