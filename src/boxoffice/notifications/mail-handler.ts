import { createHash } from 'node:crypto';
import { HandlerGaveUp, type OutboxEvent, type OutboxHandler } from '../outbox/outbox-handler-port.js';
import type { OutboxTopic } from '../outbox/topics.js';
import type { Draft, DraftParts } from './draft.js';
import { DRAFTINGS } from './drafts.js';
import { MailRefused, type MailTransport } from './mail-transport-port.js';
import { renderMail } from './render-mail.js';

interface MailHandlerParts extends DraftParts {
  readonly transport: MailTransport;
  /** Of the sender: the right side of each Message-ID. */
  readonly domain: string;
}

/** Sends the mails that follow from events. A copy of a mail, after a worker died, has the same Message-ID as the first. */
export function mailHandler(parts: MailHandlerParts): OutboxHandler {
  return {
    name: 'mail',
    topics: Object.keys(DRAFTINGS),
    handle: async (event) => {
      const draft = await DRAFTINGS[event.topic as OutboxTopic]?.(event, parts);
      if (!draft) return;
      const { to, locale, template, data, attachments = [] } = draft;
      const rendered = renderMail(template, locale, data);
      const messageId = messageIdOf(event, draft, parts.domain);
      await parts.transport.send({ to, ...rendered, messageId, attachments }).catch((error: unknown) => {
        throw error instanceof MailRefused ? new HandlerGaveUp(error.message, { cause: error }) : error;
      });
    },
  };
}

/** With the time, since a database that was restored counts its events again. */
function messageIdOf({ id, topic, subject, createdAt }: OutboxEvent, { key }: Draft, domain: string): string {
  const what = key ?? `event ${id} ${topic} ${createdAt.toISOString()}`;
  const hash = createHash('sha256').update(`${subject}\n${what}`).digest('base64url').slice(0, 32);
  return `<${hash}@${domain}>`;
}

/** Of an address, or of a name with an address. */
export function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? 'localhost';
}
