import { createHash } from 'node:crypto';
import type { OutboxPayloads } from '../outbox/topics.js';

type AccountTopic = Extract<keyof OutboxPayloads, `account.${string}`>;

/** The row of the outbox for a mail to the owner of an address. Its subject, which is logged, names nobody. */
export function mailTo<Topic extends AccountTopic>(email: string, topic: Topic, payload: OutboxPayloads[Topic]) {
  const mailbox = createHash('sha256').update(email).digest('base64url').slice(0, 22);
  return { topic, subject: `mailbox:${mailbox}`, payload };
}
