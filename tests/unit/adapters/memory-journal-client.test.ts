import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryJournal } from '../../../src/adapters/memory/memory-journal.js';
import { MemoryJournalClient } from '../../../src/adapters/memory/memory-journal-client.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Hold } from '../../../src/core/house.js';

let time: VirtualTime;
let journal: MemoryJournal;
let trips: Trip[];
let client: MemoryJournalClient;

beforeEach(() => {
  time = new VirtualTime();
  journal = new MemoryJournal(() => time.now());
  trips = [];
  const trip = () => trips.shift() ?? {};
  client = new MemoryJournalClient({ journal, timers: time, writerId: 'w', replayWindowMs: 1_000, trip });
});

const HOLD: Hold = { id: 'h', holder: 'ann', seats: [0], prices: [1000], expiresAt: 10_000, extensions: 0 };
const write = (number: number, epoch = 1) => ({
  number,
  after: 0,
  slices: [
    {
      showtimeId: 's',
      epoch,
      holds: new Map([[0, HOLD]]),
      heldBefore: new Set<number>([0]),
      blocks: new Map(),
      booked: [],
      cancelled: [],
      reseated: new Map(),
      results: [],
      firstAct: 1,
      acts: [],
    },
  ],
});
const heldSeats = () => [...journal.peek('s').holds.keys()];

/** When a call was settled, and how. */
function watch(promise: Promise<unknown>): string[] {
  const told: string[] = [];
  promise.then(
    () => told.push(`answered at ${time.now()}`),
    () => told.push(`broken at ${time.now()}`),
  );
  return told;
}

describe('a trip', () => {
  beforeEach(() => void journal.claim('s', 0, 'w'));

  it('takes its time there and back', async () => {
    trips.push({ thereMs: 10, backMs: 5 });
    const told = watch(client.commit(write(1)));
    await time.advance(9);
    expect(heldSeats()).toEqual([]);
    await time.advance(1);
    expect([heldSeats(), told]).toEqual([[0], []]);
    await time.advance(5);
    expect(told).toEqual(['answered at 15']);
  });

  it('whose request is lost changes nothing', async () => {
    trips.push({ thereMs: 10, backMs: 5, lost: 'request' });
    const told = watch(client.commit(write(1)));
    await time.advance(100);
    expect([heldSeats(), told]).toEqual([[], ['broken at 15']]);
  });

  it('whose answer is lost has its effect', async () => {
    trips.push({ thereMs: 10, lost: 'answer' });
    const told = watch(client.commit(write(1)));
    await time.advance(100);
    expect([heldSeats(), told]).toEqual([[0], ['broken at 10']]);
  });

  it('that lingers is broken first and has its effect later, unless its number has passed by then', async () => {
    trips.push({ thereMs: 50, lost: 'answer', brokenAfterMs: 5 });
    const told = watch(client.commit(write(1)));
    await time.advance(40);
    expect([heldSeats(), told]).toEqual([[], ['broken at 5']]);
    await time.advance(10);
    expect(heldSeats()).toEqual([0]);
    trips.push({ thereMs: 50, lost: 'answer', brokenAfterMs: 5 });
    watch(client.commit(write(2)));
    const release = { ...write(3).slices[0]!, holds: new Map([[0, undefined]]) };
    const done = client.commit({ number: 3, after: 0, slices: [release] });
    await time.advance(0);
    await done;
    await time.advance(100);
    expect(heldSeats()).toEqual([]);
  });

  it('to a claim can be lost as well, after it took effect', async () => {
    trips.push({ lost: 'answer' });
    const told = watch(client.claim('s', 0));
    await time.advance(0);
    expect([told, journal.peek('s').epoch]).toEqual([['broken at 0'], 2]);
  });
});
