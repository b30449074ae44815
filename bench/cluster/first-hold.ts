import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FirstHold {
  /** On the clock of `performance.now()`. */
  readonly grantedAt: number;
  readonly holdId: string;
  /** Gives it back: the seat is to be had again. */
  release(): Promise<void>;
}

const GIVE_UP_MS = 30_000;
/** Between one refusal and the next try. */
const PAUSE_MS = 10;

/**
 * Asks this node for the best seat, again and again, until one is granted.
 * @throws Error where that takes half a minute.
 */
export async function firstHold(node: URL, showtimeId: string): Promise<FirstHold> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  const { session } = (await send(new URL('/v1/sessions', node), 'POST', {})) as { session?: string };
  if (session === undefined) throw new Error('The node gave no session.');
  const showtime = new URL(`/v1/showtimes/${showtimeId}/`, node);
  const headers = () => ({ authorization: `Bearer ${session}`, 'idempotency-key': randomUUID() });
  for (;;) {
    const answer = (await send(new URL('best-available', showtime), 'POST', headers(), { count: 1 })) as {
      hold?: { id: string };
    };
    const { hold } = answer;
    if (hold) {
      const grantedAt = performance.now();
      return {
        grantedAt,
        holdId: hold.id,
        release: async () => void (await send(new URL(`holds/${hold.id}`, showtime), 'DELETE', headers())),
      };
    }
    if (performance.now() > giveUpAt) throw new Error(`No hold was granted: ${JSON.stringify(answer)}`);
    await sleep(PAUSE_MS);
  }
}

async function send(url: URL, method: string, headers: Record<string, string>, body: object = {}): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return await answer.json();
}
