import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoggedIn, openSite, PASSWORD, type Site, tokenIn } from './people.js';

let site: Site;
beforeAll(async () => {
  site = await openSite({ MAILS_PER_ACCOUNT: '3', MAILS_PER_ADDRESS: '10000', SITE_URL: 'https://tickets.example/' });
});
afterAll(() => site.close());

const signUp = (body: object) => site.ask('POST', '/v1/accounts', body);
const confirm = (body: object) => site.ask<LoggedIn>('POST', '/v1/accounts/confirm', body);
const accountsOf = async (email: string) =>
  (await site.stage.pool.query('SELECT id FROM boxoffice.accounts WHERE email = $1', [email])).rowCount;

describe('signing up', () => {
  it('makes an account when the mailed link is opened with the password, and logs in', async () => {
    const answer = await signUp({ email: ' Ada@Example.org', password: PASSWORD, name: 'Ada' });
    expect(answer).toMatchObject({ status: 202, json: { email: 'ada@example.org' } });
    const mail = await site.mail('ada@example.org');
    expect(mail).toContain('https://tickets.example/account#sign-up=');
    expect(mail).not.toContain(PASSWORD);
    expect(await accountsOf('ada@example.org')).toBe(0);
    const done = await confirm({ token: tokenIn(mail), password: PASSWORD });
    expect(done).toMatchObject({ status: 201, json: { role: 'customer', lacksSecondFactor: false } });
    expect(await accountsOf('ada@example.org')).toBe(1);
    expect((await site.logIn('ada@example.org')).json.accountId).toBe(done.json.accountId);
  });

  it('keeps neither the password nor the link in the database', async () => {
    await signUp({ email: 'hashed@example.org', password: PASSWORD });
    const token = tokenIn(await site.mail('hashed@example.org'));
    const { rows } = await site.stage.pool.query('SELECT m::text AS row FROM boxoffice.mailed_links m');
    const all = rows.map(({ row }) => row).join('\n');
    expect(all).toContain('hashed@example.org');
    expect(all).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    for (const secret of [PASSWORD, token, Buffer.from(token).toString('hex')]) expect(all).not.toContain(secret);
  });

  it.each([
    ['weak_password', 'password', { password: 'short' }],
    ['weak_password', 'password', { password: 'password123' }],
    ['weak_password', 'password', { password: 'new@example.org' }],
    ['invalid_field', 'email', { email: 'nobody' }],
    ['invalid_field', 'name', { name: 'a\u0000b' }],
    ['invalid_field', 'password', { password: 'x'.repeat(201) }],
    ['invalid_field', 'role', { role: 'admin' }],
  ])('is refused with %s of %s: %j', async (code, field, wrong) => {
    const body = { email: 'new@example.org', password: PASSWORD, ...wrong };
    expect(await signUp(body)).toMatchObject({ code, json: { field } });
    expect(await accountsOf('new@example.org')).toBe(0);
  });

  it('sends one address so many mails an hour, whether it has an account or not', async () => {
    await site.join('often@example.org');
    for (const [email, allowed] of [
      ['often@example.org', 2],
      ['never@example.org', 3],
    ] as const) {
      const codes: unknown[] = [];
      for (let i = 0; i < 4; i++) codes.push((await signUp({ email, password: PASSWORD })).code);
      expect(codes).toEqual([...Array(allowed).fill(undefined), ...Array(4 - allowed).fill('rate_limited')]);
    }
  });
});

describe('an address that has an account', () => {
  it('gets the same answer as one that has none, and a mail that says so', async () => {
    await site.join('known@example.org');
    const [known, unknown] = await Promise.all(
      ['known@example.org', 'other@example.org'].map((email) => signUp({ email, password: PASSWORD })),
    );
    const bare = (answer: typeof known, email: string) => JSON.stringify(answer).replaceAll(email, '');
    expect(bare(known!, 'known@example.org')).toBe(bare(unknown!, 'other@example.org'));
    const mail = await site.mail('known@example.org', 2);
    expect(mail).toContain('has an account already');
    expect(mail).toContain('#password=');
    expect(await accountsOf('known@example.org')).toBe(1);
  });
});

describe('a link that confirms', () => {
  it('does nothing for somebody who does not know the password that was chosen', async () => {
    // Somebody signs up with the address of another, and a password of their own.
    await signUp({ email: 'victim@example.org', password: PASSWORD });
    const token = tokenIn(await site.mail('victim@example.org'));
    const wrong = await confirm({ token, password: 'the password of the victim' });
    expect(wrong).toMatchObject({ status: 401, code: 'wrong_credentials' });
    expect(await accountsOf('victim@example.org')).toBe(0);
    expect((await confirm({ token, password: PASSWORD })).status).toBe(201);
  });

  it('works once, however often it is opened at the same time, and ends the other links of its address', async () => {
    await signUp({ email: 'twice@example.org', password: PASSWORD });
    await signUp({ email: 'twice@example.org', password: PASSWORD });
    const tokens = [tokenIn(await site.mail('twice@example.org', 1)), tokenIn(await site.mail('twice@example.org', 2))];
    expect(tokens[0]).not.toBe(tokens[1]);
    const opened = await Promise.all(
      [0, 1, 0, 1, 0].map((each) => confirm({ token: tokens[each], password: PASSWORD })),
    );
    expect(opened.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410, 410]);
    expect(opened.filter(({ code }) => code === 'invalid_link')).toHaveLength(4);
    expect(await accountsOf('twice@example.org')).toBe(1);
  });

  it('has an end, and is nothing that can be guessed', async () => {
    await signUp({ email: 'late@example.org', password: PASSWORD });
    const token = tokenIn(await site.mail('late@example.org'));
    await site.stage.pool.query(
      "UPDATE boxoffice.mailed_links SET expires_at = now() - interval '1 second' WHERE email = 'late@example.org'",
    );
    expect(await confirm({ token, password: PASSWORD })).toMatchObject({ status: 410, code: 'invalid_link' });
    expect(await confirm({ token: 'A'.repeat(43), password: PASSWORD })).toMatchObject({ code: 'invalid_link' });
    expect(await confirm({ token: 'x', password: PASSWORD })).toMatchObject({ code: 'invalid_field' });
  });
});
