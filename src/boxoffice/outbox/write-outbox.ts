import type { Reads } from '../catalogue/reads.js';
import type { OutboxPayloads, OutboxTopic } from './topics.js';

/** One thing that happened. `subject` is what it happened to, such as `order:<id>`: of one subject events are handled in their order. */
export type OutboxRow = {
  readonly [Topic in OutboxTopic]: {
    readonly topic: Topic;
    readonly subject: string;
    readonly payload: OutboxPayloads[Topic];
  };
}[OutboxTopic];

/** Writes what happened, in the transaction that makes it happen. Call `wake()` of the outbox after the commit. */
export async function writeOutbox(client: Reads, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO boxoffice.outbox (topic, subject, payload)
     SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[])`,
    [rows.map((row) => row.topic), rows.map((row) => row.subject), rows.map((row) => JSON.stringify(row.payload))],
  );
}
