import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCtl } from '../../../src/ops/ctl/run-ctl.js';
import { openSmtpInbox, type SmtpInbox } from '../../kit/smtp/smtp-inbox.js';
import { sign } from '../gateway/sign.js';
import { eventually, Shop } from '../orders/shop.js';

// The first mail with tickets starts the worker that draws them.
vi.setConfig({ testTimeout: 60_000 });

let inbox: SmtpInbox;
let shop: Shop;
beforeAll(async () => {
  inbox = await openSmtpInbox();
  shop = await Shop.open({ SMTP_URL: inbox.url });
});
afterAll(async () => {
  await shop.close();
  await inbox.close();
});
beforeEach(async () => {
  await shop.stage.pool.query('DELETE FROM boxoffice.dead_letters');
});

interface Letter {
  readonly id: string;
  readonly handler: string;
  readonly topic: string;
  readonly error: string;
}

async function ctl(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const environment = { USHER_URL: `http://127.0.0.1:${shop.stage.port}`, USHER_API_KEY: await shop.staff() };
  const code = await runCtl(argv, { environment, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join(''), err: err.join('') };
}
const letters = async (...options: string[]): Promise<Letter[]> =>
  JSON.parse((await ctl('dead-letters', '--json', ...options)).out)['dead letters'];

/** A sold order whose confirmation the mail server refuses for good. */
async function refusedMail(seat: string, email: string): Promise<Letter> {
  inbox.behave('refuse');
  const pay = { provider: 'test', details: { card: 'succeed' } };
  const { json } = await shop.order(await shop.guest(), [seat], { email, pay });
  expect(json.order.state).toBe('fulfilled');
  const letter = await eventually(async () => (await letters())[0], 45_000);
  inbox.behave('accept');
  return letter;
}

describe('a mail that was given up', () => {
  it('is listed with why, shown with what it says, and sent when it is tried again', async () => {
    const letter = await refusedMail('R1-1', 'ada@example.org');
    expect(letter).toMatchObject({ handler: 'mail', topic: 'order.fulfilled', error: expect.stringContaining('550') });
    const { out } = await ctl('dead-letters');
    expect(out).toMatch(/ID +HANDLER +TOPIC +ABOUT +GIVEN UP +ERROR/);
    expect(out).toContain(letter.id);
    const shown = await ctl('dead-letters', 'show', letter.id);
    expect(shown.out).toMatch(/because: .*550[\s\S]*payload: \{"orderId":"[0-9a-f-]{36}"\}/);
    expect(await letters('--handler', 'webhooks')).toEqual([]);
    expect(await letters('--topic', 'order.fulfilled')).toHaveLength(1);

    const retried = await ctl('dead-letters', 'retry', letter.id);
    expect(retried).toEqual({ code: 0, out: 'order.fulfilled for mail is tried again.\n', err: '' });
    await eventually(async () => inbox.mails.some(({ headers }) => headers['to'] === 'ada@example.org'));
    expect(await letters()).toEqual([]);
    // Who comes second finds it gone.
    const second = await ctl('dead-letters', 'retry', letter.id);
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('There is no such dead letter.') });
  });

  it('that fails again is another dead letter', async () => {
    const letter = await refusedMail('R1-3', 'bea@example.org');
    inbox.behave('refuse');
    await ctl('dead-letters', 'retry', letter.id);
    const [again] = await eventually(async () => {
      const found = await letters();
      return found.length > 0 && found;
    });
    expect(again).toMatchObject({ topic: 'order.fulfilled', handler: 'mail' });
    expect(again?.id).not.toBe(letter.id);
  });

  it('can be dropped: nobody is mailed, and the audit log says what it was', async () => {
    const letter = await refusedMail('R1-5', 'cem@example.org');
    expect((await ctl('dead-letters', 'drop', letter.id)).out).toBe(`Dropped ${letter.id}.\n`);
    expect(await letters()).toEqual([]);
    const { rows } = await shop.stage.pool.query('SELECT action, before FROM boxoffice.audit_log WHERE subject = $1', [
      `dead_letter:${letter.id}`,
    ]);
    expect(rows).toMatchObject([{ action: 'dead_letter.drop', before: { topic: 'order.fulfilled', handler: 'mail' } }]);
    expect(JSON.stringify(rows)).not.toContain('payload');
    expect(inbox.mails.some(({ headers }) => headers['to'] === 'cem@example.org')).toBe(false);
  });
});

describe('many that were given up', () => {
  it('are listed page by page, and all are tried again by one command', async () => {
    const { pool } = shop.stage;
    // Orders that are gone: whoever handles these has nothing to do.
    await pool.query(
      `INSERT INTO boxoffice.dead_letters (handler, subject, event_id, topic, payload, created_at, failed_at, error)
       SELECT CASE WHEN n % 2 = 0 THEN 'mail' ELSE 'webhooks' END, 'order:' || n, n, 'order.expired',
              jsonb_build_object('orderId', gen_random_uuid()), now(), now() - n / 10 * interval '1 second', 'Away'
         FROM generate_series(1, 230) AS n`,
    );
    const all = await letters();
    expect(new Set(all.map(({ id }) => id)).size).toBe(230);
    expect((await ctl('dead-letters', 'retry-all', '--handler', 'mail')).out).toBe('115 are tried again.\n');
    expect((await letters()).every(({ handler }) => handler === 'webhooks')).toBe(true);
    await ctl('dead-letters', 'retry-all');
    expect(await letters()).toEqual([]);
    await eventually(async () => {
      const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM boxoffice.outbox_steps');
      return rows[0]?.n === 0;
    });
  });

  it('are for those who may manage jobs only', async () => {
    const answer = await shop.send('GET', '/v1/dead-letters', await sign('user:till', { role: 'manager' }));
    expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  });
});
