/** A hall is rebuilt while its showtimes are sold: no seat of anybody moves, and who watches gets the new map. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addShowtime } from '../../../src/boxoffice/catalogue/showtimes.js';
import { takeSeatMap } from '../../../src/boxoffice/halls/take-seat-map.js';
import { readProblem } from '../gateway/askers.js';
import { LiveClient } from '../gateway/live-client.js';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

const BEFORE = 'category: I\nA: 6\nB: 6\nC: 6';

let stage: Stage;
let staff: string;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '500', TERMS_CHECK_MS: '200' });
  staff = await sign('manager:1', { role: 'manager' });
});
afterAll(() => stage.close());

const post = async (path: string, body: string, type: string) =>
  await fetch(`http://127.0.0.1:${stage.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${staff}`, 'content-type': type },
    body,
  });
const imported = async (path: string, plan: string) => {
  const answer = await post(path, plan, 'text/plain');
  expect(answer.status).toBe(200);
  const { hall } = (await answer.json()) as { hall: { id: string; seatMap: { hash: string; version: number } } };
  return hall;
};

/** A hall of three rows with a showtime in it. */
async function setUp() {
  const hall = await imported(`/v1/venues/v/halls?name=${randomUUID()}`, BEFORE);
  const showtimeId = randomUUID();
  const startsAt = new Date(Date.now() + 3_600_000);
  const prices = { I: 1_000, II: 500 };
  await addShowtime(stage.pool, { id: showtimeId, movieId: 'm', hallId: hall.id, startsAt, currency: 'EUR', prices });
  const take = (version: number) =>
    post(`/v1/showtimes/${showtimeId}/seat-map`, JSON.stringify({ version }), 'application/json');
  const rebuild = (plan: string) => imported(`/v1/halls/${hall.id}/seat-maps`, plan);
  return { hall, showtimeId, take, rebuild };
}

/** The letters of a showtime's seats, by their labels. */
async function statuses(showtimeId: string): Promise<Record<string, string>> {
  const at = `http://127.0.0.1:${stage.port}`;
  const { seats } = (await (await fetch(`${at}/v1/showtimes/${showtimeId}/seats`)).json()) as { seats: string };
  const { rows } = await stage.pool.query<{ label: string[] }>(
    `SELECT ARRAY(SELECT json_array_elements_text(m.document -> 'seats' -> 'label')) AS label
       FROM boxoffice.seat_maps m JOIN boxoffice.showtimes s ON s.seat_map_hash = m.hash WHERE s.id = $1`,
    [showtimeId],
  );
  return Object.fromEntries(rows[0]!.label.map((label, i) => [label, seats[i]!]));
}

const hold = async (client: LiveClient, ...seats: string[]) => {
  const reply = await client.call({ type: 'hold', seats });
  if (!('hold' in reply)) throw new Error(JSON.stringify(reply));
  return reply.hold as { readonly id: string; readonly seats: readonly string[] };
};
const book = async (client: LiveClient, holdId: string) =>
  await client.call({ type: 'book', holdId, payment: { method: 'test' } });

describe('a showtime that is sold', () => {
  it('[MAP-1] takes a new map: its seats stay whose they are, and its watchers connect again to the new one', async () => {
    const { hall, showtimeId, take, rebuild } = await setUp();
    const buyer = await LiveClient.join(stage.liveUrl(showtimeId));
    expect(buyer.welcome?.seatMap.hash).toBe(hall.seatMap.hash);
    const sold = await hold(buyer, 'B-2', 'B-3');
    await book(buyer, sold.id);
    const held = await hold(buyer, 'C-6');
    // A row in front, seats at the ends, and another category where nobody sits.
    const next = await rebuild('category: II\nZ: 4\ncategory: I\nA: 8\nB: 6\nC: 6');
    expect(next.seatMap.version).toBe(2);
    const answer = await take(2);
    expect(await answer.json()).toMatchObject({ showtimeId, seatMap: { hash: next.seatMap.hash } });
    expect((await buyer.closed).code).toBeGreaterThanOrEqual(4200);
    const again = await LiveClient.join(stage.liveUrl(showtimeId), { after: buyer });
    expect(again.welcome?.seatMap).toMatchObject({ hash: next.seatMap.hash, seats: 24 });
    expect(again.epoch).toBeGreaterThan(buyer.epoch);
    const seats = await statuses(showtimeId);
    expect(Object.entries(seats).filter(([, status]) => status !== '.')).toEqual([
      ['B-2', 'b'],
      ['B-3', 'b'],
      ['C-6', 'h'],
    ]);
    // The hold goes on, in the same hands, and the new row is sold.
    expect(await book(again, held.id)).toMatchObject({ ok: true, booking: { seats: ['C-6'] } });
    expect((await hold(again, 'Z-1')).seats).toEqual(['Z-1']);
    await again.close();
  });

  it('[MAP-1] keeps its map where a seat that somebody has would change, and names the seats', async () => {
    const { hall, showtimeId, take, rebuild } = await setUp();
    const buyer = await LiveClient.join(stage.liveUrl(showtimeId));
    await book(buyer, (await hold(buyer, 'A-1')).id);
    await hold(buyer, 'C-5', 'C-6');
    await rebuild('category: I\nB: 6\ncategory: II\nC: 6');
    const problem = await readProblem(await take(2));
    expect(problem).toMatchObject({ code: 'seats_in_use' });
    expect([...(problem.seats ?? [])].sort()).toEqual(['A-1', 'C-5', 'C-6']);
    expect(problem.message).toContain('A-1 (booked)');
    // Nothing happened to anybody: the socket lives, and so does the hold.
    expect(buyer.welcome?.seatMap.hash).toBe(hall.seatMap.hash);
    expect((await hold(buyer, 'B-1')).seats).toEqual(['B-1']);
    expect(await statuses(showtimeId)).toMatchObject({ 'A-1': 'b', 'C-5': 'h', 'B-1': 'h' });
    await buyer.close();
  });

  it('[MAP-2] is sold by one map only, also where its owner hears of the new one last', async () => {
    const { showtimeId, rebuild } = await setUp();
    const buyer = await LiveClient.join(stage.liveUrl(showtimeId));
    await hold(buyer, 'A-1');
    const next = await rebuild('category: I\nA: 6\nB: 6\nD: 6');
    // As another node does it, which the owner does not hear of.
    const taken = await takeSeatMap(stage.pool, showtimeId, 2, async () => {});
    expect(taken.outcome).toBe('taken');
    // C-1 is D-1 by now. Whatever becomes of it, the buyer is never told that it is theirs.
    buyer.send({ id: 77, commandId: randomUUID(), type: 'hold', seats: ['C-1'] });
    const { code } = await buyer.closed;
    expect(code).toBe(4201);
    const answers = buyer.messages.filter((message) => message.type === 'reply' && message.id === 77);
    expect(answers.filter((message) => 'hold' in message)).toEqual([]);
    const again = await LiveClient.join(stage.liveUrl(showtimeId), { after: buyer });
    expect(again.welcome?.seatMap.hash).toBe(next.seatMap.hash);
    const seats = await statuses(showtimeId);
    expect([seats['A-1'], seats['D-1']]).toEqual(['h', '.']);
    await again.close();
  });
});

describe('a showtime', () => {
  it('that nobody has opened takes a new map, also a smaller one, and the old one again', async () => {
    const { hall, showtimeId, take, rebuild } = await setUp();
    const next = await rebuild('category: I\nB: 4');
    expect((await take(2)).status).toBe(200);
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    expect(client.welcome?.seatMap).toMatchObject({ hash: next.seatMap.hash, seats: 4 });
    expect((await take(1)).status).toBe(200);
    expect((await take(1)).status).toBe(200);
    const again = await LiveClient.join(stage.liveUrl(showtimeId));
    expect(again.welcome?.seatMap.hash).toBe(hall.seatMap.hash);
    await again.close();
  });

  it('needs a price for every category of the map, a version that there is, and to be there', async () => {
    const { take, rebuild } = await setUp();
    await rebuild('category: Throne\nA: 6\nB: 6\nC: 6');
    expect((await readProblem(await take(2))).code).toBe('unpriced_category');
    expect((await readProblem(await take(9))).code).toBe('not_found');
    const nowhere = await post(`/v1/showtimes/${randomUUID()}/seat-map`, '{"version":1}', 'application/json');
    expect((await readProblem(nowhere)).code).toBe('unknown_showtime');
  });

  it('[MAP-1] keeps a seat whose booking was cancelled, since its booking still names it', async () => {
    const { showtimeId, take, rebuild } = await setUp();
    const buyer = await LiveClient.join(stage.liveUrl(showtimeId));
    const reply = await book(buyer, (await hold(buyer, 'C-1')).id);
    const { booking } = reply as unknown as { booking: { id: string } };
    await buyer.call({ type: 'cancel', bookingId: booking.id });
    await rebuild('category: I\nA: 6\nB: 6');
    expect(await readProblem(await take(2))).toMatchObject({ code: 'seats_in_use', seats: ['C-1'] });
    await buyer.close();
  });
});
