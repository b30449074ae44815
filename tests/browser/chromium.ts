import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of this machine, by CHROMIUM or in the usual places. */
const executablePath = [process.env['CHROMIUM'] ?? '', ...CANDIDATES].find((path) => path !== '' && existsSync(path));

/** Undefined: browser tests can run. Else why not; with CI=true that is a failure and no reason to skip. */
export function whyNoBrowser(): string | undefined {
  if (executablePath !== undefined) return undefined;
  const how = 'No Chromium was found: install one (Debian: apt-get install chromium) or set CHROMIUM to its path.';
  if (process.env['CI'] === 'true') throw new Error(how);
  return how;
}

export async function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('whyNoBrowser() was not asked first');
  return await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
