import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const picker = fileURLToPath(new URL('../../../client-sdk/src/picker/', import.meta.url));
const BUDGET_BYTES = 20 * 1024;

/** Bundles as a page would, with the SDK core left to its own budget. */
async function bundle(entry: string): Promise<{ text: string; inputs: string[] }> {
  const result = await build({
    entryPoints: [`${picker}${entry}`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    plugins: [
      {
        name: 'core-is-external',
        setup: (setup) => {
          setup.onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: '@usher/client', external: true }));
        },
      },
    ],
  });
  return { text: result.outputFiles[0]?.text ?? '', inputs: Object.keys(result.metafile.inputs) };
}

test('the picker without the SDK core is at most 20 KB of gzip', async () => {
  const { text, inputs } = await bundle('define.ts');
  expect(inputs.every((input) => input.includes('client-sdk/src/picker/'))).toBe(true);
  expect(text).toContain('usher-seat-picker');
  expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(BUDGET_BYTES);
});

test('the pure entry point loads where there is no DOM', async () => {
  expect(globalThis.HTMLElement).toBeUndefined();
  const { UsherSeatPicker, defaultMessages } = await import('../../../client-sdk/src/picker/index.js');
  expect(UsherSeatPicker.formAssociated).toBe(true);
  expect(defaultMessages.map).toBe('Seat map');
});
