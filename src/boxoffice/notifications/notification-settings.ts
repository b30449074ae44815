import { z } from 'zod';
import { languageTag } from '../catalogue/edit-parts.js';

/** What the environment says about mails. */
export const notificationSettings = {
  /** Absent: mails are files in DATA_DIR/mail. */
  SMTP_URL: z
    .string()
    .max(1_000)
    // It has a password: nothing of it is repeated.
    .refine((text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol), {
      error: 'a URL of a mail server, such as smtp://user:password@mail.example:587',
    })
    .optional(),
  /** Whom mails tell of what staff have to do: disputed payments, refunds that were refused. Absent: only the log says it. */
  STAFF_EMAIL: z.email().max(254).optional(),
  /** In which language: a language tag of BCP 47. */
  STAFF_LOCALE: languageTag,
  /** Mails on the way to the server at a time. */
  SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(50).default(4),
};

/** What is wrong with the settings of mails that strangers get; undefined: nothing. */
export function mailFault({
  siteUrl,
  mailFrom,
}: {
  readonly siteUrl: string;
  readonly mailFrom: string;
}): string | undefined {
  if (/^(localhost|127\.|\[::1\])/.test(new URL(siteUrl).hostname))
    return 'Set SITE_URL: the links in mails would lead to the machine of whoever reads them.';
  return /@localhost>?\s*$/.test(mailFrom) ? 'Set MAIL_FROM: mail servers refuse mails from localhost.' : undefined;
}
