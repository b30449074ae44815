import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ShowtimeView } from '../../../src/protocol/http.js';
import { LiveClient } from './live-client.js';
import { openStage, type Stage } from './stage.js';

/** Of the hall of the stage. */
const SEATS = 80;
/** Counts are written once a second and read once a second; the rest is for a machine that is busy. */
const WITHIN = { timeout: 15_000, interval: 50 };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const get = async <T>(path: string, { port }: Stage = stage): Promise<T> =>
  (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as T;

async function listed(id: string, of: Stage = stage): Promise<ShowtimeView | undefined> {
  const { showtimes } = await get<{ showtimes: ShowtimeView[] }>('/v1/showtimes', of);
  return showtimes.find((showtime) => showtime.id === id);
}
const single = (id: string) => get<ShowtimeView>(`/v1/showtimes/${id}`);

it('listings and single showtimes follow what is held, released and booked, within moments', async () => {
  const id = await stage.addShowtime();
  const client = await LiveClient.join(stage.liveUrl(id));
  const shows = async (available: number) => {
    await expect.poll(() => single(id), WITHIN).toMatchObject({ availability: { available, seats: SEATS } });
    await expect.poll(() => listed(id), WITHIN).toMatchObject({ availability: { available, seats: SEATS } });
  };
  await shows(SEATS);
  const held = await client.call({ type: 'hold', seats: ['R1-1', 'R1-2', 'R1-3'] });
  const holdId = held.ok ? held.hold?.id : undefined;
  await shows(SEATS - 3);
  await client.call({ type: 'release', holdId, seats: ['R1-3'] });
  await shows(SEATS - 2);
  await client.call({ type: 'book', holdId, payment: { method: 'test' } });
  await client.call({ type: 'hold', seats: ['R2-1'] });
  await shows(SEATS - 3);
  await client.close();
});

it('a showtime of which nobody has told has none, and one that runs has it besides', async () => {
  const [told, untold] = [await stage.addShowtime(), await stage.addShowtime()];
  const client = await LiveClient.join(stage.liveUrl(told));
  await expect.poll(() => single(told), WITHIN).toHaveProperty('availability');
  expect(await single(untold)).not.toHaveProperty('availability');
  expect(await single(untold)).toMatchObject({ id: untold, live: { url: `/v1/showtimes/${untold}/live` } });
  await client.close();
});

it('where it is switched off there is none, and nothing else is missing', async () => {
  const bare = await openStage({ TOGGLES_OFF: 'availability' });
  const client = await LiveClient.join(bare.liveUrl());
  await client.call({ type: 'hold', seats: ['R1-1'] });
  // A whole round of what would have written and read it.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const { availability: _, ...rest } = (await listed(stage.showtimeId)) ?? {};
  const shown = await listed(bare.showtimeId, bare);
  expect(shown).not.toHaveProperty('availability');
  expect(Object.keys(shown ?? {}).sort()).toEqual(Object.keys(rest).sort());
  await client.close();
  await bare.close();
});
