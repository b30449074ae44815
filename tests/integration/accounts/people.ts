/** People who do everything over HTTP and read their own mails, at a stage with a folder of mails. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStage, type Stage, type StageOptions } from '../gateway/stage.js';

/** What an endpoint answered: of a problem, `code` and `field`. */
export interface Asked<Body = Record<string, unknown>> {
  readonly status: number;
  readonly etag: string;
  readonly code: string | undefined;
  readonly json: Body;
}

export interface LoggedIn {
  readonly accountId: string;
  readonly role: string;
  readonly holder: string;
  readonly lacksSecondFactor: boolean;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
}

interface AskOptions {
  readonly token?: string;
  readonly ifMatch?: string;
  /** Of another node; absent: the stage's. */
  readonly port?: number;
}

export interface Site {
  readonly stage: Stage;
  ask<Body>(method: string, path: string, body?: object, options?: AskOptions): Promise<Asked<Body>>;
  /** Waits for the mail with this number that an address got. */
  mail(email: string, number?: number): Promise<string>;
  mailCount(): Promise<number>;
  /** Signs up and confirms. */
  join(email: string, more?: object): Promise<LoggedIn>;
  logIn(email: string, more?: object): Promise<Asked<LoggedIn>>;
  close(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';
const MAIL_MS_MAX = 10_000;

/** `environment` adds to that of the node; rates are such that no test meets them by accident. */
export async function openSite(environment: Record<string, string> = {}, options: StageOptions = {}): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-site-'));
  const rates = { SESSIONS_PER_SECOND: '10000', HTTP_REQUESTS_PER_SECOND: '10000', MESSAGES_PER_SECOND: '1000' };
  const stage = await openStage({ DATA_DIR: directory, ...rates, ...environment }, options);
  const readMails = async () => {
    const names = await readdir(join(directory, 'mail')).catch(() => []);
    const done = names.filter((name) => name.endsWith('.eml')).sort();
    return await Promise.all(done.map((name) => readFile(join(directory, 'mail', name), 'utf8')));
  };
  const ask = async <Body>(method: string, path: string, body?: object, options: AskOptions = {}) => {
    const { token, ifMatch, port = stage.port } = options;
    const headers = {
      'idempotency-key': randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const text = await response.text();
    const json = (text === '' ? {} : JSON.parse(text)) as Body & { readonly code?: string };
    return { status: response.status, etag: response.headers.get('etag') ?? '', code: json.code, json };
  };
  const mail = async (email: string, number = 1) => {
    const giveUpAt = performance.now() + MAIL_MS_MAX;
    for (;;) {
      const found = (await readMails()).filter((text) => text.includes(`\r\nTo: ${email}\r\n`))[number - 1];
      if (found !== undefined) return found;
      if (performance.now() > giveUpAt) throw new Error(`${email} got no mail number ${number}.`);
      await sleep(10);
    }
  };
  return {
    stage,
    ask,
    mail,
    mailCount: async () => (await readMails()).length,
    join: async (email, more = {}) => {
      await ask('POST', '/v1/accounts', { email, password: PASSWORD, ...more });
      const confirmed = await ask<LoggedIn>('POST', '/v1/accounts/confirm', {
        token: tokenIn(await mail(email)),
        password: PASSWORD,
      });
      return confirmed.json;
    },
    logIn: (email, more = {}) => ask('POST', '/v1/log-ins', { email, password: PASSWORD, ...more }),
    close: async () => {
      await stage.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** The token of the link in a mail; empty where it has none. */
export function tokenIn(mail: string): string {
  return /#[a-z-]+=([\w-]{43})\r\n/.exec(mail)?.[1] ?? '';
}
