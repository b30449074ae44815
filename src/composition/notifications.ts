import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { mailFolder } from '../adapters/mail/mail-folder.js';
import type { SmtpMailOptions } from '../adapters/mail/smtp-mail.js';
import type { MailedLinks } from '../boxoffice/accounts/mailed-links.js';
import type { DraftParts } from '../boxoffice/notifications/draft.js';
import { domainOf, mailHandler } from '../boxoffice/notifications/mail-handler.js';
import { MailThread } from '../boxoffice/notifications/mail-thread.js';
import type { MailTransport } from '../boxoffice/notifications/mail-transport-port.js';
import { SiteLinks } from '../boxoffice/notifications/site-links.js';
import type { OutboxHandler } from '../boxoffice/outbox/outbox-handler-port.js';
import type { Config } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

interface NotificationNeeds {
  readonly store: Store;
  readonly links: MailedLinks;
  readonly ticketFiles: DraftParts['ticketFiles'];
  readonly ticketOffer: DraftParts['ticketOffer'];
  /** The bundle of mail-worker.ts. */
  readonly mailWorker: string;
}

/** What mails people about events. */
export function openNotifications(config: Config, needs: NotificationNeeds, log: Log, undo: Undo): OutboxHandler {
  const { mailFrom: from, siteUrl } = config.accounts;
  return mailHandler({
    db: needs.store.pool,
    links: needs.links,
    site: new SiteLinks(siteUrl),
    ticketFiles: needs.ticketFiles,
    ticketOffer: needs.ticketOffer,
    staff: config.staffMail,
    now: () => needs.store.clock.now(),
    transport: openTransport(config, needs.mailWorker, log, undo),
    domain: domainOf(from),
  });
}

function openTransport(config: Config, mailWorker: string, log: Log, undo: Undo): MailTransport {
  const { url, connections } = config.smtp;
  const { mailFrom: from } = config.accounts;
  if (url !== undefined) {
    const smtp = new MailThread(mailWorker, { url, from, connections } satisfies SmtpMailOptions);
    undo.push(() => smtp.close());
    return smtp;
  }
  if (config.production)
    log.warn({ event: 'mail.no_smtp' }, 'SMTP_URL is not set: mails are written as files, and nobody gets them.');
  return mailFolder({ directory: join(config.dataDirectory, 'mail'), from, uuid: randomUUID, now: Date.now });
}
