import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSite, PASSWORD, type Site } from '../integration/accounts/people.js';
import { launchChromium, whyNoBrowser } from './chromium.js';

const reason = whyNoBrowser();

describe.skipIf(reason !== undefined)(`the page of an account${reason === undefined ? '' : `: ${reason}`}`, () => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await openSite();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** The page of the link in a mail, and everything that went wrong on it. */
  const open = async (mail: string): Promise<{ page: Page; errors: string[] }> => {
    const [link = ''] = /http:\/\/localhost:\d+\/account#\S+/.exec(mail) ?? [];
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(link.replace('localhost', '127.0.0.1'));
    return { page, errors };
  };

  test('confirms a sign-up with the password that was chosen, and sets a new one', async () => {
    const email = 'ada@example.org';
    await site.ask('POST', '/v1/accounts', { email, password: PASSWORD });
    const first = await open(await site.mail(email));
    const { page } = first;
    await page.getByLabel('The password that you chose').fill('another one');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('No account has this');
    await page.getByLabel('The password that you chose').fill(PASSWORD);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('you have an account');
    expect(page.url()).not.toContain('#');
    expect((await site.logIn(email)).status).toBe(201);

    await site.ask('POST', '/v1/password-resets', { email });
    const second = await open(await site.mail(email, 2));
    await second.page.getByLabel('A new password').fill('short');
    await second.page.getByRole('button', { name: 'Set the password' }).click();
    await expect.poll(() => second.page.getByRole('status').textContent()).toContain('at least 10 characters');
    await second.page.getByLabel('A new password').fill('another horse battery');
    await second.page.getByRole('button', { name: 'Set the password' }).click();
    await expect.poll(() => second.page.getByRole('status').textContent()).toContain('your password is set');
    expect((await site.logIn(email, { password: 'another horse battery' })).status).toBe(201);
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  test('says so where the link was cut, and shows no form', async () => {
    const page = await browser.newPage();
    for (const hash of ['', '#sign-up', '#constructor=x', '#sign-up=']) {
      await page.goto('about:blank');
      await page.goto(`http://127.0.0.1:${site.stage.port}/account${hash}`);
      expect(await page.getByRole('status').textContent()).toContain('not whole');
      expect(await page.getByRole('button').count()).toBe(0);
    }
  });
});
