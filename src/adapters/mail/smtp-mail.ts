import { createTransport } from 'nodemailer';
import { MailRefused, type MailTransport } from '../../boxoffice/notifications/mail-transport-port.js';
import { headersOf } from './mail-headers.js';

const CONNECT_MS_MAX = 10_000;
const GREETING_MS_MAX = 10_000;
/** Without a byte of the server. */
const SILENCE_MS_MAX = 20_000;
const SEND_MS_MAX = 50_000;
/** Only what these refuse is refused for good: a wrong password or a server that is full is mended some day. */
const OF_THE_MAIL = ['MAIL FROM', 'RCPT TO', 'DATA'];

export interface SmtpMailOptions {
  /** `smtp://user:password@host:587` or `smtps://…:465`. STARTTLS is used where the server has it. */
  readonly url: string;
  readonly from: string;
  readonly connections: number;
}

export interface SmtpMail extends MailTransport {
  close(): void;
}

/** Mails by SMTP, over a few connections that are kept. */
export function smtpMail({ url, from, connections }: SmtpMailOptions): SmtpMail {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: GREETING_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    dnsTimeout: CONNECT_MS_MAX,
  });
  return {
    async send(letter) {
      const { text, html } = letter;
      const mail = { ...headersOf(letter, from, new Date()), text, html };
      await bounded(transport.sendMail(mail)).catch((error: unknown) => {
        throw isRefused(error) ? new MailRefused(messageOf(error)) : error;
      });
    },
    close: () => transport.close(),
  };
}

/** A server that answers a byte now and then would keep a worker for hours. The mail may arrive all the same, and then twice. */
async function bounded(sent: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The mail server took more than ${SEND_MS_MAX} ms.`)), SEND_MS_MAX);
  });
  sent.catch(() => {});
  await Promise.race([sent, late]).finally(() => clearTimeout(timer));
}

/** RFC 5321, 4.2.1: 5yz is a permanent failure, 4yz a transient one. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { responseCode, command } = error as { readonly responseCode?: unknown; readonly command?: unknown };
  return typeof responseCode === 'number' && responseCode >= 500 && OF_THE_MAIL.includes(String(command));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
