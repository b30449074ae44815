/** What a mail costs those who buy seats on the same node meanwhile. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { MailThread } from '../../../src/boxoffice/notifications/mail-thread.js';
import { openSmtpInbox } from '../../kit/smtp/smtp-inbox.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const OPTIONS = { from: 'Kino <kino@example.org>', connections: 2 };
const LETTER = { to: 'ada@example.org', subject: 'Tickets', text: 'Here they are.\n', html: '<p>Here they are.</p>\n' };

function letter(number: number, bytes: number) {
  const content = randomBytes(bytes);
  const attachments = [{ filename: 'tickets.pdf', type: 'application/pdf', content }];
  return { ...LETTER, messageId: `<${number}@example.org>`, attachments };
}

it.skipIf(process.platform !== 'linux')(
  'the thread that sends mails lets those that answer buyers go first',
  async () => {
    const inbox = await openSmtpInbox();
    undo.push(() => inbox.close());
    const own = nicenessOf(String(process.pid));
    const before = new Set(readdirSync('/proc/self/task'));
    const mail = new MailThread(resolve('dist/mail-worker.js'), { ...OPTIONS, url: inbox.url });
    undo.push(() => mail.close());
    await mail.send(letter(0, 1_000));
    const since = readdirSync('/proc/self/task').filter((id) => !before.has(id));
    // The process may have one of its own already.
    expect(nicenessOf(String(process.pid))).toBe(own);
    expect(since.map(nicenessOf)).toContain(Math.min(19, own + 10));
  },
);

it('what hangs with a thread that is closed is told so', async () => {
  const inbox = await openSmtpInbox('hang');
  undo.push(() => inbox.close());
  const mail = new MailThread(resolve('dist/mail-worker.js'), { ...OPTIONS, url: inbox.url });
  const sent = mail.send(letter(1, 1_000));
  sent.catch(() => {});
  await mail.close();
  await expect(sent).rejects.toThrow('The node stops.');
});

function nicenessOf(task: string): number {
  const stat = readFileSync(`/proc/self/task/${task}/stat`, 'latin1');
  // The name may hold spaces and brackets; niceness is the 19th field, and what follows the name begins with the third.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}
