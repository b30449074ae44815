/** A server that gets webhooks, as a program: it writes down what it is told before it answers, and fails on request. */
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Webhook } from 'standardwebhooks';
import type { HeardWebhook } from '../checker/books.js';

/** How it behaves, in a file that is read at each request: so it survives a kill. */
export interface ReceiverManner {
  /** Absent: the endpoint is not made yet. */
  readonly secret?: string;
  /** Of all requests, the share that is answered with 500, and the one that is not answered at all. */
  readonly failShare: number;
  readonly hangShare: number;
}

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { port: text, file: text, manner: text } });
const { port = '0', file = '', manner = '' } = values;

createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { secret, failShare, hangShare } = JSON.parse(readFileSync(manner, 'utf8')) as ReceiverManner;
  if (request.method === 'POST') appendFileSync(file, `${JSON.stringify(heardOf(request.headers, body, secret))}\n`);
  const dice = Math.random();
  if (dice < hangShare) return;
  response.writeHead(dice < hangShare + failShare ? 500 : 204).end();
}).listen(Number(port), '127.0.0.1');

function heardOf(headers: Readonly<Record<string, unknown>>, body: string, secret: string | undefined): HeardWebhook {
  const id = String(headers['webhook-id']);
  try {
    const verified = new Webhook(secret ?? '').verify(body, headers as Record<string, string>);
    const { type, data } = verified as Pick<HeardWebhook, 'type' | 'data'>;
    return { id, body, isGenuine: true, type, data };
  } catch {
    return { id, body, isGenuine: false, type: '', data: {} };
  }
}
