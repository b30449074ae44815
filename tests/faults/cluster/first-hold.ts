import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const GIVE_UP_MS = 60_000;

/**
 * Milliseconds until a hold of any seat is granted, asked for again and again over HTTP at this node; it is released at
 * once, so that it leaves no trace.
 */
export async function msToFirstHold(nodeUrl: string, showtimeId: string): Promise<number> {
  const started = performance.now();
  const giveUpAt = started + GIVE_UP_MS;
  const { session } = (await ask(`${nodeUrl}/v1/sessions`, {})) as { session?: string };
  if (!session) throw new Error('No session was given.');
  const url = `${nodeUrl}/v1/showtimes/${showtimeId}`;
  for (;;) {
    const headers = { authorization: `Bearer ${session}`, 'idempotency-key': randomUUID() };
    const answer = (await ask(`${url}/best-available`, headers, { count: 1 })) as { hold?: { id: string } };
    if (answer.hold) {
      const took = performance.now() - started;
      await fetch(`${url}/holds/${answer.hold.id}`, {
        method: 'DELETE',
        headers: { ...headers, 'idempotency-key': randomUUID() },
      });
      return took;
    }
    if (performance.now() > giveUpAt) throw new Error(`No hold was granted: ${JSON.stringify(answer)}`);
    await sleep(25);
  }
}

async function ask(url: string, headers: Record<string, string>, body: object = {}): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return await answer.json();
}
