import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Letter, MailTransport } from '../../boxoffice/notifications/mail-transport-port.js';
import { openDataFolder } from '../data-folder.js';
import { headersOf } from './mail-headers.js';

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
export function mailFolder({ directory, from, uuid, now }: MailFolderOptions): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(letter) {
      await openDataFolder(directory);
      const at = new Date(now());
      const { message } = await composer.sendMail({
        ...headersOf(letter, from, at),
        alternatives: [plainPart('text/plain', letter.text), plainPart('text/html', letter.html)],
      });
      const name = `${at.toISOString().replaceAll(':', '-')}-${uuid()}.eml`;
      const unfinished = join(directory, `.${name}.part`);
      await writeFile(unfinished, message, { mode: 0o600, flag: 'wx' });
      // Whoever watches the folder never reads half a mail.
      await rename(unfinished, join(directory, name));
    },
  };
}

/** As it is, so that people and scripts read links in the file: nodemailer would break long lines and write `=` as `=3D`. */
function plainPart(type: string, text: Letter['text']): { raw: string } {
  const head = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit`;
  return { raw: `${head}\r\n\r\n${text.replaceAll(/\r?\n/g, '\r\n')}` };
}
