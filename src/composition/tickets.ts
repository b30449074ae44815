import { readFile } from 'node:fs/promises';
import { isPostgresFailing } from '../adapters/circuit-breaker.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { SecretBox } from '../boxoffice/access/secret-box.js';
import { retryableWhileAway } from '../boxoffice/accounts/while-away.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { SeatLabels } from '../boxoffice/catalogue/seat-labels.js';
import { repeatLogged } from '../boxoffice/repeat.js';
import type { AdmitParts } from '../boxoffice/tickets/admit.js';
import { checkInEndpoints } from '../boxoffice/tickets/check-in-endpoints.js';
import { checkInListEndpoints } from '../boxoffice/tickets/check-in-list.js';
import { documentEndpoints } from '../boxoffice/tickets/document-endpoints.js';
import { readGoogleIssuer } from '../boxoffice/tickets/google-pass.js';
import type { DocumentParts } from '../boxoffice/tickets/open-document.js';
import { readPassSigner } from '../boxoffice/tickets/pass-signer.js';
import { shareEndpoints } from '../boxoffice/tickets/share-endpoints.js';
import { attachmentsOf } from '../boxoffice/tickets/ticket-attachments.js';
import { ticketReadEndpoints } from '../boxoffice/tickets/ticket-endpoints.js';
import { TicketKeys } from '../boxoffice/tickets/ticket-keys.js';
import { TicketLinks } from '../boxoffice/tickets/ticket-links.js';
import { codeOf } from '../boxoffice/tickets/ticket-parts.js';
import { TicketPrinter } from '../boxoffice/tickets/ticket-printer.js';
import { findOffer } from '../boxoffice/tickets/ticket-transfers.js';
import type { ViewParts } from '../boxoffice/tickets/ticket-views.js';
import { TransferLinks } from '../boxoffice/tickets/transfer-links.js';
import { walletEndpoints } from '../boxoffice/tickets/wallet-endpoints.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

/** Far more often than a new key is published before it signs. */
const KEYS_READ_EVERY_MS = 60_000;

/** Tickets, as one node serves them. */
export interface Tickets {
  readonly endpoints: readonly Endpoint[];
  /** What the mail about an order, or about one ticket of it, carries. */
  readonly filesOf: (asked: {
    readonly orderId: string;
    readonly ticketId?: string;
  }) => ReturnType<typeof attachmentsOf>;
  /** What the mail says by which a ticket is offered. */
  readonly offerOf: (asked: { readonly ticketId: string; readonly linkId: string }) => ReturnType<typeof findOffer>;
}

/**
 * @param tokenSecret of the node: its own keys for other purposes are made from it.
 * @param printWorker the bundle of the thread that draws PDFs.
 */
export async function openTickets(
  config: Config,
  { pool, ids }: Store,
  tokenSecret: string,
  printWorker: string,
  log: Log,
  undo: Undo,
): Promise<Tickets> {
  // Before anything is opened: a file that cannot be used stops the start.
  const wallets = await openWallets(config, log);
  const printer = new TicketPrinter(printWorker);
  undo.push(() => printer.close());
  const parts: DocumentParts & AdmitParts = {
    admissionMs: config.tickets.admissionMs,
    printer,
    wallets,
    pool,
    db: pool,
    labels: new SeatLabels(pool),
    keys: await openKeys(config, pool, tokenSecret, log, undo),
    links: new TicketLinks(tokenSecret),
    transfers: new TransferLinks(config.accounts.siteUrl, tokenSecret),
    audit: postgresAudit,
    now: Date.now,
    uuid: () => ids.uuid(),
    siteUrl: config.accounts.siteUrl,
  };
  const view: ViewParts = {
    codeOf: (ticket) => codeOf(parts, ticket),
    links: parts.links,
    now: parts.now,
    wallets: { apple: wallets.apple !== undefined, google: wallets.google !== undefined },
  };
  const endpoints = [
    ...ticketReadEndpoints(parts, view),
    ...shareEndpoints(parts, view),
    ...documentEndpoints(parts),
    ...walletEndpoints(parts),
    ...checkInEndpoints(parts),
    ...checkInListEndpoints(parts),
  ];
  return {
    endpoints: retryableWhileAway(endpoints, isPostgresFailing, log, 'tickets'),
    filesOf: (asked) => attachmentsOf(parts, asked),
    offerOf: (asked) => findOffer(parts, asked),
  };
}

async function openKeys(config: Config, pool: Store['pool'], tokenSecret: string, log: Log, undo: Undo) {
  const keys = await TicketKeys.open({
    pool,
    box: new SecretBox(config.tickets.secret ?? tokenSecret, 'usher ticket keys 1'),
    rotateEveryMs: config.tickets.keyMs,
    now: () => performance.now(),
    log,
  });
  const message = 'The keys of tickets could not be read. The known ones stay in use.';
  const failure = { log, event: 'ticket_keys.not_read', message };
  undo.push(repeatLogged(nodeTimers, KEYS_READ_EVERY_MS, failure, () => keys.renew()));
  return keys;
}

/** A certificate that ends so soon is worth a warning at each start: passes are not made for the past. */
const CERTIFICATE_WARNING_MS = 30 * 86_400_000;

/** @throws Error that names the setting whose file cannot be read or used. */
async function openWallets({ tickets }: Config, log: Log): Promise<DocumentParts['wallets']> {
  const { apple, google } = tickets.wallets;
  const signer = apple && readPassSigner(await fileOf('APPLE_PASS_CERTIFICATES', apple.file), apple.passphrase);
  const issuer = google && readGoogleIssuer(google.issuerId, await fileOf('GOOGLE_WALLET_KEY', google.file));
  if (signer && signer.expiresAt < Date.now() + CERTIFICATE_WARNING_MS) {
    const event = 'wallets.certificate_expires';
    const at = new Date(signer.expiresAt).toISOString();
    log.warn({ event, at }, 'The certificate of Apple Wallet passes ends soon. Phones refuse passes made after that.');
  }
  return { apple: signer, google: issuer };
}

async function fileOf(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`The file that ${setting} names cannot be read: ${path}`, { cause });
  }
}
