import { randomUUID } from 'node:crypto';
import type { Cinema, Right } from './cinema.js';

/** A mail that was given up. */
async function buried({ stage }: Cinema): Promise<{ readonly path: { readonly letterId: string } }> {
  const { rows } = await stage.pool.query<{ id: string }>(
    `INSERT INTO boxoffice.dead_letters (handler, subject, event_id, topic, payload, created_at, error)
     VALUES ('mail', $1, 1, 'showtime.reminder', $2, now(), 'No such mailbox') RETURNING id`,
    [`order:${randomUUID()}`, JSON.stringify({ orderId: randomUUID() })],
  );
  return { path: { letterId: rows[0]?.id ?? '' } };
}

/** A right request of each endpoint of what was given up. */
export const outboxRequests: Readonly<Record<string, (cinema: Cinema) => Promise<Right>>> = {
  listDeadLetters: async (cinema) => {
    await buried(cinema);
    return {};
  },
  getDeadLetter: buried,
  retryDeadLetter: buried,
  dropDeadLetter: buried,
};
