/** Somebody waits for a seat of a house whose owner is killed: the offer is made, kept and told, whoever dies. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';

let stage: ClusterStage;
beforeAll(async () => {
  stage = await openClusterStage(['a', 'b'], {
    WAITLIST_CHECK_MS: '500',

    WAITLIST_OFFER_MS: '60000',
  });
});
afterAll(() => stage?.close());

interface Entry {
  readonly id: string;
  readonly state: string;
  readonly offer: { readonly seats: readonly string[] } | null;
}

it('offers a seat whose hold ended while its owner was dead, to the first in the line, told once', async () => {
  const showtimeId = await stage.openSale(4);
  const rules = `UPDATE boxoffice.showtimes SET rules = rules || '{"holdTtlMs": 6000}' WHERE id = $1`;
  await stage.pool.query(rules, [showtimeId]);
  const seats = (await stage.labels(showtimeId)).slice(0, 1);
  const owner = await ownerAfterHold(showtimeId, seats);
  const survivor = owner === 'a' ? 'b' : 'a';
  const [first, second] = [await guestOf(survivor), await guestOf(survivor)];
  for (const guest of [first, second]) {
    const body = { wish: { seats }, email: `${randomUUID()}@test.example` };
    expect(await guest.send('POST', `/v1/showtimes/${showtimeId}/waitlist`, body)).toMatchObject({ result: 'waiting' });
  }
  await stage.kill(owner);
  const entry = await first.entry('offered');
  expect(entry.offer?.seats).toEqual(seats);
  expect((await second.entry('waiting')).offer).toBeNull();
  // Nobody else gets it.
  const eve = await guestOf(survivor);
  expect(await eve.send('POST', `/v1/showtimes/${showtimeId}/holds`, { seats })).toMatchObject({
    code: 'seats_unavailable',
  });
  const { rows } = await stage.pool.query<{ id: string }>(
    `SELECT id FROM boxoffice.waitlist_entries WHERE offered_at IS NOT NULL`,
  );
  expect(rows).toEqual([{ id: entry.id }]);
}, 90_000);

/** Somebody holds the seats; the node that runs the house then. */
async function ownerAfterHold(showtimeId: string, seats: readonly string[]): Promise<string> {
  const holder = await guestOf('a');
  await holder.send('POST', `/v1/showtimes/${showtimeId}/holds`, { seats });
  return await stage.steadyOwnerOf(showtimeId);
}

async function guestOf(node: string) {
  const url = stage.nodes.get(node)?.url ?? '';
  const made = await fetch(`${url}/v1/sessions`, { method: 'POST' });
  const { session } = (await made.json()) as { session: string };
  const send = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${session}`,
        'idempotency-key': randomUUID(),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const entry = async (state: string): Promise<Entry> => {
    for (const until = Date.now() + 30_000; ; await sleep(100)) {
      const { entries } = (await send('GET', '/v1/me/waitlist')) as unknown as { entries: readonly Entry[] };
      if (entries[0]?.state === state) return entries[0];
      if (Date.now() > until) throw new Error(`is ${entries[0]?.state}, not ${state}`);
    }
  };
  return { send, entry };
}
