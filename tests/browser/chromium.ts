import { chromiumPath, HOW_TO_GET_ONE } from '../../bench/browser/chromium.js';

export { launchChromium } from '../../bench/browser/chromium.js';

/** Undefined: browser tests can run. Else why not; with CI=true that is a failure and no reason to skip. */
export function whyNoBrowser(): string | undefined {
  if (chromiumPath() !== undefined) return undefined;
  if (process.env['CI'] === 'true') throw new Error(HOW_TO_GET_ONE);
  return HOW_TO_GET_ONE;
}
