import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { LETTERS } from '../../../../src/boxoffice/tickets/letters.js';
import { qrModules, qrPath, qrPng, qrSvg } from '../../../../src/boxoffice/tickets/qr-picture.js';

beforeAll(() => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  // Without it, the reader fetches its module from the network.
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } });
});

const code = fc.array(fc.constantFrom(...LETTERS), { minLength: 60, maxLength: 60 }).map((letters) => letters.join(''));

it('is read back from the PNG by a reader that is not ours', async () => {
  await fc.assert(
    fc.asyncProperty(code, fc.integer({ min: 2, max: 12 }), async (text, scale) => {
      const read = await readBarcodes(qrPng(qrModules(text), scale), { formats: ['QRCode'] });
      expect(read.map((one) => one.text)).toEqual([text]);
    }),
    { numRuns: 30 },
  );
});

it('is of version 3 and level M, with four light modules around it', async () => {
  const modules = qrModules('BCDEFGHIJKLNOPRSTUVX'.repeat(3));
  expect(modules).toHaveLength(29 + 8);
  const isMargin = (x: number, y: number) => [x, y].some((at) => at < 4 || at >= 33);
  for (const [y, row] of modules.entries()) {
    for (const [x, isDark] of row.entries()) if (isMargin(x, y)) expect(isDark).toBe(false);
  }
  const [read] = await readBarcodes(qrPng(modules, 4), { formats: ['QRCode'] });
  expect(read?.ecLevel).toBe('M');
});

it('has the same dark modules as a path', () => {
  fc.assert(
    fc.property(code, (text) => {
      const modules = qrModules(text);
      const drawn = modules.map((row) => row.map(() => false));
      for (const [, x = '', y = '', length = ''] of qrPath(modules).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
        for (let i = 0; i < Number(length); i++) drawn[Number(y)]![Number(x) + i] = true;
      }
      expect(drawn).toEqual(modules);
      expect(qrSvg(modules)).toContain('fill="#fff"');
    }),
    { numRuns: 20 },
  );
});
