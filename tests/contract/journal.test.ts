import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JournalRefusal } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, REPLAY_WINDOW_MS, type Store } from './journals.js';
import { bookedBy, held, holdOf, recalled, resultOf, slice, sorted, unheld } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('the journal over %s', (_, open) => {
  let store: Store;
  let node: NodeJournal;
  let showtime: string;
  let epoch: number;

  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    node = await store.node();
    showtime = randomUUID();
    epoch = (await node.claim(showtime)).epoch;
  });

  const claimed = async (id = showtime) => sorted(await (await store.node()).claim(id));

  describe('claim', () => {
    it('[FENCE-1] finds an empty house at first, and raises the epoch by one each time, whichever node claims', async () => {
      const other = await store.node();
      expect(epoch).toBe(1);
      expect((await other.claim(showtime)).epoch).toBe(2);
      const third = await node.claim(showtime);
      expect(third.epoch).toBe(3);
      expect(sorted(third)).toEqual({ holds: [], bookings: [], blocked: [], results: [] });
    });

    it('[FENCE-1] gives every claimer an epoch of its own when many claim at once', async () => {
      const nodes = await Promise.all(Array.from({ length: 4 }, () => store.node()));
      const claims = await Promise.allSettled(nodes.map((each) => each.claim(showtime)));
      const epochs = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value.epoch] : []));
      expect(new Set(epochs).size).toBe(epochs.length);
      // One that was overtaken while it was reading may be told so; the last never is.
      expect(Math.max(...epochs)).toBe(5);
    });

    it('[FENCE-3] returns everything that was committed, as it was given', async () => {
      const first = holdOf('ann', [3, 4], { extensions: 1, expiresAt: Math.floor(await store.now()) + 61_234 });
      const second = holdOf('guest:ß"\\{},%', [7]);
      const booked = bookedBy('bob', [9, 2], { price: { amount: 9_007_199_254_740_991, currency: 'JPY' } });
      const results = [resultOf(first), resultOf(second)];
      await node.commit({
        number: 1,
        slices: [
          slice(showtime, epoch, {
            holds: [...held(first), ...held(second), ...unheld([9, 2])],
            blocks: [
              [0, 'house seats'],
              [1, ''],
            ],
            booked: [booked],
            results,
          }),
        ],
      });
      const { commandId, booking } = booked;
      const reply = { ok: true, type: 'booking', booking } as const;
      const bookingResult = { holder: 'bob', commandId, command: 'book', reply };
      const claim = await (await store.node()).claim(showtime);
      expect(sorted(claim)).toEqual(
        sorted({
          state: { holds: [first, second], bookings: [booking], blocked: [0, 1] },
          results: [bookingResult],
        }),
      );
      expect(await recalled(claim, results)).toEqual(results);
    });

    it('returns another showtime’s nothing', async () => {
      const hold = holdOf('ann', [1]);
      await node.commit({ number: 1, slices: [slice(showtime, epoch, { holds: held(hold) })] });
      expect((await claimed(randomUUID())).holds).toEqual([]);
    });

    it('leaves out holds whose time has come, and their seats can be held anew', async () => {
      const now = Math.floor(await store.now());
      const [over, live] = [
        holdOf('ann', [1, 2], { expiresAt: now - 1 }),
        holdOf('bob', [3], { expiresAt: now + 60_000 }),
      ];
      await node.commit({ number: 1, slices: [slice(showtime, epoch, { holds: [...held(over), ...held(live)] })] });
      const next = await node.claim(showtime);
      expect(next.state.holds).toEqual([live]);
      const again = holdOf('cid', [1]);
      await node.commit({ number: 2, slices: [slice(showtime, next.epoch, { holds: held(again) })] });
      expect((await claimed()).holds).toEqual(
        sorted({ ...next, state: { ...next.state, holds: [live, again] } }).holds,
      );
    });

    it('[REPLAY-8] knows results of the window and no older ones, but what booked for ever, cancelled or not', async () => {
      const [old, recent] = [resultOf(holdOf('ann', [1])), resultOf(holdOf('ann', [2]))];
      const [kept, undone] = [bookedBy('bob', [3]), bookedBy('bob', [4])];
      const parts = { booked: [kept, undone], results: [old] };
      await node.commit({ number: 1, slices: [slice(showtime, epoch, parts)] });
      await node.commit({ number: 2, slices: [slice(showtime, epoch, { cancelled: [undone.booking.id] })] });
      await store.ageResults(showtime, REPLAY_WINDOW_MS + 1_000);
      await node.commit({ number: 3, slices: [slice(showtime, epoch, { results: [recent] })] });
      const claim = await (await store.node()).claim(showtime);
      const { results, bookings } = sorted(claim);
      expect(await recalled(claim, [old, recent])).toEqual([undefined, recent]);
      expect(new Set(results.map(({ commandId }) => commandId))).toEqual(new Set([kept.commandId, undone.commandId]));
      // The first outcome, whatever became of it.
      for (const { reply } of results)
        expect(reply).toMatchObject(reply.ok && reply.type === 'booking' ? { booking: { status: 'confirmed' } } : {});
      expect(bookings.find(({ id }) => id === undone.booking.id)?.status).toBe('cancelled');
    });

    it('knows a result by holder and command, and by no other holder', async () => {
      const mine = resultOf(holdOf('ann', [1]));
      await node.commit({ number: 1, slices: [slice(showtime, epoch, { results: [mine] })] });
      const claim = await node.claim(showtime);
      const asked = [{ ...mine, holder: 'bob' }, { ...mine, commandId: randomUUID() }, mine];
      expect(await recalled(claim, asked)).toEqual([undefined, undefined, mine]);
      const another = await node.claim(randomUUID());
      expect(await recalled(another, [mine])).toEqual([undefined]);
      expect(await another.recorded.recall('ann', mine.commandId)).toBeUndefined();
    });

    it('tells apart what two holders did under one command id in one batch', async () => {
      const mine = resultOf(holdOf('ann', [1]));
      const theirs = { ...resultOf(holdOf('bob', [2])), commandId: mine.commandId };
      await node.commit({ number: 1, slices: [slice(showtime, epoch, { results: [mine, theirs] })] });
      const { recorded } = await (await store.node()).claim(showtime);
      expect(await recorded.recall('bob', mine.commandId)).toEqual(theirs);
      expect(await recorded.recall('ann', mine.commandId)).toEqual(mine);
    });

    it('returns the newest outcome of a command that was forgotten and took effect again', async () => {
      const first = resultOf(holdOf('ann', [1]));
      await node.commit({ number: 1, slices: [slice(showtime, epoch, { results: [first] })] });
      await store.ageResults(showtime, REPLAY_WINDOW_MS + 1_000);
      const again = { ...resultOf(holdOf('ann', [2])), commandId: first.commandId };
      await node.commit({ number: 2, slices: [slice(showtime, epoch, { results: [again] })] });
      expect(await recalled(await node.claim(showtime), [first])).toEqual([again]);
    });
  });

  describe('commit', () => {
    it('[TERMS-2] brings seats to their final state, over and over', async () => {
      const [first, second] = [holdOf('ann', [1, 2, 3]), holdOf('bob', [1])];
      const write = (number: number, parts: Parameters<typeof slice>[2]) =>
        node.commit({ number, slices: [slice(showtime, epoch, parts)] });
      await write(1, {
        holds: held(first),
        blocks: [
          [8, 'a'],
          [9, 'b'],
        ],
      });
      await write(2, {
        holds: [...held(second), ...unheld([2])],
        blocks: [
          [8, undefined],
          [9, 'c'],
        ],
      });
      const { holds, blocked } = await claimed();
      expect(blocked).toEqual([9]);
      const left = { ...first, seats: [3], prices: [1003] };
      const state = { holds: [second, left], bookings: [], blocked: [] };
      expect(holds).toEqual(sorted({ results: [], state }).holds);
    });

    it('writes each showtime of a batch under its own epoch', async () => {
      const [one, two] = [holdOf('ann', [1]), holdOf('bob', [1])];
      const another = randomUUID();
      const { epoch: anothers } = await node.claim(another);
      await node.commit({
        number: 1,
        slices: [slice(showtime, epoch, { holds: held(one) }), slice(another, anothers, { holds: held(two) })],
      });
      expect([(await claimed()).holds, (await claimed(another)).holds]).toEqual([[one], [two]]);
    });

    it('takes an empty batch, and one with nothing in it', async () => {
      expect(await node.commit({ number: 1, slices: [] })).toEqual({ fenced: [] });
      expect(await node.commit({ number: 2, slices: [slice(showtime, epoch, {})] })).toEqual({ fenced: [] });
    });

    it('sells a seat again that is cancelled in the same batch', async () => {
      const [first, second] = [bookedBy('ann', [1, 2]), bookedBy('bob', [2])];
      await node.commit({ number: 1, slices: [slice(showtime, epoch, { booked: [first] })] });
      const parts = { cancelled: [first.booking.id], booked: [second] };
      await node.commit({ number: 2, slices: [slice(showtime, epoch, parts)] });
      const { bookings } = await claimed();
      expect(bookings.map(({ id, status }) => [id, status])).toEqual(
        [
          [first.booking.id, 'cancelled'],
          [second.booking.id, 'confirmed'],
        ].sort(),
      );
    });

    it('takes a booking that was made and cancelled in the same batch, and its seat is free', async () => {
      const [first, second] = [bookedBy('ann', [1]), bookedBy('bob', [1])];
      const parts = { booked: [first, second], cancelled: [first.booking.id] };
      await node.commit({ number: 1, slices: [slice(showtime, epoch, parts)] });
      expect((await claimed()).bookings.filter(({ status }) => status === 'confirmed')).toEqual([second.booking]);
    });

    it('is visible to a claim at once', async () => {
      for (let number = 1; number <= 20; number++) {
        const hold = holdOf('ann', [number]);
        await node.commit({ number, slices: [slice(showtime, epoch, { holds: held(hold) })] });
        const claim = await node.claim(showtime);
        expect(claim.state.holds).toHaveLength(number);
        epoch = claim.epoch;
      }
    });
  });

  describe('the fence', () => {
    it('[FENCE-2] [FENCE-4] lets through what is owned and names what is not, of which nothing is written', async () => {
      const [mine, lost] = [holdOf('ann', [1]), holdOf('bob', [1])];
      const another = randomUUID();
      const { epoch: anothers } = await node.claim(another);
      await (await store.node()).claim(another);
      const slices = [
        slice(another, anothers, {
          holds: held(lost),
          booked: [bookedBy('bob', [2])],
          blocks: [[3, 'x']],
          results: [resultOf(lost)],
        }),
        slice(showtime, epoch, { holds: held(mine) }),
      ];
      const { fenced } = await node.commit({ number: 1, slices });
      expect(fenced).toEqual([slices[0]]);
      expect(await claimed(another)).toEqual({ holds: [], bookings: [], blocked: [], results: [] });
      expect((await claimed()).holds).toEqual([mine]);
    });

    it('[FENCE-2] keeps an old owner from releasing, unblocking and cancelling, too', async () => {
      const [hold, booked] = [holdOf('ann', [1]), bookedBy('ann', [2])];
      const parts = { holds: held(hold), booked: [booked], blocks: [[3, 'x']] as const };
      await node.commit({ number: 1, slices: [slice(showtime, epoch, parts)] });
      const before = await claimed();
      const undo = slice(showtime, epoch, {
        holds: unheld([1]),
        cancelled: [booked.booking.id],
        blocks: [[3, undefined]],
      });
      expect((await node.commit({ number: 2, slices: [undo] })).fenced).toEqual([undo]);
      expect(await claimed()).toEqual(before);
    });

    it('refuses an epoch that is yet to come, and a showtime that nobody claimed', async () => {
      const early = slice(showtime, epoch + 1, { holds: held(holdOf('ann', [1])) });
      const unclaimed = slice(randomUUID(), 1, { holds: held(holdOf('ann', [1])) });
      const { fenced } = await node.commit({ number: 1, slices: [early, unclaimed] });
      expect(fenced).toEqual([early, unclaimed]);
    });

    it('[FENCE-3] never lets a claim miss what was acknowledged, nor an old owner add to it, however the two race', async () => {
      const other = await store.node();
      const acknowledged: string[] = [];
      let number = 0;
      let isRacing = true;
      let mine = epoch;
      const selling = (async () => {
        while (isRacing) {
          const hold = holdOf('ann', [number]);
          const { fenced } = await node.commit({
            number: ++number,
            slices: [slice(showtime, mine, { holds: held(hold) })],
          });
          if (fenced.length === 0) acknowledged.push(hold.id);
          else
            mine = await node.claim(showtime).then(
              (claim) => claim.epoch,
              () => 0,
            );
        }
      })();
      for (let i = 0; i < 15; i++) {
        const before = [...acknowledged];
        const seen = new Set((await other.claim(showtime).catch(() => undefined))?.state.holds.map(({ id }) => id));
        if (seen.size > 0) expect(before.filter((id) => !seen.has(id))).toEqual([]);
      }
      isRacing = false;
      await selling;
      const last = new Set((await claimed()).holds.map(({ id }) => id));
      expect(acknowledged.filter((id) => !last.has(id))).toEqual([]);
      expect(last.size).toBe(acknowledged.length);
    });
  });

  describe('a refusal', () => {
    it.each([
      ['a seat that is sold already', () => [bookedBy('bob', [2, 5])]],
      ['a seat twice in one batch', () => [bookedBy('bob', [7]), bookedBy('cid', [7])]],
      [
        'a reference that is taken',
        (first: ReturnType<typeof bookedBy>) => [bookedBy('bob', [8], { reference: first.booking.reference })],
      ],
      [
        'a command that booked already',
        (first: ReturnType<typeof bookedBy>) => [{ ...bookedBy('ann', [8]), commandId: first.commandId }],
      ],
    ] as const)(
      '[BOOK-2] of %s leaves nothing of the batch, the others’ neither, and the journal works on',
      async (_name, sell) => {
        const first = bookedBy('ann', [1, 2]);
        await node.commit({ number: 1, slices: [slice(showtime, epoch, { booked: [first] })] });
        const another = randomUUID();
        const { epoch: anothers } = await node.claim(another);
        const hold = holdOf('dan', [1]);
        const slices = [
          slice(another, anothers, { holds: held(hold), results: [resultOf(hold)] }),
          slice(showtime, epoch, { booked: sell(first), blocks: [[9, 'x']] }),
        ];
        await expect(node.commit({ number: 2, slices })).rejects.toThrow(JournalRefusal);
        expect(await node.commit({ number: 3, slices: [slices[0]!] })).toEqual({ fenced: [] });
        await expect(node.commit({ number: 4, slices: [slices[1]!] })).rejects.toThrow(JournalRefusal);
        expect((await claimed(another)).holds).toEqual([hold]);
        expect(await claimed()).toMatchObject({ bookings: [first.booking], blocked: [] });
      },
    );
  });

  describe('a batch', () => {
    const batchOf = (number: number, hold: ReturnType<typeof holdOf>, booked: ReturnType<typeof bookedBy>) => ({
      number,
      slices: [slice(showtime, epoch, { holds: held(hold), booked: [booked], results: [resultOf(hold)] })],
    });

    it('that comes again is written once', async () => {
      const batch = batchOf(1, holdOf('ann', [1]), bookedBy('bob', [2]));
      await node.commit(batch);
      const release = { number: 2, slices: [slice(showtime, epoch, { holds: unheld([1]) })] };
      await node.commit(release);
      expect(await node.commit(batch)).toEqual({ fenced: [] });
      expect(await claimed()).toMatchObject({ holds: [], bookings: [{ seats: [2] }] });
    });

    it('whose answer was lost is settled by giving it again', async () => {
      const hold = holdOf('ann', [1]);
      const batch = batchOf(1, hold, bookedBy('bob', [2]));
      node.loseNextAnswer();
      await expect(node.commit(batch)).rejects.not.toBeInstanceOf(JournalRefusal);
      expect(await node.commit(batch)).toEqual({ fenced: [] });
      expect(await claimed()).toMatchObject({ holds: [hold], bookings: [{ seats: [2] }] });
    });

    it('whose answer was lost tells that it is fenced by now, and a successor has it', async () => {
      const hold = holdOf('ann', [1]);
      const batch = batchOf(1, hold, bookedBy('bob', [2]));
      node.loseNextAnswer();
      await expect(node.commit(batch)).rejects.toThrow();
      expect(await claimed()).toMatchObject({ holds: [hold], bookings: [{ seats: [2] }] });
      expect(await node.commit(batch)).toEqual({ fenced: batch.slices });
    });

    it('whose first try comes late writes nothing over what came after it', async () => {
      const hold = holdOf('ann', [1]);
      const batch = batchOf(1, hold, bookedBy('bob', [2]));
      node.delayNextCommit();
      await expect(node.commit(batch)).rejects.not.toBeInstanceOf(JournalRefusal);
      expect(await node.commit(batch)).toEqual({ fenced: [] });
      const later = holdOf('cid', [1]);
      await node.commit({ number: 2, slices: [slice(showtime, epoch, { holds: held(later) })] });
      await node.letLateArrive();
      expect((await claimed()).holds).toEqual([later]);
    });

    it('whose first try comes late and is the first to arrive makes the second write nothing', async () => {
      const hold = holdOf('ann', [1]);
      const batch = batchOf(1, hold, bookedBy('bob', [2]));
      node.delayNextCommit();
      await expect(node.commit(batch)).rejects.toThrow();
      await node.letLateArrive();
      expect(await node.commit(batch)).toEqual({ fenced: [] });
      expect(await claimed()).toMatchObject({ holds: [hold], bookings: [{ seats: [2] }] });
    });

    it('has numbers of its own for every node', async () => {
      const other = await store.node();
      const another = randomUUID();
      const { epoch: others } = await other.claim(another);
      const [one, two] = [holdOf('ann', [1]), holdOf('bob', [1])];
      await node.commit({ number: 5, slices: [slice(showtime, epoch, { holds: held(one) })] });
      await other.commit({ number: 1, slices: [slice(another, others, { holds: held(two) })] });
      expect([(await claimed()).holds, (await claimed(another)).holds]).toEqual([[one], [two]]);
    });
  });
});
