import type { MailedLinks } from '../accounts/mailed-links.js';
import type { Reads } from '../catalogue/reads.js';
import type { OutboxEvent } from '../outbox/outbox-handler-port.js';
import type { MailData, MailTemplate } from './mail-facts.js';
import type { Attachment } from './mail-transport-port.js';
import type { SiteLinks } from './site-links.js';

/** A mail that is to be rendered and sent. */
export interface Draft {
  readonly to: string;
  readonly locale: string;
  readonly template: MailTemplate;
  readonly data: MailData[MailTemplate];
  /** What its Message-ID is made from; absent: the event. */
  readonly key?: string;
  readonly attachments?: readonly Attachment[];
}

export interface DraftParts {
  readonly db: Reads;
  readonly links: Pick<MailedLinks, 'urlOf' | 'signUpTtlMs' | 'passwordTtlMs'>;
  readonly site: SiteLinks;
  /** The tickets of an order, or one ticket of it, as files. */
  readonly ticketFiles: (asked: {
    readonly orderId: string;
    readonly ticketId?: string;
  }) => Promise<readonly Attachment[]>;
  /** A ticket that is offered to somebody, with the link; undefined: it is offered no more. */
  readonly ticketOffer: (asked: {
    readonly ticketId: string;
    readonly linkId: string;
  }) => Promise<(MailData['ticketOffered'] & { readonly to: string; readonly locale: string }) | undefined>;
  /** Who is told what staff have to do; `to` undefined: nobody. */
  readonly staff: { readonly to: string | undefined; readonly locale: string };
  readonly now: () => number;
}

/** Resolves with undefined where nobody is to be told. */
export type Drafting = (event: OutboxEvent, parts: DraftParts) => Promise<Draft | undefined>;

/** So that the values are those of the template. */
export function mail<Name extends MailTemplate>(template: Name, data: MailData[Name]) {
  return { template, data };
}
