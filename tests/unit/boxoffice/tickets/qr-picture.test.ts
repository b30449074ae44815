import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LETTERS } from '../../../../src/boxoffice/tickets/letters.js';
import { qrModules, qrPath, qrPng, qrSvg } from '../../../../src/boxoffice/tickets/qr-picture.js';
import { readCodes, readQr } from '../../../integration/tickets/read-qr.js';

const code = fc.array(fc.constantFrom(...LETTERS), { minLength: 60, maxLength: 60 }).map((letters) => letters.join(''));

it('is read back from the PNG by a reader that is not ours', async () => {
  await fc.assert(
    fc.asyncProperty(code, fc.integer({ min: 2, max: 12 }), async (text, scale) => {
      expect(await readQr(qrPng(qrModules(text), scale))).toBe(text);
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
  const [read] = await readCodes(qrPng(modules, 4));
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
