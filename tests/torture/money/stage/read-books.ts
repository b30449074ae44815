import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { en } from '../../../../src/boxoffice/notifications/texts/en.js';
import { readMail } from '../../../kit/smtp/read-mail.js';
import { StripeLedger } from '../../../kit/stripe/stripe-ledger.js';
import type { Books, FiledMail, HeardWebhook, MailKind } from '../checker/books.js';
import { readPostgresBooks } from './read-postgres-books.js';

export interface BookShelf {
  readonly pool: pg.Pool;
  readonly ledgerFile: string;
  readonly mailFolders: readonly string[];
  readonly heardFile: string;
}

export async function readBooks({ pool, ledgerFile, mailFolders, heardFile }: BookShelf): Promise<Books> {
  const mails = await Promise.all(mailFolders.map(readMails));
  return {
    ledger: StripeLedger.readFrom(ledgerFile),
    postgres: await readPostgresBooks(pool),
    mails: mails.flat(),
    heard: await readHeard(heardFile),
  };
}

export async function readHeard(file: string): Promise<readonly HeardWebhook[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    // The last line of a receiver that was killed: it has answered nobody.
    try {
      return [JSON.parse(line) as HeardWebhook];
    } catch {
      return [];
    }
  });
}

/** What a node had not finished writing has another ending. */
async function readMails(folder: string): Promise<readonly FiledMail[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
  return await Promise.all(names.map(async (name) => toFiled(await readFile(join(folder, name)))));
}

const SUBJECTS: readonly (readonly [MailKind, RegExp])[] = [
  ['orderConfirmation', patternOf(en.orderConfirmation.subject)],
  ['refund', patternOf(en.refund.subject)],
];

function toFiled(raw: Buffer): FiledMail {
  const { headers, text, attachments } = readMail(raw);
  const kind = SUBJECTS.find(([, pattern]) => pattern.test(headers['subject'] ?? ''))?.[0] ?? 'other';
  return {
    to: headers['to'] ?? '',
    messageId: headers['message-id'] ?? '',
    kind,
    digest: text,
    pdfs: attachments.filter(({ content }) => content.subarray(0, 5).toString() === '%PDF-').length,
  };
}

/** A text whose placeholders may stand for anything. */
function patternOf(text: string): RegExp {
  const parts = text.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}
