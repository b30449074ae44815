import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { expect, it } from 'vitest';

const source = new URL('../../../client-sdk/src/', import.meta.url).pathname;

async function bundle(entry: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source + entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    ...options,
  });
  return outputFiles?.[0]?.text ?? '';
}

it('the core with its codec is at most 12 KB gzipped', async () => {
  const size = gzipSync(await bundle('index.ts'), { level: 9 }).length;
  // Both bounds: an empty bundle would be small too.
  expect(size).toBeGreaterThan(5_000);
  expect(size).toBeLessThanOrEqual(12 * 1024);
});

it('the React entry is at most 1 KB gzipped beside react and the core', async () => {
  const text = await bundle('react.ts', { external: ['react', './client.js'] });
  expect(text).toContain('useShowtime');
  expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(1024);
});

it('a browser bundle has nothing of any package in it', async () => {
  const { metafile } = await build({
    entryPoints: [`${source}index.ts`],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
  });
  expect(Object.keys(metafile.inputs).filter((path) => /node_modules/.test(path))).toEqual([]);
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
});
