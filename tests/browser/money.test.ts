import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { MONEY_CASES, withoutSign } from '../unit/protocol/money-cases.js';
import { launchChromium, whyNoBrowser } from './chromium.js';

const reason = whyNoBrowser();

test.skipIf(reason !== undefined)(
  `a browser writes amounts with the digits of ISO 4217${reason === undefined ? '' : `: ${reason}`}`,
  async () => {
    const entryPoints = [new URL('../../client-sdk/src/money.ts', import.meta.url).pathname];
    const bundle = await build({ entryPoints, bundle: true, write: false, format: 'iife', globalName: 'money' });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
      const written = await page.evaluate(
        (cases) => {
          const { money } = globalThis as unknown as { money: typeof import('../../client-sdk/src/money.js') };
          return cases.map(({ amount, currency }) => money.formatMoney({ amount, currency }, 'en'));
        },
        MONEY_CASES.map(({ amount, currency }) => ({ amount, currency })),
      );
      expect(written.map(withoutSign)).toEqual(MONEY_CASES.map((each) => each.written));
    } finally {
      await browser.close();
    }
  },
);
