/** The entry of the thread that sends mails by SMTP. It has its connections to the mail server, and ends with them. */
import { workerData } from 'node:worker_threads';
import { type SmtpMailOptions, smtpMail } from '../adapters/mail/smtp-mail.js';
import { answerInBackground } from '../boxoffice/background-thread.js';
import type { Sent } from '../boxoffice/notifications/mail-thread.js';
import { type Letter, MailRefused } from '../boxoffice/notifications/mail-transport-port.js';

const mail = smtpMail(workerData as SmtpMailOptions);

answerInBackground(async (letter: Letter): Promise<Sent> => {
  try {
    await mail.send(letter);
    return {};
  } catch (error) {
    if (error instanceof MailRefused) return { refused: error.message };
    throw error;
  }
});
