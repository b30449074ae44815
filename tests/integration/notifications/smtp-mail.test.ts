import { createServer, type Socket } from 'node:net';
import { resolve as pathOf } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type SmtpMailOptions, smtpMail } from '../../../src/adapters/mail/smtp-mail.js';
import { MailThread } from '../../../src/boxoffice/notifications/mail-thread.js';
import { MailRefused, type MailTransport } from '../../../src/boxoffice/notifications/mail-transport-port.js';
import { type Behaviour, openSmtpInbox } from '../../kit/smtp/smtp-inbox.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const LINK = `https://tickets.example/account#sign-up=${'A'.repeat(43)}`;
const LETTER = {
  to: 'ada@example.org',
  subject: 'Ваши билеты на «Сталкер»: очень длинная тема, которая не помещается в одну строку',
  text: `Guten Tag, Ada.\n.\n${LINK}\n`,
  html: `<p>Grüße <a href="${LINK}">${LINK}</a></p>\n`,
  messageId: '<one@example.org>',
  attachments: [
    { filename: 'Tickets.pdf', type: 'application/pdf', content: Buffer.from([0, 37, 80, 255, 13, 10, 46]) },
  ],
};

interface Closing extends MailTransport {
  close(): unknown;
}

describe.each<[string, (options: SmtpMailOptions) => Closing]>([
  ['by SMTP', smtpMail],
  ['by SMTP, from a thread of its own', (options) => new MailThread(pathOf('dist/mail-worker.js'), options)],
])('mails %s', (_, openMail) => {
  async function open(behaviour: Behaviour = 'accept', auth?: { user: string; pass: string }) {
    const inbox = await openSmtpInbox(behaviour, auth);
    undo.push(() => inbox.close());
    return { inbox, mail: mailTo(inbox.url) };
  }

  function mailTo(url: string): MailTransport {
    const mail = openMail({ url, from: 'Kino <kino@example.org>', connections: 2 });
    undo.push(() => mail.close());
    return mail;
  }

  it('arrive as they were written, over connections that are kept', async () => {
    const { inbox, mail } = await open('accept', { user: 'ki no@x', pass: 'p/w:d@1' });
    for (let number = 0; number < 5; number++) await mail.send(LETTER);
    expect(inbox.mails).toHaveLength(5);
    expect(inbox.connections()).toBe(1);
    const { messageId, ...letter } = LETTER;
    expect(inbox.mails[0]).toMatchObject({
      ...{ text: letter.text, html: letter.html, attachments: letter.attachments },
      headers: {
        ...{ from: 'Kino <kino@example.org>', to: letter.to, subject: letter.subject, 'message-id': messageId },
        'auto-submitted': 'auto-generated',
      },
    });
  });

  it('that are refused for good are told apart from those that another try may deliver', async () => {
    const { inbox, mail } = await open('refuse');
    await expect(mail.send(LETTER)).rejects.toBeInstanceOf(MailRefused);
    inbox.behave('later');
    const later = await mail.send(LETTER).catch((error: unknown) => error);
    expect(later).toBeInstanceOf(Error);
    expect(later).not.toBeInstanceOf(MailRefused);
    inbox.behave('accept');
    await mail.send(LETTER);
    expect(inbox.mails).toHaveLength(1);
  });

  it('are not refused for good where the server is away, or does not know us', async () => {
    const { inbox } = await open('accept', { user: 'kino', pass: 'right' });
    for (const url of [inbox.url.replace('right', 'wrong'), 'smtp://127.0.0.1:1']) {
      const error = await mailTo(url)
        .send(LETTER)
        .catch((failure: unknown) => failure);
      expect(error, url).toBeInstanceOf(Error);
      expect(error, url).not.toBeInstanceOf(MailRefused);
      expect(String(error), url).not.toContain('wrong');
    }
  });

  it('end in bounded time where the server takes the connection and says nothing', { timeout: 30_000 }, async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    undo.push(() => silent.close());
    undo.push(() => sockets.forEach((socket) => void socket.destroy()));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(mailTo(`smtp://127.0.0.1:${port}`).send(LETTER)).rejects.toThrow();
  });
});
