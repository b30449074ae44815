import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { AvailabilityBoard } from '../../../src/boxoffice/availability/availability-board.js';
import { countSeats } from '../../../src/boxoffice/availability/count-seats.js';
import { KnownAvailability } from '../../../src/boxoffice/availability/known-availability.js';
import { ListedAvailability } from '../../../src/boxoffice/availability/listed-availability.js';
import { RoundRobin } from '../../../src/boxoffice/availability/round-robin.js';
import type { SeatCounts } from '../../../src/boxoffice/cache-port.js';
import type { Showtime } from '../../../src/boxoffice/catalogue/showtime-list.js';
import { ScriptedCache } from './scripted-cache.js';

const counts = (seq: number, held = 0): SeatCounts => ({
  epoch: 1,
  seq,
  available: 10 - held,
  held,
  booked: 0,
  blocked: 0,
  seats: 10,
});
const showtime = (id: string, seats = 10): Showtime => ({
  id,
  movie: { id: 'm', title: 'M' },
  venue: { id: 'v', name: 'V', city: 'C', timeZone: 'Etc/UTC', dayCutoffHour: 6 },
  hall: { id: 'h', name: 'H' },
  startsAt: '2026-01-01T20:00:00.000Z',
  startsAtLocal: '2026-01-01T20:00:00',
  day: '2026-01-01',
  seatMap: { hash: 'f'.repeat(64), seats },
  prices: [],
});

let time: VirtualTime;
let cache: ScriptedCache;
let isOn: boolean;

beforeEach(() => {
  time = new VirtualTime(1_000_000);
  cache = new ScriptedCache(time);
  isOn = true;
});
const board = () => new AvailabilityBoard({ cache, timers: time, isOn: () => isOn, ttlMs: 30_000 });
const cached = async (id: string) => (await cache.store.counts([id])).get(id);

it('counts what a house publishes', () => {
  const statuses = new Uint8Array([0, 1, 2, 3, 0, 2]);
  expect(countSeats(4, 9, statuses)).toEqual({
    epoch: 4,
    seq: 9,
    available: 2,
    held: 1,
    booked: 2,
    blocked: 1,
    seats: 6,
  });
});

describe('the board', () => {
  it('writes all that changed within a second in one call, as it is by then', async () => {
    const on = board();
    let held = 0;
    for (held = 1; held < 5; held++) on.changed('a', () => counts(held, held));
    on.changed('b', () => counts(7));
    await time.advance(1_001);
    expect(cache.calls.putCounts).toBe(1);
    expect([await cached('a'), await cached('b')]).toEqual([counts(5, 5), counts(7)]);
    await time.advance(5_000);
    expect(cache.calls.putCounts).toBe(1);
  });

  it('tries again what the cache did not take', async () => {
    const on = board();
    cache.isAway = true;
    on.changed('a', () => counts(1));
    await time.advance(2_500);
    cache.isAway = false;
    await time.advance(1_000);
    expect(await cached('a')).toEqual(counts(1));
  });

  it('writes a quiet house again before its counts end, and one that is gone no more', async () => {
    const on = board();
    const gone = new Set<string>();
    for (const id of ['stays', 'goes']) on.changed(id, () => (gone.has(id) ? undefined : counts(1)));
    await time.advance(1_001);
    gone.add('goes');
    await time.advance(60_000);
    expect([await cached('stays'), await cached('goes')]).toEqual([counts(1), undefined]);
  });

  it('writes nothing while it is switched off, and catches up after', async () => {
    const on = board();
    isOn = false;
    on.changed('a', () => counts(1));
    await time.advance(50_000);
    expect(cache.calls.putCounts).toBe(0);
    isOn = true;
    await time.advance(1_001);
    expect(await cached('a')).toEqual(counts(1));
  });

  it('writes nothing any more once it was stopped', async () => {
    const on = board();
    on.changed('a', () => counts(1));
    await on.stop();
    await time.advance(60_000);
    expect(cache.calls.putCounts).toBe(0);
  });
});

describe('what is known', () => {
  const known = () => new KnownAvailability({ cache, clock: time, showtimesMax: 3 });

  it('is asked once a second for all who look, what is missing too', async () => {
    await cache.store.putCounts(new Map([['a', counts(1)]]), 60_000, 'always');
    const who = known();
    const looks = await Promise.all([who.of(['a', 'b']), who.of(['b', 'a']), who.of(['a'])]);
    expect(looks.map((each) => [...each.keys()])).toEqual([['a'], ['a'], ['a']]);
    await who.of(['a', 'b']);
    expect(cache.calls.counts).toBe(1);
    await cache.store.putCounts(new Map([['a', counts(2)]]), 60_000, 'always');
    await time.advance(1_000);
    expect((await who.of(['a'])).get('a')?.seq).toBe(2);
  });

  it('stands in for half a minute while the cache is away, and not longer', async () => {
    await cache.store.putCounts(new Map([['a', counts(1)]]), 600_000, 'always');
    const who = known();
    await who.of(['a']);
    cache.isAway = true;
    await time.advance(20_000);
    expect((await who.of(['a'])).has('a')).toBe(true);
    await time.advance(10_001);
    expect((await who.of(['a'])).has('a')).toBe(false);
  });

  it('is told all the same where more is asked for than is kept', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    await cache.store.putCounts(new Map(all.map((id) => [id, counts(1)])), 60_000, 'always');
    expect([...(await known().of(all)).keys()]).toEqual(all);
  });
});

describe('listings', () => {
  const showtimes = [showtime('a'), showtime('b'), showtime('c', 99)];
  const listed = () =>
    new ListedAvailability(
      new KnownAvailability({ cache, clock: time }),
      () => isOn,
      () => time.now(),
    );

  it('show how many seats are left where that is known of this very hall', async () => {
    const all = new Map(['a', 'c'].map((id) => [id, counts(1, 3)]));
    await cache.store.putCounts(all, 60_000, 'always');
    const shown = await listed().of(showtimes);
    expect(shown.map(({ availability }) => availability)).toEqual([{ available: 7, seats: 10 }, undefined, undefined]);
  });

  it('say until when nobody can have told anything new', async () => {
    const on = listed();
    expect(on.freshUntil(showtimes)).toBeLessThanOrEqual(time.now());
    await on.of(showtimes);
    expect(on.freshUntil(showtimes)).toBe(time.now() + 1_000);
    isOn = false;
    expect(on.freshUntil(showtimes)).toBe(time.now() + 1_000);
  });

  it('ask nobody while that is switched off, and are whole while the cache is away', async () => {
    isOn = false;
    expect(await listed().of(showtimes)).toBe(showtimes);
    expect(cache.calls.counts).toBe(0);
    isOn = true;
    cache.isAway = true;
    expect(await listed().of(showtimes)).toEqual(showtimes);
  });
});

it('gives all their turn, whatever comes and goes', () => {
  const turns = new RoundRobin();
  expect(turns.next(['c', 'a', 'b'], 2)).toEqual(['a', 'b']);
  expect(turns.next(['c', 'a', 'b', 'd'], 2)).toEqual(['c', 'd']);
  expect(turns.next(['a', 'b'], 5)).toEqual(['a', 'b']);
  expect(turns.next([], 5)).toEqual([]);
});
