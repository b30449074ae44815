import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailFolder } from '../../../src/adapters/mail/mail-folder.js';
import { readMail } from '../../kit/smtp/read-mail.js';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'usher-mail-'));
});
afterAll(() => rm(parent, { recursive: true }));

const open = (directory: string, from = 'Usher <no-reply@example.org>') =>
  mailFolder({ directory, from, uuid: randomUUID, now: () => Date.UTC(2026, 0, 31, 20, 15) });
const LINK = `https://tickets.example/account#sign-up=${'A'.repeat(43)}`;
const LETTER = {
  to: 'ada@example.org',
  subject: 'Grüße',
  text: `One.\nTwo: ü\n${LINK}\n`,
  html: `<p>Two: ü <a href="${LINK}">${LINK}</a></p>\n`,
  messageId: '<one@example.org>',
  attachments: [{ filename: 'Tickets.pdf', type: 'application/pdf', content: Buffer.from('%PDF ü') }],
};

describe('the folder of mails', () => {
  it('gets each mail as a file of its own that only its user reads', async () => {
    const directory = join(parent, 'a');
    const mail = open(directory);
    await Promise.all([mail.send(LETTER), mail.send(LETTER)]);
    const names = await readdir(directory);
    expect(names).toHaveLength(2);
    const [name = ''] = names;
    expect(name).toMatch(/^2026-01-31T20-15-00\.000Z-[0-9a-f-]{36}\.eml$/);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    const raw = await readFile(join(directory, name), 'utf8');
    expect(readMail(raw)).toEqual({
      headers: expect.objectContaining({
        date: 'Sat, 31 Jan 2026 20:15:00 +0000',
        from: 'Usher <no-reply@example.org>',
        to: 'ada@example.org',
        subject: 'Grüße',
        'message-id': '<one@example.org>',
        'auto-submitted': 'auto-generated',
      }),
      text: LETTER.text,
      html: LETTER.html,
      attachments: [{ filename: 'Tickets.pdf', type: 'application/pdf', content: Buffer.from('%PDF ü') }],
    });
    // As somebody finds it who looks for the link in a terminal.
    expect(raw).toContain(`\r\n${LINK}\r\n`);
  });

  it.each([
    ['to', { to: 'ada@example.org\r\nBcc: eve@example.org' }],
    ['messageId', { messageId: '<x>\r\nBcc: eve@example.org' }],
  ])('takes no %s that would add a header', async (field, wrong) => {
    const directory = join(parent, field);
    await expect(open(directory).send({ ...LETTER, ...wrong })).rejects.toThrow('line break');
    expect(await readdir(directory)).toEqual([]);
  });
});
