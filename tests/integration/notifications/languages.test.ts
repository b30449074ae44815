import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ReadMail } from '../../kit/smtp/read-mail.js';
import { openSmtpInbox, type SmtpInbox } from '../../kit/smtp/smtp-inbox.js';
import { eventually, Shop } from '../orders/shop.js';

// The first mail with tickets starts the worker that draws them.
vi.setConfig({ testTimeout: 60_000 });
const MAIL_MS_MAX = 45_000;
const PASSWORD = 'correct horse battery';

let inbox: SmtpInbox;
let shop: Shop;
beforeAll(async () => {
  inbox = await openSmtpInbox();
  const rates = { SESSIONS_PER_SECOND: '10000', HTTP_REQUESTS_PER_SECOND: '10000' };
  shop = await Shop.open({ SMTP_URL: inbox.url, ...rates });
});
afterAll(async () => {
  await shop.close();
  await inbox.close();
});

const mailTo = async (email: string, number = 1): Promise<ReadMail> =>
  await eventually(async () => inbox.mails.filter(({ headers }) => headers['to'] === email)[number - 1], MAIL_MS_MAX);
const subjectOf = async (email: string, number = 1) => (await mailTo(email, number)).headers['subject'];
const post = async (path: string, body: object, session?: string) => {
  const answer = await shop.send('POST', path, session ?? (await shop.guest()), body);
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return answer.json;
};

describe('mails about an account', () => {
  it('are in the language of the request that each follows from', async () => {
    const email = `${randomUUID()}@example.org`;
    await post('/v1/accounts', { email, password: PASSWORD, name: 'Ada', locale: 'de-CH' });
    const signUp = await mailTo(email);
    expect(signUp.headers['subject']).toBe('Bestätigen Sie Ihre E-Mail-Adresse');
    const token = /#sign-up=([\w-]{43})/.exec(signUp.text)?.[1];
    const { accessToken } = await post('/v1/accounts/confirm', { token, password: PASSWORD });
    await post('/v1/password-resets', { email, locale: 'fr' });
    expect(await subjectOf(email, 2)).toBe('Définir un nouveau mot de passe');
    const passwords = { oldPassword: PASSWORD, password: `${PASSWORD} 2`, locale: 'ru' };
    await post('/v1/me/password', passwords, accessToken);
    expect(await subjectOf(email, 3)).toBe('Ваш пароль изменён');
    await post('/v1/accounts', { email, password: PASSWORD, locale: 'ru' });
    expect(await subjectOf(email, 4)).toBe('У вас уже есть учётная запись');
  });

  it('are English where none is named, and an unknown language is English', async () => {
    for (const more of [{}, { locale: 'hi' }]) {
      const email = `${randomUUID()}@example.org`;
      await post('/v1/password-resets', { email, ...more });
      expect(await subjectOf(email)).toBe('There is no account with this address');
    }
  });

  it('are in the language that whoever invites says', async () => {
    const email = `${randomUUID()}@example.org`;
    const made = { email, name: 'Bea', role: 'customer', locale: 'de' };
    await post('/v1/admin/accounts', made, await shop.staff());
    expect(await subjectOf(email)).toBe('Für Sie wurde ein Konto angelegt');
  });

  it('take no language that is none', async () => {
    const asked = { email: 'ada@example.org', locale: 'de\r\nBcc: eve@example.org' };
    const answer = await shop.send('POST', '/v1/password-resets', await shop.guest(), asked);
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_field', field: 'locale' } });
  });
});

it('a receipt names ticket types as the showtime does, and not by their ids', async () => {
  const types = [
    { id: 't-1', name: 'Erwachsene' },
    { id: 't-2', name: 'Kinder & Jugendliche', prices: { Front: 600 } },
  ];
  const { pool } = shop.stage;
  const showtimeId = await shop.stage.addShowtime();
  const sql = 'UPDATE boxoffice.showtimes SET ticket_types = $2 WHERE id = $1';
  await pool.query(sql, [showtimeId, JSON.stringify(types)]);
  const buyer = await shop.guest();
  const asked = { seats: ['R1-1', 'R1-2'], ticketTypes: ['t-1', 't-2'] };
  const held = await post(`/v1/showtimes/${showtimeId}/holds`, asked, buyer);
  const holds = [{ showtimeId, holdId: held.hold.id }];
  const { total } = await post('/v1/orders/quote', { holds }, buyer);
  const email = `${randomUUID()}@example.org`;
  const pay = { provider: 'test', details: { card: 'succeed' } };
  await post('/v1/orders', { holds, total, email, locale: 'de', pay }, buyer);
  const { text, html } = await mailTo(email);
  expect(text).toMatch(/Platz R1-1 · Erwachsene: .*12,00/);
  expect(text).toMatch(/Platz R1-2 · Kinder & Jugendliche: .*6,00/);
  expect(html).toContain('Kinder &amp; Jugendliche');
  expect(`${text}${html}`).not.toMatch(/t-[12]\b/);
});
