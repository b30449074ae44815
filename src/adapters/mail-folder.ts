import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail, MailMessage } from '../boxoffice/accounts/mail-port.js';
import { openDataFolder } from './data-folder.js';

interface MailFolderOptions {
  readonly directory: string;
  /** An address, or a name with an address: `Usher <no-reply@tickets.example>`. */
  readonly from: string;
  readonly uuid: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Writes each mail as a file (RFC 5322, `.eml`) that a mail program opens. The names sort by time. Only the user of the
 * server may read them: a mail may carry a link that sets a password.
 */
export function mailFolder({ directory, from, uuid, now }: MailFolderOptions): Mail {
  return {
    async send(message) {
      await openDataFolder(directory);
      const at = new Date(now());
      const id = uuid();
      const name = `${at.toISOString().replaceAll(':', '-')}-${id}.eml`;
      const unfinished = join(directory, `.${name}.part`);
      await writeFile(unfinished, emlOf(message, { from, at, id }), { mode: 0o600, flag: 'wx' });
      // Whoever watches the folder never reads half a mail.
      await rename(unfinished, join(directory, name));
    },
  };
}

interface Envelope {
  readonly from: string;
  readonly at: Date;
  readonly id: string;
}

/** @throws Error where an address has a line break in it: the rest of the line would become a header. */
function emlOf({ to, subject, text }: MailMessage, { from, at, id }: Envelope): string {
  if (/[\r\n]/.test(`${to}${from}`)) throw new Error('An address of a mail has a line break in it.');
  const lines = [
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `From: ${from}`,
    `To: ${to}`,
    `Message-ID: <${id}@usher>`,
    `Subject: ${encodedWord(subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    'Auto-Submitted: auto-generated',
    '',
    ...text.split(/\r?\n/),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** RFC 2047, for a header that has other signs than those of ASCII. */
function encodedWord(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}
