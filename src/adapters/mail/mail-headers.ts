import { type Letter, MailRefused } from '../../boxoffice/notifications/mail-transport-port.js';

/**
 * What nodemailer is told of every mail, its texts not counted.
 * @throws MailRefused where an address has a line break in it: the rest of the line would become a header.
 */
export function headersOf({ to, subject, messageId, attachments }: Letter, from: string, date: Date) {
  if (/[\r\n]/.test(`${to}${from}${messageId}`)) throw new MailRefused('An address of a mail has a line break in it.');
  return {
    // As one address, whatever commas it has.
    ...{ from, to: { name: '', address: to }, subject, messageId, date },
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: attachments.map(({ filename, type, content }) => ({
      filename,
      contentType: type,
      content: Buffer.from(content),
    })),
    // Nothing of a mail is a path or an address that the server is to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
